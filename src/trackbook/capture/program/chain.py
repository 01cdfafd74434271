"""How the cells of a program hang together: which needs which, and what each is kept for, as far as is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from trackbook.capture.program.bindings import Known
from trackbook.capture.program.effects import ANYWHERE, NUMPY, PYTHON, TORCH
from trackbook.capture.program.filenames import SOMEWHERE
from trackbook.capture.program.functions import is_local
from trackbook.capture.program.world import bits, union

_LIBRARIES = {NUMPY: "numpy", PYTHON: "python", TORCH: "torch"}


@dataclass(frozen=True, slots=True)
class Why:
    """What later cells of the program need of one; empty for the run's own."""

    names: tuple[str, ...] = ()
    """That it binds."""
    changed: tuple[str, ...] = ()
    """Names whose objects it changes."""
    doubted: tuple[str, ...] = ()
    """Those that only code may change whose text is not known."""
    code: tuple[str, ...] = ()
    """That code."""
    files: tuple[str, ...] = ()
    """That it writes, by path."""
    any_files: bool = False
    """It may write files whose names are not told."""
    seeds: tuple[str, ...] = ()
    """Libraries whose shared random generator it seeds, or else draws from."""
    draws: tuple[str, ...] = ()
    session: bool = False
    untold: bool = False
    """Its text does not tell what it does."""
    readers: tuple[int | None, ...] = ()
    """Execution counts of the cells that may need it; only where nothing else is known."""


@dataclass(slots=True)
class _Readers:
    """Of one execution: what those behind it need of it."""

    names: dict[str, None] = field(default_factory=dict)
    files: dict[str, None] = field(default_factory=dict)
    drawn: dict[str, None] = field(default_factory=dict)
    touched: int = 0
    counts: list[int | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Chain:
    """The executions of a slice, by their positions in the history."""

    places: tuple[int, ...] = ()
    known: tuple[Known, ...] = ()
    always: int = 0
    """Those that all later ones need."""

    def settings_before(self, place: int) -> frozenset[int]:
        """The places of those before this place that all later ones need."""
        return frozenset(one for one in range(place) if self.always >> self.places[one] & 1)

    def needs(self, *, settings: bool = True) -> Iterator[frozenset[int]]:
        """Of each execution: those that it needs, by their places in the slice, with those that all need."""
        number = {at: place for place, at in enumerate(self.places)}
        wanted = union(1 << at for at in self.places)
        for at, one in zip(self.places, self.known, strict=True):
            before = (one.needs | (self.always if settings else 0)) & wanted & ((1 << at) - 1)
            yield frozenset(number[needed] for needed in bits(before))

    def binders(self) -> Iterator[frozenset[tuple[int, ...]]]:
        """Of each execution: of every name that it reads and that several may have bound, which, as they ran."""
        number = {at: place for place, at in enumerate(self.places)}
        wanted = union(1 << at for at in self.places)
        for one in self.known:
            several = (tuple(number[at] for at in bits(by & wanted)) for by in set(one.names.values()))
            yield frozenset(order for order in several if len(order) > 1)

    def whys(self) -> list[Why]:
        """Of each execution, the last one has none."""
        readers = {at: _Readers() for at in self.places}
        wanted = union(1 << at for at in self.places)
        for one in self.known:
            for at in bits(one.needs & wanted):
                readers[at].touched |= one.touched
                readers[at].counts.append(one.execution.execution_count)
            for name, by in one.names.items():
                for at in bits(by & wanted):
                    readers[at].names[name] = None
            for path, by in one.files.items():
                for at in bits(by & wanted):
                    readers[at].files[path] = None
            for name, by in one.drawn.items():
                for at in bits(by & wanted):
                    readers[at].drawn[name] = None
        last = self.places[-1] if self.places else 0
        return [
            _why(one, readers[at], always=at != last and bool(self.always >> at & 1))
            for at, one in zip(self.places, self.known, strict=True)
        ]


def _why(one: Known, readers: _Readers, *, always: bool) -> Why:
    touched = readers.touched
    unknown = {text: regions & touched for text, regions in one.unknown.items() if regions & touched}
    changed = {name: regions & touched for name, regions in one.changed.items() if regions & touched}
    doubted = [name for name, regions in changed.items() if not regions & ~union(unknown.values())]
    doubted = [name for name in doubted if name not in unknown] or doubted  # what is called has rarely a state
    found = Why(
        _public(readers.names),
        _public(name for name, regions in changed.items() if regions & ~union(unknown.values())),
        _public(doubted),
        tuple(unknown) if doubted else (),
        tuple(dict.fromkeys(_relative(path, one) for path in readers.files if path != ANYWHERE)),
        ANYWHERE in readers.files,
        tuple(_LIBRARIES[name] for name in readers.drawn if name in one.seeds),
        tuple(_LIBRARIES[name] for name in readers.drawn if name not in one.seeds),
        session=always,
        untold=always and one.meets_all,
    )
    return found if found != Why() else Why(readers=tuple(readers.counts))


def _relative(path: str, one: Known) -> str:
    """To the folder that was the current one."""
    folder = "" if one.execution.border is None else one.execution.border.folder
    path = path.removeprefix(SOMEWHERE)
    return path.removeprefix(f"{folder.rstrip('/')}/") if folder else path


def _public(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name for name in names if not is_local(name)}))
