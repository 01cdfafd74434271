"""The notebook's state as far as it can be told, after the executions so far.

Objects are not known, only *regions*: each binding makes one, and a name stands for the set of regions that its object
may be (`own`) or lead to (`reach`).  Sets of regions and of executions are integers used as bit sets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field, fields

from trackbook.capture.program import calls, torches, vocabulary
from trackbook.capture.program.effects import FUNCTION, MODULE, SCALAR, UNBOUND
from trackbook.capture.program.functions import Function, function_of
from trackbook.capture.program.steps import Body

FIXED = frozenset({SCALAR, FUNCTION, UNBOUND})
"""Kinds of objects that no code changes."""


@dataclass(frozen=True, slots=True)
class Code:
    """What runs when some objects are used."""

    bodies: tuple[Body, ...]
    loads: frozenset[str]
    """Names that any of these reads."""
    dormant: bool
    """None runs where its object is not called, or what that leads to."""
    woken: bool
    """A class is among them that operators may run code of."""
    plain: bool
    """Each is that of a class that may turn out to be well behaved."""


@dataclass(slots=True)
class World:
    """The notebook's state as far as it can be told, after the executions so far."""

    own: dict[str, int] = field(default_factory=dict)
    reach: dict[str, int] = field(default_factory=dict)
    shell: dict[str, int] = field(default_factory=dict)
    """Of lists, dicts and the like: the container without what it holds."""
    kinds: dict[str, str] = field(default_factory=dict)
    bound_by: dict[str, int] = field(default_factory=dict)
    """Name or random generator -> executions that may have written it since it was surely written."""
    written: dict[int, int] = field(default_factory=dict)
    """Position of an execution -> regions that it may have changed."""
    bodies: dict[int, tuple[Body, ...]] = field(default_factory=dict)
    code: dict[int, Code] = field(default_factory=dict)
    """Regions -> what `code_of` found for them."""
    with_body: int = 0
    with_class: int = 0
    lasting: int = 0
    """Of those with a body, the ones whose result may run code of theirs later."""
    modules: dict[str, int] = field(default_factory=dict)
    places: dict[tuple[int, int, str], int] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    """Path -> executions that may have written it."""
    seeded: set[str] = field(default_factory=set)
    facts: dict[str, str] = field(default_factory=dict)
    """Name -> `INTEGER` or `SEEDED`, where that is sure."""
    always: int = 0
    unfollowed: set[int] = field(default_factory=set)
    """Functions whose local names live on, in a function that they made."""
    data: int = 0
    """Regions of what holds no parameters, and takes no gradients: numbers, tensors, data sets."""
    trained: int = 0
    """Of those, what may take gradients after all."""
    coded: int = 0
    """Regions of what was made by `exec` or `eval`, or given to it: it may be code that reads any name."""
    everything: int = 0
    """Regions that any unknown name may stand for, once a cell did what its text does not tell."""

    def region(self, place: tuple[int, int, str]) -> int:
        """The region of a binding, the same in each pass over its cell."""
        if place not in self.places:
            self.places[place] = len(self.places)
        return self.places[place]

    def kind(self, name: str) -> str:
        return self.kinds.get(name, UNBOUND)

    def copy(self) -> World:
        copied = {one.name: copy(getattr(self, one.name)) for one in fields(self)}
        return World(**copied)

    def changes(self, name: str) -> bool:
        return self.kind(name) not in FIXED and not self.is_library(name)

    def is_library(self, name: str) -> bool:
        """Whether this is a module that uses do not change, but where they change the session."""
        kind = self.kind(name)
        return kind.startswith(MODULE) and calls.trusted(kind)

    @property
    def trainable(self) -> int:
        """What training may change: not data, and no code."""
        return ~((self.data & ~self.trained) | self.with_body)

    # -- classes that PyTorch calls --------------------------------------------------------------------------------

    def is_tame(self, name: str) -> bool:
        """Whether all code that an object of PyTorch's leads to is that of well-behaved classes."""
        code = self.code_of(self.reach.get(name, 0))
        return code.plain and all(map(self.made_by, code.bodies))

    def made_by(self, body: Body, deepest: int = 8) -> str:
        """The kind of the objects of a class that is a well-behaved module or dataset; "" for any other code."""
        plain = body.plain
        if plain is None or not deepest or not all(self._is_harmless(*one, deepest - 1) for one in plain.called):
            return ""
        root, *path = plain.base
        kind = self.kind(root)
        if kind == FUNCTION and not path:
            return self.made_by_class(root, deepest - 1)
        return torches.kind_of_class(calls.dotted(kind, tuple(path))[0]) if torches.is_library(kind) else ""

    def made_by_class(self, name: str, deepest: int = 8) -> str:
        """The same of a class by its name."""
        regions = self.reach.get(name, 0) & self.with_class
        if self.kind(name) != FUNCTION or not regions or regions & (regions - 1):
            return ""
        kinds = {self.made_by(body, deepest) for body in self.bodies[regions.bit_length() - 1]}
        return kinds.pop() if len(kinds) == 1 else ""

    def _is_harmless(self, name: str, by_attribute: bool, deepest: int) -> bool:
        """Whether what a method calls by this name changes nothing that it is given."""
        kind = self.kind(name)
        if kind.startswith(MODULE):
            return calls.trusted(kind)
        if by_attribute:
            return kind == SCALAR
        return (kind == UNBOUND and name in vocabulary.BUILTIN_READERS) or bool(self.made_by_class(name, deepest))

    def with_bodies(self, region: int, bodies: tuple[Body, ...]) -> int:
        bit = 1 << region
        if bodies and self.bodies.get(region) != bodies:
            self.code.clear()
            self.bodies[region] = bodies
            self.with_body |= bit
            if any(body.lasting for body in bodies):
                self.lasting |= bit
            if any(body.is_class for body in bodies):
                self.with_class |= bit
        return bit

    def code_of(self, regions: int) -> Code:
        """What objects of these regions may run."""
        regions &= self.with_body
        found = self.code.get(regions)
        if found is None:
            bodies = {id(body): body for region in bits(regions) for body in self.bodies[region]}.values()
            loads = frozenset[str]().union(*(body.loads for body in bodies))
            plain = all(body.plain is not None for body in bodies)
            dormant = all(body.dormant for body in bodies)
            woken = any(body.is_class and not body.dormant for body in bodies)
            found = self.code[regions] = Code(tuple(bodies), loads, dormant, woken, plain)
        return found

    def function(self, name: str) -> Function | None:
        """What is called by this name, where it is surely one function, and one that can be followed."""
        if self.kind(name) != FUNCTION:
            return None
        regions = self.reach.get(name, 0) & self.with_body
        if not regions or regions & (regions - 1):
            return None
        (*others, body) = self.bodies[regions.bit_length() - 1]
        found = None if others or body.function is None else function_of(body.function)
        return None if found is None or found.number in self.unfollowed else found

    def set_fact(self, name: str, fact: str) -> None:
        if fact:
            self.facts[name] = fact
        else:
            self.facts.pop(name, None)

    def forget(self, names: Iterable[str]) -> None:
        """These names are bound no more."""
        for table in (self.own, self.reach, self.shell, self.kinds, self.bound_by, self.facts):
            for name in names:
                table.pop(name, None)

    def kept(self, values: frozenset[str], called: frozenset[str]) -> int:
        """Regions that a value may lead to which is made of these names, or returned by these functions."""
        mask = met = 0
        made: set[str] = set()
        asked: set[str] = set()
        waiting: list[tuple[frozenset[str], frozenset[str]]] = [(values, called)]
        while waiting:
            values, called = waiting.pop()
            for name in values - made:
                if self.kind(name) not in FIXED - {FUNCTION} and not self.is_library(name):
                    mask |= self.reach.get(name, 0)
            made |= values
            for name in called - asked:
                kind, reach = self.kind(name), self.reach.get(name, 0)
                if kind != FUNCTION:
                    mask |= 0 if self.is_library(name) else reach
                    continue
                mask |= reach if reach & self.lasting else 0
                regions = reach & self.with_body & ~met
                met |= regions
                waiting += ((body.values, body.loads - body.values) for body in self.code_of(regions).bodies)
            asked |= called
        return mask


def union(masks: Iterable[int]) -> int:
    total = 0
    for mask in masks:
        total |= mask
    return total


def bits(mask: int) -> Iterator[int]:
    """Positions of the set bits, ascending."""
    digits = bin(mask)[:1:-1]
    at = digits.find("1")
    while at >= 0:
        yield at
        at = digits.find("1", at + 1)
