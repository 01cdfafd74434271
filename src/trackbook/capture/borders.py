"""What is seen of an executed cell at its borders, beside its text: names that changed hands, files that were opened.

Of the namespace only identities are compared: no value is kept, copied, hashed or asked for anything.  A name that was
bound to the same object again, or to a new one that took the place of a freed one, is not seen; the cell's text tells
of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trackbook.capture.data.opens import Opening
    from trackbook.capture.data.sorting import Uses


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

    def unchanged(self, namespace: Mapping[str, Any]) -> dict[str, Any]:
        """The names that stand for the same objects as before."""
        before = self._before
        return {name: value for name, value in namespace.items() if before.get(name) == id(value)}


@dataclass(slots=True)
class Border:
    """Of one execution.  What it opened is noted as it is, and becomes `uses` on a thread that has time for it."""

    trace: Trace
    begun_ms: int
    folder: str = ""
    """The current one when the cell began."""
    openings: tuple[Opening, ...] = ()
    overflowed: bool = False
    """It opened more than is noted."""
    uses: Uses | None = None
    """The data files among the openings; None until they were looked at."""
