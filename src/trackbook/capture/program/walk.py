"""One execution, taken through the world step by step: what it needs, and what it leaves.

A cell that failed may have stopped anywhere, so nothing that it binds hides an earlier binding.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from dataclasses import dataclass, field

from trackbook.capture.borders import Trace
from trackbook.capture.cells import CellExecution
from trackbook.capture.program import calls
from trackbook.capture.program.calls import LIB, MODULE, PLAIN, SCALAR, UNBOUND, UNKNOWN
from trackbook.capture.program.expressions import PLAIN_CALLS, SCALAR_CALLS
from trackbook.capture.program.seen import Files, Seen, same_file
from trackbook.capture.program.steps import STAR, Body, CellSteps, Step, Use, Value
from trackbook.capture.program.world import FIXED, World, bits, union

MOST_PASSES = 5
"""Over a cell with loops: what it links in one round may matter in the next."""
MOST_BODIES = 12
"""Functions that a step may run and that are looked at one by one; more of them count as code that may do anything."""
_ALWAYS_THERE = frozenset(dir(builtins)) | frozenset(
    """get_ipython display exit quit In Out _ __ ___ _i _ii _iii _ih _oh _dh __name__ __builtins__ __file__
    __doc__""".split()
)
_ANY_SHADOW = SCALAR_CALLS | PLAIN_CALLS


@dataclass(slots=True)
class Known:
    """What is known of one execution."""

    execution: CellExecution
    needs: int = 0
    """Of earlier executions."""
    names: dict[str, int] = field(default_factory=dict)
    """Name that it reads -> executions that may have bound it."""
    missing: dict[str, None] = field(default_factory=dict)
    seen: Seen | None = None


class Walk:
    """One execution, taken through the world."""

    def __init__(self, world: World, known: Known, position: int, cell: CellSteps, *, certain: bool) -> None:
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
        for region in bits(self.read | self.written):
            self.known.needs |= world.writers[region] & before
        for region in bits(self.written):
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
        held = union(world.reach.get(name, 0) for name in loads)
        self.read |= held
        changed = self.touched_objects(loads)
        filled = 0
        fresh = 0
        if step.bodies and not step.binds:
            fresh = self.world.with_bodies(world.region((self.position, number, "")), step.bodies)
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
            for region in bits(regions):
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
            changed = union(masks.get(name, 0) for name in root if self.world.changes(name) or name == use.root)
        if effect.arguments:
            every = effect.arguments == "changed"
            given = around if use.local_args and every else use.args
            named = [one for one in given if self.world.changes(one) and (every or world.kind(one) == UNKNOWN)]
            changed |= union(world.reach.get(name, 0) for name in named)
        if effect.session:
            world.always |= self.me
        self.draw(effect.draws)
        if effect.seeds:
            self.seed(effect.seeds, certain=certain and self.certain)
        self.files(effect.reads, effect.writes)
        return changed, changed if effect.holds == "own" else 0

    def added(self, step: Step) -> int:
        """`a += b` changes the object of `a`, unless it is a number or text."""
        world = self.world
        (name,) = step.binds
        kind = world.kind(name)
        changed = 0 if kind in FIXED else (world.own if kind == LIB else world.reach).get(name, 0)
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
        fresh = self.world.with_bodies(world.region((self.position, number, name)), step.bodies)
        self.written |= fresh
        kept = self.world.kept(step.values, loads - step.values)
        path = step.value.path
        if kind == LIB and len(path) > 1 and path[-2] in calls.FITS:  # it keeps what it was fitted on, and lets it be
            root = 0 if world.kind(step.value.root).startswith(MODULE) else world.own.get(step.value.root, 0)
            return fresh | root, fresh | kept
        own = union(world.own.get(one, 0) for one in step.values if self.world.changes(one))
        return fresh | (own if kind == LIB else kept), fresh | kept

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
                if same_file(path, other):
                    self.known.needs |= writers & (self.me - 1)
        for path in writes:
            files[path] = files.get(path, 0) | self.me
