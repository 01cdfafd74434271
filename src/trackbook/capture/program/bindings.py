"""What a statement leaves behind: which names it binds to what, and what it needs of random numbers and files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from trackbook.capture.cells import CellExecution
from trackbook.capture.program import calls, torches
from trackbook.capture.program.arms import Arms, either
from trackbook.capture.program.effects import LIB, MODULE, PLAIN, RANDOM, SCALAR, UNBOUND, UNKNOWN
from trackbook.capture.program.functions import is_local
from trackbook.capture.program.seen import Seen, same_file
from trackbook.capture.program.steps import CALLED, FRAME, INTEGER, SEEDED, STAR, Step, Value
from trackbook.capture.program.torches import LOADER, NET, TENSOR
from trackbook.capture.program.values import PLAIN_CALLS, SCALAR_CALLS
from trackbook.capture.program.vocabulary import DRAWN, FITS
from trackbook.capture.program.world import World, union

_DATA = frozenset({LIB, PLAIN, TENSOR, LOADER})
_LIKE_LIB = frozenset({LIB, TENSOR, LOADER})
"""What such a name is made of may share memory with it."""
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
    unsure: dict[str, None] = field(default_factory=dict)
    """Of those missing, what only code of functions, lambdas and generators names that may not have been run yet."""
    drawn: dict[str, int] = field(default_factory=dict)
    """Random generator -> executions that seeded it or drew from it before."""
    touched: int = 0
    """Regions that it reads or writes."""
    unknown: dict[str, int] = field(default_factory=dict)
    """Code whose text is not known -> regions that this may have changed."""
    changed: dict[str, int] = field(default_factory=dict)
    """Name that it reads -> regions of its object, or of what that leads to, that it may change."""
    files: dict[str, int] = field(default_factory=dict)
    """Path -> executions that may have written it before this one needed it."""
    seeds: set[str] = field(default_factory=set)
    """Random generators that it seeds."""
    meets_all: bool = False
    """Its text does not tell what it needs: it may be anything."""
    seen: Seen | None = None


@dataclass(slots=True)
class Frame:
    """The cell, or a function whose steps are taken."""

    stack: tuple[int, ...] = ()
    """Functions that are being followed, by number."""
    site: str = ""
    """Of the call; the regions that are bound in it are its own."""
    certain: bool = True
    """It is surely run, and to its end."""
    results: dict[str, str] = field(default_factory=dict)
    """Of the step that is taken: a function that it called -> the name that the result has meanwhile."""
    links: bool = False
    """What the step changes may lead to what it was given."""
    elements: dict[str, list[str]] = field(default_factory=dict)
    """The name of a result -> those of its elements, if it is a tuple."""


class Bindings:
    """Of one execution."""

    def __init__(self, world: World, known: Known, position: int, *, certain: bool) -> None:
        self.world, self.known, self.position, self.certain = world, known, position, certain
        self.me = 1 << position
        self.read = 0
        self.written = 0
        self.met: dict[str, int] = {}
        """Each name that is read -> all that it led to when it was."""
        self.frame = Frame(certain=certain)
        self.arms = Arms(world)

    def bind(self, number: int, name: str, step: Step, loads: frozenset[str]) -> None:
        world = self.world
        if name == STAR:
            return
        certain = step.certain and (self.frame.certain or (self.certain and is_local(name)))
        kind = self.kind_of(step, name)
        own, reach = self.regions(number, name, step, kind, loads)
        shell = self.shell(number, name, step, kind, own)
        self.arms.note(name)
        if not certain and name in world.reach:
            own, reach = own | world.own[name], reach | world.reach[name]
            shell |= world.shell[name]
            kind = either(kind, world.kind(name))
        world.own[name], world.reach[name], world.shell[name], world.kinds[name] = own, reach, shell, kind
        world.set_fact(name, self.fact_of(step) if certain and not step.adds_in_place else "")
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
            else:
                world.data |= region
            self.read |= region
            return region, region
        fresh = world.with_bodies(world.region((self.position, number, self.frame.site + name)), step.bodies)
        self.written |= fresh
        results = self.frame.results
        if results:
            step, loads = _with_results(step, results), loads - results.keys()
        kept = world.kept(step.values, loads - step.values)
        path = step.value.path
        if kind == LIB and len(path) > 1 and path[-2] in FITS:  # it keeps what it was fitted on, and lets it be
            itself = 0 if world.kind(step.value.root).startswith(MODULE) else world.own.get(step.value.root, 0)
            return fresh | itself, fresh | kept
        if kind in _DATA and not step.bodies:
            world.data |= 1 << world.region((self.position, number, self.frame.site + name))
        if kind == LIB:
            root = world.kind(step.value.root)
            if calls.gives("new", root, path):
                return fresh, fresh if calls.gives("number", root, path) else fresh | kept
        own = union(world.own.get(one, 0) for one in step.values if self.world.changes(one))
        return fresh | (own if kind in _LIKE_LIB else kept), fresh | kept

    def shell(self, number: int, name: str, step: Step, kind: str, own: int) -> int:
        """Of a newly bound name: a container is what was written out, or another name's."""
        if kind != PLAIN or step.adds_in_place:
            return own
        fresh = 1 << self.world.region((self.position, number, self.frame.site + name))
        if step.value.tag == "plain":
            return fresh
        value = _with_results(step, self.frame.results).value
        return fresh | self.world.shell.get(value.root, own) if value.tag == "path" and not value.path else own

    def fact_of(self, step: Step) -> str:
        facts, value = self.world.facts, step.value
        if step.fact:
            return step.fact
        if facts.get(step.seed_name) == INTEGER:
            return SEEDED
        if self.is_frame(value):
            return FRAME
        same = not value.path or (len(value.path) == 2 and value.path[0] in FITS)  # which gives the object itself
        return facts.get(value.root, "") if same else ""

    def is_frame(self, value: Value) -> bool:
        """Whether this surely comes from pandas, and is nothing that it draws."""
        if value.tag == "operation":
            return any(map(self.is_frame, value.parts)) and self.kind_of_value(value) == LIB
        if value.tag != "path" or not DRAWN.isdisjoint(value.path) or value.root in self.frame.results:
            return False
        kind = self.world.kind(value.root)
        made = kind.startswith(f"{MODULE}pandas") and value.path[-1:] == (CALLED,)
        return made or (kind == LIB and self.world.facts.get(value.root) == FRAME)

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
            if {before, kind} <= {SCALAR, TENSOR}:
                return TENSOR if TENSOR in (before, kind) else SCALAR
            return before if before in {PLAIN, LIB} or (before == kind == SCALAR) else UNKNOWN
        if kind == LIB and calls.makes(world.kind(value.root), value.path) and self.draws_from(step.values):
            return UNKNOWN  # `KFold(random_state=rng)` draws whenever it is used
        return kind

    def draws_from(self, names: frozenset[str]) -> bool:
        return any(self.world.kind(name) == RANDOM for name in names)

    def kind_of_value(self, value: Value) -> str:
        if value.tag == "module":
            return MODULE + value.root
        if value.tag == "operation":
            return _of_operation({self.kind_of_value(one) for one in value.parts})
        if value.tag == "part":
            whole = self.kind_of_value(value.parts[0])
            return calls.kind_at(whole, value.path) if whole in torches.KINDS else UNKNOWN
        if value.tag == "element":
            return _of_elements(self.kind_of_value(value.parts[0]))
        if value.tag != "path":
            return value.tag
        result = self.frame.results.get(value.root) if value.path[:1] == (CALLED,) else None
        root, path = (value.root, value.path) if result is None else (result, value.path[1:])
        made = self.world.made_by_class(root) if path[:1] == (CALLED,) else ""
        if made:
            return torches.kind_at(made, path[1:]) or UNKNOWN
        found = calls.kind_at(self.world.kind(root), path)
        return UNKNOWN if found == UNBOUND else found

    def delete(self, name: str, *, certain: bool) -> None:
        world = self.world
        self.arms.note(name)
        world.bound_by[name] = self.me if certain else world.bound_by.get(name, 0) | self.me
        if certain:
            for table in (world.own, world.reach, world.shell, world.kinds):
                table.pop(name, None)
        world.facts.pop(name, None)

    # -- random numbers and files ---------------------------------------------------------------------------------

    def seed(self, generators: frozenset[str], *, certain: bool) -> None:
        world = self.world
        self.known.seeds |= generators
        for one in generators:
            self.arms.note(one)
            world.seeded.add(one)
            world.bound_by[one] = self.me if certain else world.bound_by.get(one, 0) | self.me

    def draw(self, generators: frozenset[str]) -> None:
        """Without a seed the numbers are others each time, whatever was drawn before."""
        world = self.world
        for one in generators & world.seeded:
            before = world.bound_by.get(one, 0) & (self.me - 1)
            self.known.needs |= before
            self.known.drawn[one] = self.known.drawn.get(one, 0) | before
            world.bound_by[one] = world.bound_by.get(one, 0) | self.me

    def files(self, reads: frozenset[str], writes: frozenset[str]) -> None:
        files = self.world.files
        for path in reads:
            for other, writers in files.items():
                if same_file(path, other) and (before := writers & (self.me - 1)):
                    self.known.needs |= before
                    self.known.files[other] = self.known.files.get(other, 0) | before
        for path in writes:
            if path.endswith(".py") and (path in files or self.is_imported(path)):
                self.world.always |= self.me  # `%autoreload` takes it in with the next cell
            files[path] = files.get(path, 0) | self.me

    def is_imported(self, path: str) -> bool:
        return (-2, 0, path.rpartition("/")[2].removesuffix(".py")) in self.world.places


def _with_results(step: Step, results: Mapping[str, str]) -> Step:
    """The binding of a value that is made of what functions returned."""
    made = frozenset(results[name] for name in step.loads & results.keys())
    value = step.value
    if value.root in results and value.path[:1] == (CALLED,):
        value = replace(value, root=results[value.root], path=value.path[1:])
    return replace(step, value=value, values=step.values | made)


def _of_elements(kind: str) -> str:
    """What iterating gives."""
    return {LOADER: TENSOR, TENSOR: TENSOR, NET: NET}.get(kind, UNKNOWN)


def _of_operation(kinds: set[str]) -> str:
    """Numbers give a number; a frame, an array or a list gives its like, made anew."""
    if kinds <= {SCALAR}:
        return SCALAR
    if TENSOR in kinds and kinds <= {SCALAR, TENSOR}:
        return TENSOR
    if LIB in kinds and kinds <= {SCALAR, LIB, PLAIN}:
        return LIB
    return PLAIN if kinds <= {SCALAR, PLAIN} else UNKNOWN
