"""Which executed cells need which: one pass over the history, each cell once.

Objects are not known, only *regions*: each binding makes one, and a name stands for the set of regions that its object
may be (`own`) or lead to (`reach`).  `b = a` gives `b` the regions of `a`; a call of unknown code links all that it was
given.  Whoever changes a name's object writes its regions; whoever reads a name needs the cells that bound it and the
cells that wrote its regions.  Sets of regions and of executions are integers used as bit sets.

Beside names and regions there are: files; the shared random generators, which matter from the first seed on; and the
session (working directory, environment, options, packages, magics), whose writers every later cell needs.

A cell that failed may have stopped anywhere, so nothing that it binds hides an earlier binding.  It is in where a later
cell may need what it did before it raised.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field, fields
from typing import ClassVar

from trackbook.capture import cells
from trackbook.capture.borders import Trace
from trackbook.capture.cells import CellExecution
from trackbook.capture.program import calls
from trackbook.capture.program.calls import FUNCTION, LIB, MODULE, PLAIN, SCALAR, UNBOUND, UNKNOWN
from trackbook.capture.program.expressions import PLAIN_CALLS, SCALAR_CALLS
from trackbook.capture.program.reader import cell_steps
from trackbook.capture.program.steps import STAR, Body, CellSteps, Step, Use, Value

STATIC, TRACED = "static", "traced"
MOST_PASSES = 5
"""Over a cell with loops: what it links in one round may matter in the next."""
MOST_BODIES = 12
"""Functions that a step may run and that are looked at one by one; more of them count as code that may do anything."""
_ALWAYS_THERE = frozenset(dir(builtins)) | frozenset(
    """get_ipython display exit quit In Out _ __ ___ _i _ii _iii _ih _oh _dh __name__ __builtins__ __file__
    __doc__""".split()
)
_FIXED = frozenset({SCALAR, FUNCTION, UNBOUND})
_ANY_SHADOW = SCALAR_CALLS | PLAIN_CALLS


@dataclass(frozen=True, slots=True)
class Files:
    """Files that an execution was seen to read and write, by path."""

    ANY: ClassVar[frozenset[str]] = frozenset({calls.ANYWHERE})
    """The paths of an execution that may have met every file."""

    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Seen:
    """What an execution was seen to do, beside its text."""

    trace: Trace
    files: Files = field(default_factory=Files)


@dataclass(frozen=True, slots=True)
class Slice:
    """The executions that one of them depends on."""

    executions: tuple[CellExecution, ...]
    """In the order of execution; the last one is the cell asked for."""
    label: str
    """`static`, or `traced` where each of them was watched at its borders."""
    missing: tuple[str, ...]
    """Names that are read, but that no recorded cell bound."""
    defined_by: tuple[tuple[str, int, int], ...]
    """(name, index of the execution that reads it, index of one that bound it), both within the slice."""
    seen: tuple[Seen | None, ...] = ()
    """What each of the executions was seen to do; None for one that was not watched."""


@dataclass(slots=True)
class _Known:
    """What is known of one execution."""

    execution: CellExecution
    needs: int = 0
    """Of earlier executions."""
    names: dict[str, int] = field(default_factory=dict)
    """Name that it reads -> executions that may have bound it."""
    missing: dict[str, None] = field(default_factory=dict)
    seen: Seen | None = None


class Slicer:
    """The dependencies of a history that grows: `add` each execution once, in order."""

    def __init__(self) -> None:
        self._known: list[_Known] = []
        self._world = _World()

    def __len__(self) -> int:
        return len(self._known)

    def copy(self) -> Slicer:
        """One that goes on from here by itself."""
        made = Slicer()
        made._known, made._world = list(self._known), self._world.copy()
        return made

    def add(self, execution: CellExecution, seen: Seen | None = None) -> None:
        """Take in the next execution."""
        known = _Known(execution, seen=seen)
        self._known.append(known)
        cell = cell_steps(execution.source)
        failed = execution.outcome != cells.OK
        if not cell.parses and execution.outcome in {cells.ERROR, cells.INTERRUPTED}:
            return  # nothing of it ran
        _Run(self._world, known, len(self._known) - 1, cell, certain=not failed).run(seen)

    def slice(self, position: int = -1) -> Slice:
        """The slice of the execution at this position (of those added)."""
        last = range(len(self._known))[position]
        wanted = 1 << last | (self._world.always & ((1 << last) - 1))
        for index in range(last, -1, -1):
            if wanted >> index & 1:
                wanted |= self._known[index].needs
        chosen = [self._known[index] for index in _bits(wanted)]
        return Slice(
            tuple(one.execution for one in chosen),
            TRACED if all(one.seen is not None for one in chosen) else STATIC,
            tuple(dict.fromkeys(name for one in chosen for name in one.missing)),
            tuple(
                (name, one.execution.index, self._known[other].execution.index)
                for one in chosen
                for name, others in one.names.items()
                for other in _bits(others & wanted)
            ),
            tuple(one.seen for one in chosen),
        )


@dataclass(slots=True)
class _World:
    """The notebook's state as far as it can be told, after the executions so far."""

    own: dict[str, int] = field(default_factory=dict)
    reach: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    bound_by: dict[str, int] = field(default_factory=dict)
    """Name or random generator -> executions that may have written it since it was surely written."""
    writers: list[int] = field(default_factory=list)
    """Region -> executions that may have changed it."""
    bodies: dict[int, tuple[Body, ...]] = field(default_factory=dict)
    with_body: int = 0
    with_class: int = 0
    lasting: int = 0
    """Of those with a body, the ones whose result may run code of theirs later."""
    modules: dict[str, int] = field(default_factory=dict)
    places: dict[tuple[int, int, str], int] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    """Path -> executions that may have written it."""
    seeded: set[str] = field(default_factory=set)
    always: int = 0
    everything: int = 0
    """Regions that any unknown name may stand for, once a cell did what its text does not tell."""

    def region(self, place: tuple[int, int, str]) -> int:
        """The region of a binding, the same in each pass over its cell."""
        if place not in self.places:
            self.places[place] = len(self.writers)
            self.writers.append(0)
        return self.places[place]

    def kind(self, name: str) -> str:
        return self.kinds.get(name, UNBOUND)

    def copy(self) -> _World:
        copied = {one.name: copy(getattr(self, one.name)) for one in fields(self)}
        return _World(**copied)


