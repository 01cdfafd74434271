"""One execution, taken through the world step by step: what it needs, and what it leaves.

A cell that failed may have stopped anywhere, so nothing that it binds hides an earlier binding.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from trackbook.capture.borders import Trace
from trackbook.capture.program import effects
from trackbook.capture.program.bindings import Frame, Known
from trackbook.capture.program.effects import FUNCTION, LIB, PLAIN, SCALAR, UNKNOWN
from trackbook.capture.program.expressions import waits
from trackbook.capture.program.functions import MARK, Function, given_to, is_local
from trackbook.capture.program.seen import Files, Seen
from trackbook.capture.program.steps import CALLED, INTEGER, ITEM, Act, Body, CellSteps, Fork, Step, Use, Value
from trackbook.capture.program.torches import LOADER, TENSOR
from trackbook.capture.program.uses import Uses
from trackbook.capture.program.vocabulary import HELPERS
from trackbook.capture.program.world import FIXED, World, union

MOST_PASSES = 5
"""Over a cell with loops: what it links in one round may matter in the next."""
MOST_BODIES = 12
"""Functions that a step may run and that are looked at one by one; more of them count as code that may do anything."""
DEEPEST = 8
"""Functions within one another whose calls are followed."""
MOST_CALLS = 300
"""Calls of one execution that are followed; what is called beyond them may do anything to what it is given."""
_ALWAYS_THERE = (
    frozenset(dir(builtins))
    | frozenset(
        """get_ipython display exit quit In Out _ __ ___ _i _ii _iii _ih _oh _dh __name__ __builtins__ __file__
    __doc__""".split()
    )
    | HELPERS
)


class Walk(Uses):
    """One execution, taken through the world."""

    def __init__(
        self,
        world: World,
        known: Known,
        position: int,
        cell: CellSteps,
        *,
        certain: bool,
        rest: Callable[[], object] | None = None,
    ) -> None:
        """`rest` is called between any two steps."""
        super().__init__(world, known, position, certain=certain)
        self.cell = cell
        self.rest = rest or bool
        self.wild = cell.wild
        self.followed = 0
        self.seen: Seen | None = None

    def run(self, seen: Seen | None) -> None:
        world, cell = self.world, self.cell
        self.seen = seen
        before = self.me - 1
        earlier = (1 << len(world.places)) - 1
        if cell.seeds or (seen is not None and seen.seeded):
            self.seed(effects.GENERATORS, certain=True)
        if seen is not None:
            world.facts.update(dict.fromkeys(seen.integers, INTEGER))
        self.steps(cell.steps, loops=cell.loops)
        if seen is not None:
            self.traced(seen.trace)
        if cell.files:
            self.files(Files.ANY, Files.ANY)
        if seen is not None:
            self.files(seen.files.reads | seen.files.writes, seen.files.writes)
        if self.wild or cell.anonymous:
            self.known.needs |= before
            self.known.meets_all = True
        touched = self.known.touched = self.read | self.written
        for position, written in world.written.items():
            if written & touched:
                self.known.needs |= 1 << position
        self.known.changed = self.changed(self.written & earlier)
        if self.wild:
            self.anything()
        if seen is not None:
            self.scalars(seen.trace.scalars)
        world.written[self.position] = self.written
        if cell.session or self.wild:
            world.always |= self.me

    def changed(self, regions: int) -> dict[str, int]:
        """Of the names that it reads, those that led to one of these regions."""
        found = {name: reach & regions for name, reach in self.met.items() if reach & regions and not is_local(name)}
        return {name: one for name, one in found.items() if not self.world.is_library(name)}

    def steps(self, steps: Sequence[Step], *, loops: bool) -> None:
        world = self.world
        for _ in range(MOST_PASSES if loops else 1):
            state = (dict(world.own), dict(world.reach)) if loops else None
            for number, step in enumerate(steps):
                self.rest()
                if step.fork is None:
                    self.step(number, step)
                else:
                    self.forked(number, step.fork, step.value)
            if state is not None and state == (world.own, world.reach):
                break

    def forked(self, number: int, fork: Fork, element: Value) -> None:
        """A `DataLoader` has batches; a loop over anything else may have no round."""
        if fork in (Fork.OPEN, Fork.OPEN_LEAVING):
            self.arms.open(leaves=fork is Fork.OPEN_LEAVING)
        elif fork is Fork.OTHER:
            self.arms.other()
        elif fork is Fork.AGAIN:
            self.arms.again()
        else:
            over = self.kind_of_value(element.parts[0]) if element.tag == "element" else ""
            self.arms.close(whole=fork is Fork.CLOSE_WHOLE or over == LOADER, proven=self.proven(number), me=self.me)

    def proven(self, number: int) -> frozenset[str]:
        """Names that were seen to be bound by the cell, and that nothing behind this step binds."""
        if self.seen is None or not self.certain or self.frame.stack or self.arms.depth > 1:
            return frozenset()
        later = {name for step in self.cell.steps[number:] for name in (*step.binds, *step.deletes)}
        return self.seen.trace.bound - later

    def anything(self) -> None:
        """After a wild cell every name may stand for every object."""
        world = self.world
        if any(use.root in {"exec", "eval"} and use.act is Act.CALL for step in self.cell.steps for use in step.uses):
            bound = {name for step in self.cell.steps for name in step.binds}
            named = (name for name in {*self.met, *bound} if world.kind(name) in {UNKNOWN, PLAIN})
            world.coded |= union(world.own.get(name, 0) for name in named)
        self.written = world.everything = (1 << len(world.places)) - 1
        for name in world.reach:
            world.own[name] = world.reach[name] = world.shell[name] = world.everything
            world.kinds[name] = UNKNOWN

    # -- one step -------------------------------------------------------------------------------------------------

    def step(self, number: int, step: Step) -> None:
        world = self.world
        called = self.calls_of(step)
        loads, bodies = self.later(step.loads - called.keys())
        loads |= called.keys()
        results: dict[str, str] = {}
        self.frame.results, self.frame.links = results, step.adds_in_place
        later = frozenset[str]().union(*(body.loads for body in step.bodies)) if step.bodies else frozenset[str]()
        now = step.now | (step.loads - later)
        if any(one not in world.bound_by and one not in _ALWAYS_THERE and not is_local(one) for one in loads - now):
            now |= self.run_at_once(step)
        for name in loads:
            self.load(number, name, now=name in now)
        held = kept = 0
        values = step.values.union(*(body.values for body in bodies))
        for name in loads:
            reach = world.reach.get(name, 0)
            held |= reach
            is_called = name not in values and world.kind(name) == FUNCTION
            if not is_called and not world.is_library(name):  # these two nothing comes to hold
                kept |= reach
            self.met[name] = self.met.get(name, 0) | reach
        self.read |= held
        changed = self.touched_objects(loads)
        self.frame.links |= bool(changed)
        filled = 0
        fresh = 0
        if step.bodies:  # a decorator, or another function that is given them, may keep them
            places = [(self.position, number, self.frame.site + name) for name in step.binds or ("",)]
            fresh = union(world.with_bodies(world.region(place), step.bodies) for place in places)
        if len(bodies) > MOST_BODIES:
            changed = filled = self.anything_reached(held)
            kept = held
            self.frame.links = True
        run = [(body.uses, body.loads) for body in bodies] if len(bodies) <= MOST_BODIES else []
        for uses, around in ((step.uses, step.loads), *run):
            for use in uses:
                if uses is step.uses and use.root in called and not use.path and not use.local:
                    results[use.root] = self.follow(called[use.root], use, number, step)
                    continue
                one, other = self.use(use, around, certain=step.certain and uses is step.uses and use.sure)
                self.wild |= use.act is Act.CALL and bool(world.own.get(use.root, 0) & world.coded)
                changed |= one
                filled |= other
        for body in self.code_made(number, step, results):
            bodies = (*bodies, body)
            for use in body.uses:
                one, other = self.use(use, body.loads, certain=False)
                changed |= one
                filled |= other
            kept |= union(world.reach.get(name, 0) for name in body.loads)
        kept |= union(world.reach.get(name, 0) for name in results.values())
        self.written |= changed
        for body in bodies:
            for name in body.binds:
                self.bind(number, name, Step(values=body.values, certain=False), body.loads)
        if step.adds_in_place:
            changed |= self.added(step)
        if changed:
            self.link(changed, filled, kept | fresh if self.frame.links or (fresh and not step.binds) else fresh)
        for position, name in enumerate(step.binds):
            self.bind(number, name, self.unpacked(step, position), step.loads)
        for name in step.deletes:
            self.delete(name, certain=step.certain and self.certain)
        if results:
            world.forget([part for name in results.values() for part in (name, *self.frame.elements.pop(name, ()))])

    def run_at_once(self, step: Step) -> frozenset[str]:
        """What functions and generators read that are called, consumed or given to a call, which may call them."""
        world = self.world
        found = frozenset[str]()
        for use in step.uses:
            called = {use.root} if use.act is Act.CALL and not use.path else set()
            given = {use.root} if use.act is Act.ITERATE and not use.path else set()
            if use.act is Act.CALL and not waits(use.root, use.path):
                given |= use.args
            for name in called | given:
                own = world.own.get(name, 0)
                if world.everything and not world.everything & ~own:
                    continue  # it may be any of them, and is hardly each
                for body in world.code_of(own).bodies:
                    if not body.is_class and (name in given or not body.lasting):
                        found |= body.loads
        return found

    def code_made(self, number: int, step: Step, results: Mapping[str, str]) -> Sequence[Body]:
        """Code that functions returned and that the same step may run: `make()(x)`, `@make(x)`, `map(make(), x)`."""
        uses = step.uses
        used = (name for name in results if any((one.path and one.root == name) or name in one.args for one in uses))
        loads, bodies = self.later(frozenset(results[name] for name in used))
        for name in loads:
            self.load(number, name)
        return bodies

    def anything_reached(self, held: int) -> int:
        """In the place of many functions that may run: all that they may do to what they reach."""
        self.seed(effects.GENERATORS, certain=False)
        self.draw(effects.GENERATORS)
        self.files(Files.ANY, Files.ANY)
        self.world.always |= self.me
        return held

    def later(self, names: frozenset[str]) -> tuple[frozenset[str], tuple[Body, ...]]:
        """All names that are read when these are used, and the bodies that may run."""
        world = self.world
        loads = names
        regions = 0
        while names:
            regions |= union(world.reach.get(name, 0) for name in names) & world.with_body
            names = world.code_of(regions).loads - loads
            loads |= names
        return loads, world.code_of(regions).bodies

    def load(self, number: int, name: str, *, now: bool = False) -> None:
        """`now` where it is read at once, and not by code that may run later."""
        world = self.world
        bound = world.bound_by.get(name, 0)
        self.known.needs |= bound & (self.me - 1)
        if bound & (self.me - 1) and not is_local(name):
            self.known.names[name] = self.known.names.get(name, 0) | bound & (self.me - 1)
        if name in _ALWAYS_THERE or is_local(name):
            return
        if not bound and now:
            self.known.missing.setdefault(name)
            self.known.unsure.pop(name, None)
        if name in world.reach:
            return
        if not bound:
            if not now:
                self.known.missing.setdefault(name)
                self.known.unsure.setdefault(name)
            self.wild |= bool(world.everything)  # it may come from there, and may be a function that does anything
        region = 1 << world.region((-1, 0, name))  # of a name that came from elsewhere
        world.own[name] = world.reach[name] = world.shell[name] = region | world.everything
        world.kinds[name] = UNKNOWN

    def touched_objects(self, names: Iterable[str]) -> int:
        """Objects of the notebook's own classes may change by any use."""
        world = self.world
        mask = 0
        for name in names:
            reach = world.reach.get(name, 0)
            if reach & world.with_class and self.kind_in_use(name) == UNKNOWN and world.code_of(reach).woken:
                mask |= reach
        return mask

    # -- calls of functions whose text is known --------------------------------------------------------------------

    def calls_of(self, step: Step) -> dict[str, Function]:
        """The functions that a step does nothing with but call them, and that are followed."""
        found: dict[str, Function] = {}
        if len(self.frame.stack) > DEEPEST or self.followed > MOST_CALLS:
            return found
        for use in step.uses:
            if use.act is Act.CALL and not use.path and not use.local and use.root not in step.values:
                function = self.world.function(use.root)
                if function is not None and function.number not in self.frame.stack:
                    found[use.root] = function
        return found

    def follow(self, function: Function, use: Use, number: int, step: Step) -> str:
        """Take the steps of a function.  Gives the name that what it returned has until the end of the statement."""
        world, outer = self.world, self.frame
        self.followed += 1
        met = world.with_body
        for name, given in given_to(function, use, step.loads):
            parameter = Step(given.loads, (name,), given.value, given.values, fact=given.fact)
            self.bind(number, name, parameter, given.loads)
        sure = outer.certain and step.certain and use.sure and not function.leaves
        self.frame = Frame((*outer.stack, function.number), f"{outer.site}{number}:{function.number}/", certain=sure)
        self.steps(function.steps, loops=function.loops)
        self.frame = outer
        result = f"{use.root}(){MARK}{len(outer.stack)}"
        names = [result, *(f"{result}{position}" for position in range(len(function.elements)))]
        for name, made in zip(names, (function.returned, *function.elements), strict=True):
            self.give(name, made)
        outer.elements[result] = names[1:]
        made_code = world.with_body & ~met
        inside = function.locals
        if made_code and any(reach & made_code for name, reach in world.reach.items() if name not in inside):
            world.unfollowed.add(function.number)  # its names are read later, by what it made
        else:
            world.forget(inside)
        return result

    def give(self, name: str, made: str) -> None:
        """A second call in the same statement may give something else."""
        world = self.world
        kind = world.kinds.get(made, SCALAR)
        world.kinds[name] = kind if world.kinds.get(name, kind) == kind else UNKNOWN
        world.own[name] = world.own.get(name, 0) | world.own.get(made, 0)
        world.reach[name] = world.reach.get(name, 0) | world.reach.get(made, 0)
        world.shell[name] = world.shell.get(name, 0) | world.shell.get(made, 0)

    def unpacked(self, step: Step, position: int) -> Step:
        """As if the element at this position were bound alone."""
        result = self.frame.results.get(step.value.root) if step.unpacks and step.value.path == (CALLED, ITEM) else None
        elements = self.frame.elements.get(result, []) if result else []
        if len(elements) != len(step.binds):
            return step
        name = elements[position]
        return replace(step, value=Value("path", name), values=frozenset({name}), loads=frozenset({name}))

    # -- objects that change and grow ---------------------------------------------------------------------------------

    def added(self, step: Step) -> int:
        """`a += b` changes the object of `a`, unless it is a number or text."""
        world = self.world
        (name,) = step.binds
        kind = world.kind(name)
        changed = 0 if kind in FIXED else (world.own if kind in {LIB, TENSOR} else world.reach).get(name, 0)
        self.written |= changed
        return changed

    def link(self, changed: int, filled: int, held: int) -> None:
        """Whatever leads to a changed object now also leads to what it was given."""
        own = self.world.own
        grown = {name: reach | held for name, reach in self.world.reach.items() if reach & changed}
        self.world.reach.update(grown)
        if filled:
            own.update({name: own[name] | held for name in grown if own[name] & filled})

    def scalars(self, names: Iterable[str]) -> None:
        """Names that were seen to stand for numbers or texts when the cell had ended."""
        world = self.world
        for name in names:
            if name in world.reach:
                world.own[name] = world.reach[name] = world.shell[name] = 0
                world.kinds[name] = SCALAR

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
