"""What is seen of the namespace at a cell's borders: which names were bound anew, and which were deleted.

Only identities are compared: no value is kept, copied, hashed or asked for anything.  A name that was bound to the same
object again, or to a new one that took the place of a freed one, is not seen; the cell's text tells of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Trace:
    """What one execution did to the namespace; private names are left out."""

    bound: frozenset[str] = frozenset()
    """Names that were added, or stand for another object than before."""
    deleted: frozenset[str] = frozenset()


class Tracer:
    """Made before a cell runs, asked when it has ended: some microseconds for a hundred names."""

    __slots__ = ("_before",)

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self._before = dict(zip(namespace, map(id, namespace.values()), strict=True))

    def trace(self, namespace: Mapping[str, Any]) -> Trace:
        now = dict(zip(namespace, map(id, namespace.values()), strict=True))
        if now == self._before:
            return Trace()
        bound = frozenset(name for name, _ in now.items() - self._before.items() if not name.startswith("_"))
        deleted = frozenset(name for name in self._before.keys() - now.keys() if not name.startswith("_"))
        return Trace(bound, deleted)
