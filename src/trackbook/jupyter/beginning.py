"""What has to be known before a run opens: its experiment, its cell line, and the runs that its options name.

The store is asked once, and not for long (`ASK_S`).  Where it does not answer, the run begins with what this kernel
knows: the experiment goes by its name, which the recorder finds or makes when the store is back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from IPython.core.error import UsageError

from trackbook.capture.cells import CellLine, line_of
from trackbook.connect import DATABASE_NAME, is_remote
from trackbook.core.events import BY_NAME
from trackbook.errors import InvalidState, InvalidValue, NotFound, StoreAway, StoreBusy
from trackbook.tracking import active
from trackbook.tracking.lookup import find_run
from trackbook.tracking.naming import experiment_name

if TYPE_CHECKING:
    from trackbook.jupyter.asking import Asking
    from trackbook.jupyter.options import TrackOptions
    from trackbook.tracking.session import Session

ASK_S = 0.4
MAKE_S = 10.0
"""For a database that is still to be made, which nobody can hold; and where an option names a run."""
FLUSH_S = 5.0


@dataclass(frozen=True, slots=True)
class Cell:
    """What tells a cell's line."""

    notebook: str | None
    source: str
    cell_id: str | None


@dataclass(frozen=True, slots=True)
class Beginning:
    experiment_id: str
    experiment: str
    """Its name."""
    line: CellLine
    version: int | None = None
    """That the cell will have in its line, None where nobody asked, or the store did not say."""
    parent_id: str | None = None
    resumed_id: str | None = None


@dataclass(slots=True)
class _Notebook:
    """What this kernel knows of one notebook in one store."""

    experiments: dict[str, str] = field(default_factory=dict)
    """Name -> id."""
    lines: dict[str, str] = field(default_factory=dict)
    """Line -> its last source."""
    versions: dict[str, int] = field(default_factory=dict)
    """Line -> its last version."""
    complete: bool = False
    """The store's lines are among them."""


class Beginnings:
    """Of one kernel's runs."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._known: dict[tuple[str, str | None], _Notebook] = {}

    def of(self, session: Session, cell: Cell, options: TrackOptions) -> Beginning:
        """Raises `UsageError` for a run that is not there, and leaves of `trackbook.errors` for a store that isn't."""
        _ = session.recorder  # what is imported here is no reason to give up
        uri = session.settings.tracking_uri
        known = self._known.setdefault((uri, cell.notebook), _Notebook())
        names_run = options.parent is not None or options.resume is not None
        limit_s = MAKE_S if names_run or not _has_database(session) else ASK_S
        question = partial(_look_up, session, cell, options, known)
        remembered = None if names_run or not is_remote(uri) else _remember(session, cell, options, known)
        try:
            found = remembered or self._asking.ask(session.store.uri, question, limit_s)
        except (StoreAway, StoreBusy):
            if names_run:
                raise
            found = _guess(session, cell, options, known)
        known.experiments[found.experiment] = found.experiment_id
        known.lines[found.line.key] = cell.source
        if found.version is not None:
            known.versions[found.line.key] = found.version
        return found


def _has_database(session: Session) -> bool:
    uri = session.settings.tracking_uri
    return "://" in uri or (session.settings.home / DATABASE_NAME).exists()


def _look_up(session: Session, cell: Cell, options: TrackOptions, known: _Notebook) -> Beginning:
    """On the asking thread."""
    experiment = session.choose_experiment(options.experiment) if options.experiment else session.default_experiment()
    if not (known.complete or options.cell or cell.cell_id):
        stored = {one.line: one.source for one in session.store.cells.lines(cell.notebook)}
        known.lines = {**stored, **known.lines}
        known.complete = True
    line = _line(cell, options, known.lines)
    version = None if options.quiet else _next_version(session, line.key, known)  # only the card shows it
    parent_id = None if options.parent is None else _named(session, "--parent", options.parent)
    resumed_id = None if options.resume is None else _named(session, "--resume", options.resume)
    if resumed_id is not None and any(run.run_id == resumed_id for run in active.open_runs()):
        raise UsageError(f"%%track: --resume {options.resume!r}: this run is still open")
    return Beginning(experiment.experiment_id, experiment.name, line, version, parent_id, resumed_id)


def _remember(session: Session, cell: Cell, options: TrackOptions, known: _Notebook) -> Beginning | None:
    """Of a server, which may be far, what it has said before is not asked again; None where something is new."""
    guessed = _guess(session, cell, options, known)
    line = guessed.line.key
    if guessed.experiment_id.startswith(BY_NAME) or (line not in known.versions and not options.quiet):
        return None
    if not (known.complete or options.cell or cell.cell_id):
        return None
    return replace(guessed, version=None if options.quiet else known.versions[line] + 1)


def _next_version(session: Session, line: str, known: _Notebook) -> int:
    """For the card while the cell runs: the store, which counts the runs of other kernels too, has the last word."""
    if line not in known.versions:
        newest = session.store.cells.versions(line, limit=1)
        known.versions[line] = newest[0].version if newest else 0
    return known.versions[line] + 1


def _guess(session: Session, cell: Cell, options: TrackOptions, known: _Notebook) -> Beginning:
    chosen = session.experiment
    if options.experiment is None and chosen is not None:
        return Beginning(chosen.experiment_id, chosen.name, _line(cell, options, known.lines))
    name = experiment_name(options.experiment or session.settings.experiment)
    return Beginning(known.experiments.get(name, f"{BY_NAME}{name}"), name, _line(cell, options, known.lines))


def _line(cell: Cell, options: TrackOptions, earlier: Mapping[str, str]) -> CellLine:
    name, cell_id = options.cell, cell.cell_id
    return line_of(cell.source, notebook=cell.notebook, cell_id=cell_id, name=name, earlier=dict(earlier))


def _named(session: Session, option: str, text: str) -> str:
    session.flush(FLUSH_S)
    try:
        return find_run(session.store, text).info.run_id
    except (NotFound, InvalidValue, InvalidState) as error:
        raise UsageError(f"%%track: {option}: {str(error).partition(chr(10))[0]}") from None
