"""Content digests of arrays, columns and lists: XXH3 with 128 bits, of everything or of a sample that says so.

Up to `Limits.whole_bytes` all is hashed, at memory speed (32 MB take about 3 ms); of more, pieces spread evenly.  Texts
are slower by far, so that beyond `Limits.texts` only some are.  An array is hashed as it lies in memory: the same
numbers in another order (C, Fortran) are another content.

Objects of a user are never asked anything: of an object that is not of a plain type, its type counts, and the digest
says that it is a sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xxhash
from numpy.typing import NDArray

from trackbook.capture.kinds import is_one_of, kinds_of

SAMPLED = "s:"
"""Before the digits, where not everything was hashed."""
PIECES = 512
"""Of a sample, at the most."""
DIGITS = 32
_PLAIN = kinds_of(int, float, bool, complex, bytes, type(None))


@dataclass(frozen=True, slots=True)
class Limits:
    whole_bytes: int = 32 << 20
    """What is larger is sampled."""
    sample_bytes: int = 4 << 20
    texts: int = 20_000
    """Texts that are hashed in all."""
    columns: int = 300
    """Columns of a frame that are looked at one by one."""


WHOLE = Limits()
SAMPLE = Limits(64 << 10, 64 << 10, 500, 32)
"""About 0.2 ms for a frame."""
PROBE = Limits(8 << 10, 8 << 10, 50, 8)
"""Enough to notice that an object was changed in place as a whole."""


class Content:
    """Takes in one thing, piece by piece."""

    def __init__(self, limits: Limits, *about: Any) -> None:
        """`about` counts too: shape, names, types."""
        self._hash = xxhash.xxh3_128(repr(about).encode("utf-8", "surrogatepass"))
        self._limits = limits
        self._bytes_left, self._texts_left = limits.whole_bytes, limits.texts
        self.sampled = False
        self.size_bytes = 0

    @property
    def digest(self) -> str:
        return (SAMPLED if self.sampled else "") + self._hash.hexdigest()[:DIGITS]

    @property
    def room(self) -> int:
        """How many more texts may be taken; at least some of each column."""
        return max(self._texts_left, self._limits.texts // 50, 1)

    def take_array(self, array: NDArray[Any]) -> None:
        """An array of any shape; `array` is of NumPy's own type."""
        self.size_bytes += array.nbytes
        if array.dtype.hasobject:
            self.take_objects(array.reshape(-1))
        elif array.nbytes <= self._bytes_left:
            self._bytes_left -= array.nbytes
            self._hash.update(_bytes_of(array).data)
        else:
            self.sampled = True
            share = max(min(self._limits.sample_bytes, self._bytes_left), self._limits.sample_bytes // 64)
            self._bytes_left = max(self._bytes_left - share, 0)
            self._take_sample(array, share)

    def take_objects(self, items: NDArray[Any] | Sequence[Any]) -> None:
        """Texts and other objects, one after the other."""
        if len(items) > self.room:
            self.sampled = True
            items = items[:: -(-len(items) // self.room)]
        self._texts_left = max(self._texts_left - len(items), 0)
        listed = items.tolist() if isinstance(items, np.ndarray) else list(items)
        try:
            text = "\0".join(listed)
        except TypeError:
            text = "\0".join([self._text(item) for item in listed])
        self._hash.update(text.encode("utf-8", "surrogatepass"))

    def _text(self, item: Any) -> str:
        kind = type(item)
        if kind is str:
            return item  # type: ignore[no-any-return]
        if is_one_of(item, _PLAIN) or (issubclass(kind, np.generic) and kind.__module__ == "numpy"):
            return f"{kind.__name__} {item!r}"
        if kind.__module__ in ("datetime", "decimal", "pandas", "pandas._libs.tslibs.timestamps"):
            return str(item)
        self.sampled = True
        return kind.__qualname__

    def _take_sample(self, array: NDArray[Any], share_bytes: int) -> None:
        if not array.flags.forc:
            rows = max(share_bytes // max(array.nbytes // len(array), 1), 1)
            self._hash.update(_bytes_of(array[:: -(-len(array) // rows)][: rows + 1]).data)
            return
        flat = _bytes_of(array)
        size = max(share_bytes // PIECES, 512)
        pieces = flat[: len(flat) // size * size].reshape(-1, size)
        step = max(-(-len(pieces) * size // max(share_bytes, size)), 1)
        self._hash.update(np.ascontiguousarray(pieces[::step]).data)
        self._hash.update(flat[-size:].data)


def _bytes_of(array: NDArray[Any]) -> NDArray[np.uint8]:
    """The memory of an array; a copy where it does not lie in one piece."""
    if not array.flags.forc:
        array = np.ascontiguousarray(array)
    return array.reshape(-1, order="F" if array.flags.fnc else "C").view(np.uint8)
