"""Which executed cells need which: one pass over the history, each cell once.

What is known in between is the `world`, where names stand for *regions*; a `walk` takes one execution through it.
`b = a` gives `b` the regions of `a`; a call of unknown code links all that it was given.  Whoever changes a name's
object writes its regions; whoever reads a name needs the cells that bound it and the cells that wrote its regions.

Beside names and regions there are: files; the shared random generators, which matter from the first seed on; and the
session (working directory, environment, options, packages, magics), whose writers every later cell needs.

A cell that failed is in where a later cell may need what it did before it raised: no statement behind the one that
raised was done, where that is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from trackbook.capture import cells
from trackbook.capture.cells import CellExecution
from trackbook.capture.program.bindings import Known
from trackbook.capture.program.chain import Chain
from trackbook.capture.program.magics import parse
from trackbook.capture.program.reader import cell_steps, steps_until
from trackbook.capture.program.seen import Seen
from trackbook.capture.program.walk import Walk
from trackbook.capture.program.world import World, bits

STATIC, TRACED = "static", "traced"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why an execution is in that an author may have thought to be replaced by a later one of its cell."""

    earlier: int
    """Index of the execution that is in, and of the one that needs it."""
    later: int
    draws: tuple[str, ...] = ()
    """Libraries (`numpy`, `python`, `torch`) from whose shared generator the later one may draw."""
    code: tuple[str, ...] = ()
    """What the earlier one called, and what may change more than its text tells."""


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
    doubts: tuple[Doubt, ...] = ()
    chain: Chain = field(default_factory=Chain, compare=False, repr=False)
    """What links the executions."""


class Slicer:
    """The dependencies of a history that grows: `add` each execution once, in order."""

    def __init__(self, rest: Callable[[], object] | None = None) -> None:
        """`rest` is called every now and then: on a thread beside others it may let these go on."""
        self._rest = rest
        self._known: list[Known] = []
        self._world = World()

    def __len__(self) -> int:
        return len(self._known)

    def copy(self) -> Slicer:
        """One that goes on from here by itself."""
        made = Slicer(self._rest)
        made._known, made._world = list(self._known), self._world.copy()
        return made

    def add(self, execution: CellExecution, seen: Seen | None = None) -> None:
        """Take in the next execution."""
        known = Known(execution, seen=seen)
        self._known.append(known)
        cell = cell_steps(execution.source)
        failed = execution.outcome != cells.OK
        if not cell.parses and execution.outcome in {cells.ERROR, cells.INTERRUPTED}:
            return  # nothing of it ran
        if _was_no_magic(execution.source, seen):
            return
        if failed and seen is not None and seen.stop is not None and seen.stop.line is not None:
            cell = steps_until(execution.source, seen.stop.line, seen.stop.column)
        certain = cell.stops or not failed
        Walk(self._world, known, len(self._known) - 1, cell, certain=certain, rest=self._rest).run(seen)

    def slice(self, position: int = -1) -> Slice:
        """The slice of the execution at this position (of those added)."""
        last = range(len(self._known))[position]
        wanted = 1 << last | (self._world.always & ((1 << last) - 1))
        for index in range(last, -1, -1):
            if wanted >> index & 1:
                wanted |= self._known[index].needs
        places = list(bits(wanted))
        chosen = [self._known[index] for index in places]
        return Slice(
            tuple(one.execution for one in chosen),
            TRACED if all(one.seen is not None for one in chosen) else STATIC,
            tuple(dict.fromkeys(name for place in places for name in self._missing(place, last))),
            tuple(
                (name, one.execution.index, self._known[other].execution.index)
                for one in chosen
                for name, others in one.names.items()
                for other in bits(others & wanted)
            ),
            tuple(one.seen for one in chosen),
            tuple(_doubts([*zip(places, chosen, strict=True)])),
            Chain(tuple(places), tuple(chosen), self._world.always & wanted),
        )

    def _missing(self, place: int, last: int) -> Iterator[str]:
        """What code names that runs later, as that of a function, is not missing where a later cell binds it."""
        known, since = self._known[place], (1 << last + 1) - (1 << place)
        for name in sorted(known.missing):
            if name not in known.unsure or not self._world.bound_by.get(name, 0) & since:
                yield name


def _was_no_magic(source: str, seen: Seen | None) -> bool:
    """Whether a line that is no Python was none for IPython either, since its first name was a variable."""
    if seen is None or seen.stop is None or seen.stop.line is not None or seen.stop.error != SyntaxError.__name__:
        return False
    return "\n" not in source.strip() and parse(source.strip()) is None


def _doubts(chosen: Sequence[tuple[int, Known]]) -> Iterator[Doubt]:
    """Of the cells that are in more than once."""
    times = Counter(one.execution.cell_id for _, one in chosen)
    again = [(at, one) for at, one in chosen if one.execution.cell_id is None or times[one.execution.cell_id] > 1]
    for at, earlier in again:
        for other, later in again:
            if other <= at or not later.needs >> at & 1 or not (later.drawn or earlier.unknown):
                continue
            draws = tuple(name.partition(":")[2] for name, needed in later.drawn.items() if needed >> at & 1)
            code = tuple(text for text, regions in earlier.unknown.items() if regions & later.touched)
            if draws or code:
                yield Doubt(earlier.execution.index, later.execution.index, draws, code)
