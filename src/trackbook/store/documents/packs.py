"""Several pieces as one compressed blob: `count, length ...` as varints, then the pieces, all in one zstd frame.

A piece keeps its slot for ever; one that nobody needs any more is blanked, which leaves a length of 0.  The frame
carries zstd's checksum.  A leading byte is the version: a pack stays readable for ever.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import zstandard

from trackbook.errors import StoreUnreadable
from trackbook.store.documents.varints import numbers, varints

VERSION = 1
LEVEL, FAST_LEVEL = 15, 6
"""Of small packs, which come with every run, and of full ones, which come with a large new text: the thorough level
would hold up other writers for a second on 5 MB."""
SMALL_BYTES = 1 << 15
SLOTS = 1024
"""Of one pack at the most: `reference = pack * SLOTS + slot`."""
FULL_BYTES = 1 << 16
"""Of pieces: a reader of one has to decompress them all."""
LARGEST_BYTES = 1 << 24


def packed(pieces: Sequence[bytes]) -> bytes:
    """The blob of at most `SLOTS` pieces."""
    plain = varints([len(pieces), *map(len, pieces)]) + b"".join(pieces)
    level = LEVEL if len(plain) <= SMALL_BYTES else FAST_LEVEL
    compressor = zstandard.ZstdCompressor(level=level, write_checksum=True)
    return bytes([VERSION]) + compressor.compress(plain)


def unpacked(blob: bytes) -> list[bytes]:
    """The pieces by slot, b"" for those that are gone.  Raises `StoreUnreadable`."""
    if blob[:1] != bytes([VERSION]):
        raise _unreadable(f"version {blob[:1].hex() or 'none'} is not known here")
    try:
        plain = zstandard.ZstdDecompressor().decompress(blob[1:], max_output_size=LARGEST_BYTES)
        stream = numbers(plain)
        count, at = next(stream)
        lengths = []
        for _ in range(count):
            length, at = next(stream)
            lengths.append(length)
    except (zstandard.ZstdError, StopIteration) as error:
        raise _unreadable(str(error) or "it ends too early") from error
    ends = list(itertools.accumulate(lengths, initial=at))
    if ends[-1] != len(plain):
        raise _unreadable("its lengths do not fit")
    return [plain[start:end] for start, end in itertools.pairwise(ends)]


def blanked(blob: bytes, slots: Iterable[int]) -> bytes | None:
    """The pack without the pieces in these slots; None where nothing is left."""
    gone = set(slots)
    pieces = [b"" if slot in gone else piece for slot, piece in enumerate(unpacked(blob))]
    return packed(pieces) if any(pieces) else None


def _unreadable(reason: str) -> StoreUnreadable:
    return StoreUnreadable("a pack of documents", reason, "the database is damaged, or of a newer trackbook")
