"""What is seen of an executed cell at its borders, beside its text: names that changed hands, files that were opened.

Of the namespace only identities are compared: no value is kept, copied, hashed or asked for anything.  A name that was
bound to the same object again, or to a new one that took the place of a freed one, is not seen; the cell's text tells
of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import compress
from operator import ne
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
    """The namespace at one moment: which name stands for which object.  Some microseconds for a hundred names."""

    __slots__ = ("_identities", "_names")

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        held = dict(namespace)  # at one moment, also where a thread of the user's binds names meanwhile
        self._names = tuple(held)
        # `object`'s own hash is made of the address; `id` would tell every audit hook of each object.
        self._identities = list(map(_identity, held.values()))

    def until(self, now: Tracer) -> Trace:
        """What was done to the namespace from this moment to a later one."""
        names, identities = self._names, self._identities
        if now._names[: len(names)] != names:
            return self._in_any_order(now)
        if now._identities == identities:
            return Trace()
        others = compress(names, map(ne, identities, now._identities))
        return Trace(_public((*others, *now._names[len(names) :])))

    def _in_any_order(self, now: Tracer) -> Trace:
        before = dict(zip(self._names, self._identities, strict=True))
        after = dict(zip(now._names, now._identities, strict=True))
        bound = (name for name, identity in after.items() if before.get(name) != identity)
        return Trace(_public(bound), _public(before.keys() - after.keys()))

    def unchanged(self, namespace: Mapping[str, Any]) -> dict[str, Any]:
        """The names that stand for the same objects as then."""
        before = dict(zip(self._names, self._identities, strict=True))
        return {name: value for name, value in dict(namespace).items() if before.get(name) == _identity(value)}


def _public(names: Iterable[str]) -> frozenset[str]:
    """A namespace may have keys that are no names: `globals()[1] = 2`."""
    return frozenset(name for name in names if isinstance(name, str) and name[:1] != "_")


_identity = object.__hash__


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