class _Run:
    """One execution, taken through the world."""

    def __init__(self, world: _World, known: _Known, position: int, cell: CellSteps, *, certain: bool) -> None:
        self.world, self.known, self.position, self.cell, self.certain = world, known, position, cell, certain
        self.me = 1 << position
        self.wild = cell.wild
        self.read = 0
        self.written = 0

    def run(self, seen: Seen | None) -> None:
        world, cell = self.world, self.cell
        before = self.me - 1
        if cell.seeds:
            self.seed(calls.GENERATORS, certain=True)
        for _ in range(MOST_PASSES if cell.loops else 1):
            state = (dict(world.own), dict(world.reach)) if cell.loops else None
            for number, step in enumerate(cell.steps):
                self.step(number, step)
            if state is not None and state == (world.own, world.reach):
                break
        if seen is not None:
            self.traced(seen.trace)
        if cell.files:
            self.files(Files.ANY, Files.ANY)
        if seen is not None:
            self.files(seen.files.reads | seen.files.writes, seen.files.writes)
        if self.wild or cell.anonymous:
            self.known.needs |= before
        for region in _bits(self.read | self.written):
            self.known.needs |= world.writers[region] & before
        for region in _bits(self.written):
            world.writers[region] |= self.me
        if self.wild:
            self.anything()
        if cell.session or self.wild:
            world.always |= self.me

    def anything(self) -> None:
        """After a wild cell every name may stand for every object."""
        world = self.world
        world.everything = (1 << len(world.writers)) - 1
        for name in world.reach:
            world.own[name] = world.reach[name] = world.everything
            world.kinds[name] = UNKNOWN
        for region in range(len(world.writers)):
            world.writers[region] |= self.me

    # -- one step -------------------------------------------------------------------------------------------------

    def step(self, number: int, step: Step) -> None:
        world = self.world
        loads, bodies = self.later(step.loads)
        for name in loads:
            self.load(number, name)
        held = _union(world.reach.get(name, 0) for name in loads)
        self.read |= held
        changed = self.touched_objects(loads)
        filled = 0
        fresh = 0
        if step.bodies and not step.binds:
            fresh = self.with_bodies(world.region((self.position, number, "")), step.bodies)
        if len(bodies) > MOST_BODIES:
            changed = filled = self.anything_reached(held)
        run = [(body.uses, body.loads) for body in bodies] if len(bodies) <= MOST_BODIES else []
        for uses, around in ((step.uses, step.loads), *run):
            for use in uses:
                one, other = self.use(use, around, certain=step.certain and uses is step.uses)
                changed |= one
                filled |= other
        self.written |= changed
        for body in bodies:
            for name in body.binds:
                self.bind(number, name, Step(values=body.values, certain=False), body.loads)
        if step.adds_in_place:
            changed |= self.added(step)
        if changed:
            self.link(changed, filled, held | fresh)
        for name in step.binds:
            self.bind(number, name, step, step.loads)
        for name in step.deletes:
            self.delete(name, certain=step.certain and self.certain)

    def anything_reached(self, held: int) -> int:
        """In the place of many functions that may run: all that they may do to what they reach."""
        self.seed(calls.GENERATORS, certain=False)
        self.draw(calls.GENERATORS)
        self.files(Files.ANY, Files.ANY)
        self.world.always |= self.me
        return held

    def later(self, names: frozenset[str]) -> tuple[frozenset[str], list[Body]]:
        """All names that are read when these are used, and the bodies that may run."""
        world = self.world
        loads = set(names)
        waiting = list(names)
        bodies: dict[int, Body] = {}
        met = 0
        while waiting:
            regions = world.reach.get(waiting.pop(), 0) & world.with_body & ~met
            met |= regions
            for region in _bits(regions):
                for body in world.bodies[region]:
                    if id(body) not in bodies:
                        bodies[id(body)] = body
                        waiting += body.loads - loads
                        loads |= body.loads
        return frozenset(loads), list(bodies.values())

    def load(self, number: int, name: str) -> None:
        world = self.world
        bound = world.bound_by.get(name, 0)
        self.known.needs |= bound & (self.me - 1)
        if bound & (self.me - 1):
            self.known.names[name] = self.known.names.get(name, 0) | bound & (self.me - 1)
        if name in world.reach or name in _ALWAYS_THERE:
            return
        if not bound:
            self.known.missing.setdefault(name)
            self.wild |= bool(world.everything)  # it may come from there, and may be a function that does anything
        region = 1 << world.region((-1, 0, name))  # of a name that came from elsewhere
        world.own[name] = world.reach[name] = region | world.everything
        world.kinds[name] = UNKNOWN

    def touched_objects(self, names: Iterable[str]) -> int:
        """Objects of the notebook's own classes may change by any use."""
        world = self.world
        mask = 0
        for name in names:
            reach = world.reach.get(name, 0)
            if reach & world.with_class and world.kind(name) == UNKNOWN:
                mask |= reach
        return mask

    def use(self, use: Use, around: frozenset[str], *, certain: bool) -> tuple[int, int]:
        """The regions that a use changes, and those of them that hold the arguments from then on."""
        world = self.world
        kind = world.kind(use.root) if use.root else UNKNOWN
        called = any(world.reach.get(name, 0) & world.with_body for name in use.args)
        effect = calls.effect_of(use, kind, calls_back=called)
        root = around if use.local else frozenset({use.root}) if use.root else use.args
        changed = 0
        if effect.changes:
            masks = world.own if effect.changes == "own" else world.reach
            changed = _union(masks.get(name, 0) for name in root if self.changes(name) or name == use.root)
        if effect.arguments:
            every = effect.arguments == "changed"
            given = around if use.local_args and every else use.args
            named = [one for one in given if self.changes(one) and (every or world.kind(one) == UNKNOWN)]
            changed |= _union(world.reach.get(name, 0) for name in named)
        if effect.session:
            world.always |= self.me
        self.draw(effect.draws)
        if effect.seeds:
            self.seed(effect.seeds, certain=certain and self.certain)
        self.files(effect.reads, effect.writes)
        return changed, changed if effect.holds == "own" else 0

    def changes(self, name: str) -> bool:
        kind = self.world.kind(name)
        return kind not in _FIXED and not (kind.startswith(MODULE) and calls.trusted(kind))

    def added(self, step: Step) -> int:
        """`a += b` changes the object of `a`, unless it is a number or text."""
        world = self.world
        (name,) = step.binds
        kind = world.kind(name)
        changed = 0 if kind in _FIXED else (world.own if kind == LIB else world.reach).get(name, 0)
        self.written |= changed
        return changed

    def link(self, changed: int, filled: int, held: int) -> None:
        """Whatever leads to a changed object now also leads to what it was given."""
        world = self.world
        for name, reach in world.reach.items():
            if reach & changed:
                world.reach[name] = reach | held
                if filled and world.own[name] & filled:
                    world.own[name] |= held

    # -- bindings -------------------------------------------------------------------------------------------------

    def bind(self, number: int, name: str, step: Step, loads: frozenset[str]) -> None:
        world = self.world
        if name == STAR:
            return
        certain = step.certain and self.certain
        kind = self.kind_of(step, name)
        own, reach = self.regions(number, name, step, kind, loads)
        if not certain and name in world.reach:
            own, reach = own | world.own[name], reach | world.reach[name]
            kind = kind if kind == world.kind(name) else UNKNOWN
        world.own[name], world.reach[name], world.kinds[name] = own, reach, kind
        world.bound_by[name] = self.me if certain else world.bound_by.get(name, 0) | self.me

    def regions(self, number: int, name: str, step: Step, kind: str, loads: frozenset[str]) -> tuple[int, int]:
        """What a newly bound name is and leads to."""
        world = self.world
        if kind == SCALAR:
            return 0, 0
        if step.value.tag == "module":
            module = step.value.root.lstrip(".").partition(".")[0]
            region = 1 << world.region((-2, 0, module))
            if not calls.trusted(module):
                self.files(frozenset({module, f"{module}.py"}), frozenset())
            self.read |= region
            return region, region
        fresh = self.with_bodies(world.region((self.position, number, name)), step.bodies)
        self.written |= fresh
        kept = self.kept(step.values, loads - step.values)
        path = step.value.path
        if kind == LIB and len(path) > 1 and path[-2] in calls.FITS:  # it keeps what it was fitted on, and lets it be
            root = 0 if world.kind(step.value.root).startswith(MODULE) else world.own.get(step.value.root, 0)
            return fresh | root, fresh | kept
        own = _union(world.own.get(one, 0) for one in step.values if self.changes(one))
        return fresh | (own if kind == LIB else kept), fresh | kept

    def kept(self, values: frozenset[str], called: frozenset[str]) -> int:
        """Regions that a value may lead to which is made of these names, or returned by these functions."""
        world = self.world
        mask = met = 0
        made: set[str] = set()
        asked: set[str] = set()
        waiting: list[tuple[frozenset[str], frozenset[str]]] = [(values, called)]
        while waiting:
            values, called = waiting.pop()
            for name in values - made:
                if world.kind(name) not in _FIXED - {FUNCTION}:
                    mask |= world.reach.get(name, 0)
            made |= values
            for name in called - asked:
                kind, reach = world.kind(name), world.reach.get(name, 0)
                if kind != FUNCTION:
                    mask |= 0 if kind.startswith(MODULE) and calls.trusted(kind) else reach
                    continue
                mask |= reach if reach & world.lasting else 0
                regions = reach & world.with_body & ~met
                met |= regions
                bodies = (body for region in _bits(regions) for body in world.bodies[region])
                waiting += ((body.values, body.loads - body.values) for body in bodies)
            asked |= called
        return mask

    def with_bodies(self, region: int, bodies: tuple[Body, ...]) -> int:
        world, bit = self.world, 1 << region
        if bodies:
            world.bodies[region] = bodies
            world.with_body |= bit
            if any(body.lasting for body in bodies):
                world.lasting |= bit
            if any(body.is_class for body in bodies):
                world.with_class |= bit
        return bit

    def kind_of(self, step: Step, name: str) -> str:
        world, value = self.world, step.value
        kind = self.kind_of_value(value)
        if (
            kind in {SCALAR, PLAIN}
            and value.tag != "path"
            and any(one in world.kinds for one in step.loads & _ANY_SHADOW)
        ):
            return UNKNOWN
        if step.adds_in_place:
            before = world.kind(name)
            return before if before in {PLAIN, LIB} or (before == kind == SCALAR) else UNKNOWN
        return kind

    def kind_of_value(self, value: Value) -> str:
        if value.tag == "module":
            return MODULE + value.root
        if value.tag != "path":
            return value.tag
        root = self.world.kind(value.root)
        found = calls.kind_at(root, value.path)
        return UNKNOWN if found == UNBOUND else found

    def delete(self, name: str, *, certain: bool) -> None:
        world = self.world
        world.bound_by[name] = self.me if certain else world.bound_by.get(name, 0) | self.me
        if certain:
            for table in (world.own, world.reach):
                table.pop(name, None)
            world.kinds.pop(name, None)

    def traced(self, trace: Trace) -> None:
        """What was seen at the cell's borders and is not certain from its text."""
        world = self.world
        loads = frozenset(one for step in self.cell.steps for one in step.loads)
        for name in trace.bound:
            if not world.bound_by.get(name, 0) & self.me:
                self.bind(len(self.cell.steps), name, Step(loads, values=loads), loads)
            world.bound_by[name] = self.me
        for name in trace.deleted:
            if world.bound_by.get(name) != self.me:
                self.delete(name, certain=True)

    # -- random numbers and files ---------------------------------------------------------------------------------

    def seed(self, generators: frozenset[str], *, certain: bool) -> None:
        world = self.world
        for one in generators:
            world.seeded.add(one)
            world.bound_by[one] = self.me if certain else world.bound_by.get(one, 0) | self.me

    def draw(self, generators: frozenset[str]) -> None:
        """Without a seed the numbers are others each time, whatever was drawn before."""
        world = self.world
        for one in generators & world.seeded:
            self.known.needs |= world.bound_by.get(one, 0) & (self.me - 1)
            world.bound_by[one] = world.bound_by.get(one, 0) | self.me

    def files(self, reads: frozenset[str], writes: frozenset[str]) -> None:
        files = self.world.files
        for path in reads:
            for other, writers in files.items():
                if _same_file(path, other):
                    self.known.needs |= writers & (self.me - 1)
        for path in writes:
            files[path] = files.get(path, 0) | self.me


def _same_file(one: str, other: str) -> bool:
    """True where two paths may lead to the same file, or one to a folder of the other."""
    if calls.ANYWHERE in (one, other):
        return True
    one, other = one.rstrip("/"), other.rstrip("/")
    if one.rpartition("/")[2] == other.rpartition("/")[2]:
        return True
    one, other = one.removeprefix("./"), other.removeprefix("./")
    return one.startswith(other + "/") or other.startswith(one + "/") or "*" in one + other


def _union(masks: Iterable[int]) -> int:
    total = 0
    for mask in masks:
        total |= mask
    return total


def _bits(mask: int) -> Iterator[int]:
    """Positions of the set bits, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
