"""Pieces in the database: finding those that are there, adding those that are not, reading them.

For writers of one transaction that has `turn`: what was found in it stays until it ends.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from trackbook.errors import StoreUnreadable
from trackbook.store import schema
from trackbook.store.dialect import fetched, one_of, write_many
from trackbook.store.documents.packs import FULL_BYTES, SLOTS, packed, unpacked

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from trackbook.store.dialect import Dialect

DIGEST_BYTES = 16
_AT_ONCE = 500
_FIND = select(schema.pieces.c.digest, schema.pieces.c.piece).where(
    schema.pieces.c.digest.in_(bindparam("digests", expanding=True))
)
_BEGIN = schema.packs.insert().returning(schema.packs.c.id)
_FILL = update(schema.packs).where(schema.packs.c.id == bindparam("number")).values(data=bindparam("content"))
_PACKS = select(schema.packs.c.id, schema.packs.c.data).where(one_of(schema.packs.c.id, "ids"))


def turn(connection: Connection, dialect: Dialect) -> None:
    """Wait for the other writers of documents, and keep them waiting until the transaction ends."""
    dialect.lock_name(connection, "documents")


def digest(piece: bytes) -> bytes:
    """What a piece is known by."""
    return hashlib.blake2b(piece, digest_size=DIGEST_BYTES).digest()


class Keeper:
    """Takes pieces in for one write: those that are new fill a pack, whose id is known before its content is."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._pack = 0
        self._pieces: list[bytes] = []
        self._bytes = 0

    def keep(self, wanted: Iterable[Sequence[bytes]]) -> list[list[int]]:
        """The references of several lists of pieces, which may be read once the keeper is closed."""
        lists = [[(digest(piece), piece) for piece in pieces] for pieces in wanted]
        contents = {name: piece for pieces in lists for name, piece in pieces}
        known = _find(self._connection, list(contents))
        added = {name: self._add(piece) for name, piece in contents.items() if name not in known}
        write_many(self._connection, schema.pieces, ("digest", "piece"), list(added.items()))
        known |= added
        return [[known[name] for name, _ in pieces] for pieces in lists]

    def close(self) -> None:
        """Write the last pack."""
        if self._pieces:
            self._connection.execute(_FILL, {"number": self._pack, "content": packed(self._pieces)})
        self._pieces, self._bytes = [], 0

    def _add(self, piece: bytes) -> int:
        if len(self._pieces) == SLOTS or self._bytes + len(piece) > FULL_BYTES:
            self.close()
        if not self._pieces:
            self._pack = self._connection.execute(_BEGIN, {"data": b""}).scalar_one()
        self._pieces.append(piece)
        self._bytes += len(piece)
        return self._pack * SLOTS + len(self._pieces) - 1


def read(connection: Connection, references: Sequence[int], kept: dict[int, list[bytes]]) -> list[bytes]:
    """The pieces behind references; `kept` remembers packs for the next call.  Raises `StoreUnreadable`."""
    missing = {reference // SLOTS for reference in references} - kept.keys()
    kept.update((number, unpacked(blob)) for number, blob in blobs(connection, missing).items())
    return [_piece(kept, reference) for reference in references]


def blobs(connection: Connection, packs: Collection[int]) -> dict[int, bytes]:
    """Packs by id, as they are kept."""
    return (
        {number: bytes(blob) for number, blob in fetched(connection, _PACKS, {"ids": sorted(packs)})} if packs else {}
    )


def _piece(kept: Mapping[int, Sequence[bytes]], reference: int) -> bytes:
    pack, slot = divmod(reference, SLOTS)
    pieces = kept.get(pack, ())
    if slot >= len(pieces) or not pieces[slot]:
        raise StoreUnreadable(f"piece {slot} of pack {pack}", "it is not there", "the database is damaged")
    return pieces[slot]


def _find(connection: Connection, digests: Sequence[bytes]) -> dict[bytes, int]:
    found: dict[bytes, int] = {}
    for start in range(0, len(digests), _AT_ONCE):
        rows = connection.execute(_FIND, {"digests": digests[start : start + _AT_ONCE]})
        found.update((bytes(name), reference) for name, reference in rows.all())
    return found
