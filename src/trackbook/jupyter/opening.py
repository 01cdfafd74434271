"""Opening the run of a cell: which notebook, which line, which source, which parent.

A module of its own because it needs the tracking room, which loading the extension does not wait for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from trackbook.capture import syntax
from trackbook.core import tags
from trackbook.core.clock import now_ms
from trackbook.jupyter import lineids
from trackbook.jupyter.beginning import Beginnings, Cell
from trackbook.jupyter.firstline import is_tracked
from trackbook.jupyter.place import label, line_label, tags_of
from trackbook.jupyter.recording import CellRun, TrackedCell
from trackbook.jupyter.transform import as_transformed, python_body
from trackbook.tracking import executions
from trackbook.tracking.session import current_session
from trackbook.tracking.starting import begin, resume

if TYPE_CHECKING:
    from trackbook.capture.cells import History
    from trackbook.jupyter.asking import Asking
    from trackbook.jupyter.background import Workers
    from trackbook.jupyter.beginning import Beginning
    from trackbook.jupyter.frames import Frame
    from trackbook.jupyter.guard import Guard
    from trackbook.jupyter.options import TrackOptions
    from trackbook.jupyter.place import Finder, Place
    from trackbook.tracking.run import ActiveRun
    from trackbook.tracking.session import Session

SOURCE_TYPE = "NOTEBOOK"


class Opener:
    """Opens runs for the cells of one shell."""

    def __init__(
        self, shell: Any, workers: Workers, guard: Guard, finder: Finder, history: History, asking: Asking
    ) -> None:
        self.shell, self.workers, self.guard, self.finder, self.history = shell, workers, guard, finder, history
        self._beginnings = Beginnings(asking)

    def open(
        self,
        frames: list[Frame],
        options: TrackOptions,
        opened: Callable[[CellRun], None],
        *,
        namespace: Mapping[str, Any],
        shared: bool | None = None,
    ) -> None:
        """Open the run of the innermost frame, and tell `opened` of it before anything else is done.

        Nothing is opened for a body that does not parse: the error that follows is the cell's.  `namespace` is the
        notebook's as the cell found it; `shared` as in `tracking.starting.begin`.
        Raises `UsageError` for an option that names a run that is not there, and leaves of `trackbook.errors`.
        """
        frame = frames[-1]
        source = frame.info.raw_cell
        python = self._python(frame.info)
        if python is None:
            return
        place = self.finder.place([*(one.source for one in self.history.executions), frames[0].info.raw_cell])
        session = current_session(place.folder)
        notebook = label(place, session.settings)
        cell_id, line_id = _ids(place, frames)
        line_of = line_label(place, session.settings)
        beginning = self._beginnings.of(session, Cell(line_of, source, line_id), options)
        count = self.shell.execution_count - 1 if frames[0].info.store_history else None
        earlier, version = len(self.history.executions), beginning.version
        cell = TrackedCell(source, python, beginning.line, cell_id, count, notebook, place, version, earlier)
        outer = next((one.cell_run.run for one in reversed(frames) if one.cell_run is not None), None)
        start_ms = frame.start_ms if frame.asked else now_ms()  # a `%%track` line comes first: what was before is ours
        run = _open_run(session, cell, options, beginning, parent=outer, start_ms=start_ms, shared=shared)
        cell_run = CellRun(run, cell, options, self.guard, self.workers, self.shell, beginning.experiment)
        cell_run.listening = frame.listening
        cell_run.leads = len(frames) == 1 and not frame.asked and is_tracked(source)
        opened(cell_run)
        cell_run.begun(namespace)
        self.workers.later.submit(partial(self._look_for_renamed, cell_run))

    def _look_for_renamed(self, cell_run: CellRun) -> None:
        """On a thread of ours: this run's tags say where the notebook went, and later runs begin with it."""
        found = self.finder.look_for_renamed(cell_run.cell.place)
        if found is not None:
            cell_run.run.set_tags(tags_of(found, cell_run.run.session.settings))

    def _python(self, info: Any) -> str | None:
        """The cell's body in plain Python; "" for one in another language, None for one that does not parse."""
        body = python_body(info.raw_cell)
        if body is None:
            return ""
        done = as_transformed(info.raw_cell, body, getattr(info, "transformed_cell", None))
        if done is not None:
            return None if syntax.parse(done) is None else done
        try:
            # Not the shell's own function: that looks up what a single line names, and may ask it something.
            python: str = self.shell.input_transformer_manager.transform_cell(body)
        except SyntaxError:
            return None
        return None if syntax.parse(python) is None else python


def _ids(place: Place, frames: list[Frame]) -> tuple[str | None, str | None]:
    """The id of the innermost cell that has one, by the front end or by the file, and what its line goes by."""
    told = next((one for one in reversed(frames) if one.info.cell_id), None)
    if told is None:
        found = lineids.told_by_file(place, (one.info.raw_cell for one in reversed(frames)))
        return found, found
    return told.info.cell_id, lineids.told_apart(place, told.info.cell_id, told.info.raw_cell)


def _open_run(
    session: Session,
    cell: TrackedCell,
    options: TrackOptions,
    beginning: Beginning,
    *,
    parent: ActiveRun | None,
    start_ms: int,
    shared: bool | None = None,
) -> ActiveRun:
    """Open the run of a cell, or go on with an earlier one.  Raises leaves of `trackbook.errors`.

    `shared` says whether it is the active run of all threads, as in `tracking.starting.begin`.
    """
    wished = {
        tags.NOTE: options.note,
        tags.GOAL: options.goal,
        tags.BASELINE: "true" if options.baseline else None,
        tags.PARENT_RUN_ID: beginning.parent_id,
    }
    if beginning.resumed_id is not None:
        run = resume(session, beginning.resumed_id)
        run.bound_to_cell = True
        executions.begin_another(run, cell.notebook)
        run.set_tags(_given({tags.RUN_NAME: options.name, **wished}) | options.tags)
        return run
    known = {
        **tags_of(cell.place, session.settings),
        tags.SOURCE_TYPE: SOURCE_TYPE,
        tags.CELL_LINE: cell.line.key,
        tags.CELL_GUESSED: "true" if cell.line.guessed else None,
        tags.CELL_ID: cell.cell_id,
    }
    run = begin(
        session,
        run_name=options.name,
        experiment_id=beginning.experiment_id,
        parent=parent,
        run_tags=_given({**known, **wished}) | options.tags,
        start_time=start_ms,
        shared=shared,
    )
    run.bound_to_cell = True
    return run


def _given(values: Mapping[str, str | None]) -> dict[str, str]:
    return {key: text for key, text in values.items() if text is not None}
