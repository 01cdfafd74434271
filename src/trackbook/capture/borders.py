"""What is seen of an executed cell at its borders, beside its text: names that changed hands, files that were opened.

Of the namespace only identities are compared: no value is kept, copied, hashed or asked for anything.  A name that was
bound to the same object again, or to a new one that took the place of a freed one, is not seen; the cell's text tells
of these.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import compress, count
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
    scalars: frozenset[str] = frozenset()
    """Of the bound ones, those that stand for a number or a text."""


class Tracer:
    """The namespace at one moment: which name stands for which object.  Some microseconds for a thousand names."""

    __slots__ = ("_addresses", "_keys", "_names")

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        held = _copy(namespace)  # at one moment, also where a thread of the user's binds names meanwhile
        self._names = tuple(held)
        self._keys = _addresses(self._names)
        self._addresses = _addresses(tuple(held.values()))

    def until(self, now: Tracer) -> Trace:
        """What was done to the namespace from this moment to a later one."""
        names = self._names
        if not now._keys.startswith(self._keys):  # the same names, by identity: of some thousands, none is touched
            return self._in_any_order(now)
        if now._addresses == self._addresses:
            return Trace()
        others = (names[place] for place in _differing(self._addresses, now._addresses))
        return Trace(_public((*others, *now._names[len(names) :])))

    def _in_any_order(self, now: Tracer) -> Trace:
        before, after = self.by_name(), now.by_name()
        bound = (name for name, address in after.items() if before.get(name) != address)
        return Trace(_public(bound), _public(before.keys() - after.keys()))

    def unchanged(self, namespace: Mapping[str, Any]) -> dict[str, Any]:
        """The names that stand for the same objects as then."""
        before, held = self.by_name(), _copy(namespace)
        return {name: held[name] for name, address in Tracer(held).by_name().items() if before.get(name) == address}

    def by_name(self) -> dict[str, int]:
        """What tells each name's object from others."""
        return dict(zip(self._names, _each(self._addresses), strict=True))


def _copy(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """`dict()` would put in one name after the other where any was ever deleted: ten times as long."""
    return namespace.copy() if type(namespace) is dict else dict(namespace)


def _differing(before: bytes, after: bytes) -> Iterator[int]:
    """The places at which the addresses differ, of which `after` may have more; whole blocks are compared first."""
    after = after[: len(before)]
    for start in range(0, len(before), _BLOCK):
        old, new = before[start : start + _BLOCK], after[start : start + _BLOCK]
        if old != new:
            yield from compress(count(start // _WIDTH), map(ne, _each(old), _each(new)))


def _copied(objects: tuple[object, ...]) -> bytes:
    """The addresses of a tuple's items as CPython keeps them: a function called for each would take a hundred times as
    long, and `id` tells every audit hook of each object.
    """
    return ctypes.string_at(id(objects) + tuple.__basicsize__, len(objects) * _WIDTH)


def _hashed(objects: tuple[object, ...]) -> bytes:
    """The same where an interpreter keeps tuples otherwise: `object`'s own hash is made of the address."""
    return b"".join(object.__hash__(one).to_bytes(_WIDTH, sys.byteorder, signed=True) for one in objects)


def _as_told(objects: tuple[object, ...]) -> bytes:
    return b"".join(id(one).to_bytes(_WIDTH, sys.byteorder) for one in objects)


def _each(addresses: bytes) -> memoryview:
    return memoryview(addresses).cast("P")


_WIDTH = ctypes.sizeof(ctypes.c_void_p)
_BLOCK = 64 * _WIDTH
_SAMPLE = (_copied, "a", 1.5)
_addresses = _copied if sys.implementation.name == "cpython" and _copied(_SAMPLE) == _as_told(_SAMPLE) else _hashed


def _public(names: Iterable[str]) -> frozenset[str]:
    """A namespace may have keys that are no names: `globals()[1] = 2`."""
    return frozenset(name for name in names if isinstance(name, str) and name[:1] != "_")


def with_scalars(trace: Trace, namespace: Mapping[str, Any]) -> Trace:
    """The trace with which names stand for scalars; only their types are looked at."""
    if not trace.bound:
        return trace
    held = getattr(sys.modules.get("numpy"), "__dict__", {})  # None where its import is forbidden
    kinds = {id(held[name]) for name in _OF_NUMPY if name in held}  # not yet there while it is imported
    kinds |= _SCALARS  # by address: a class's hash is what its metaclass makes of it
    return replace(trace, scalars=frozenset(name for name in trace.bound if id(type(namespace.get(name))) in kinds))


_SCALARS = frozenset(map(id, (int, float, complex, bool, str, bytes, type(None))))
_OF_NUMPY = ("float64", "float32", "int64", "int32", "bool_")


@dataclass(frozen=True, slots=True)
class Stop:
    """Where an exception ended an execution."""

    error: str
    """The name of its class."""
    line: int | None = None
    """Of the code that IPython made of the cell, from 1; None where it cannot be told."""
    column: int = 0
    """In bytes of UTF-8."""


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
    seed: int | None = None
    """With which the shared random generators were seeded before it, wherever that was set."""
    integers: frozenset[str] = frozenset()
    """Names that its text gives as a seed, and that stood for whole numbers when it had ended."""
    stop: Stop | None = None
    """None where it ran to its end."""
    uses: Uses | None = None
    """The data files among the openings; None until they were looked at."""
