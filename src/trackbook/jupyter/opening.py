"""Opening the run of a cell: which notebook, which line, which source, which parent.

A module of its own because it needs the tracking room, which loading the extension does not wait for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from trackbook.capture import syntax
from trackbook.core.clock import now_ms
from trackbook.jupyter.beginning import Beginnings, Cell
from trackbook.jupyter.place import label
from trackbook.jupyter.recording import CellRun, TrackedCell, open_run
from trackbook.jupyter.transform import python_body
from trackbook.tracking.session import current_session

if TYPE_CHECKING:
    from trackbook.capture.cells import History
    from trackbook.jupyter.asking import Asking
    from trackbook.jupyter.background import Workers
    from trackbook.jupyter.frames import Frame
    from trackbook.jupyter.guard import Guard
    from trackbook.jupyter.options import TrackOptions
    from trackbook.jupyter.place import Finder


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
        notebook's as the cell found it; `shared` as in `tracking.run.begin`.
        Raises `UsageError` for an option that names a run that is not there, and leaves of `trackbook.errors`.
        """
        frame = frames[-1]
        source = frame.info.raw_cell
        python = self._python(source)
        if python is None:
            return
        place = self.finder.place([*(one.source for one in self.history.executions), frames[0].info.raw_cell])
        session = current_session(place.folder)
        notebook = label(place, session.settings)
        cell_id = next((one.info.cell_id for one in reversed(frames) if one.info.cell_id), None)
        beginning = self._beginnings.of(session, Cell(notebook, source, cell_id), options)
        count = self.shell.execution_count - 1 if frames[0].info.store_history else None
        cell = TrackedCell(source, python, beginning.line, cell_id, count, notebook, place, beginning.version)
        outer = next((one.cell_run.run for one in reversed(frames) if one.cell_run is not None), None)
        start_ms = frame.start_ms if frame.asked else now_ms()  # a `%%track` line comes first: what was before is ours
        run = open_run(session, cell, options, beginning, parent=outer, start_ms=start_ms, shared=shared)
        cell_run = CellRun(run, cell, options, self.guard, self.workers, self.shell, beginning.experiment)
        cell_run.listening = frame.listening
        opened(cell_run)
        cell_run.begun(namespace)

    def _python(self, source: str) -> str | None:
        """The cell's body in plain Python; "" for one in another language, None for one that does not parse."""
        body = python_body(source)
        if body is None:
            return ""
        try:
            # Not the shell's own function: that looks up what a single line names, and may ask it something.
            python: str = self.shell.input_transformer_manager.transform_cell(body)
        except SyntaxError:
            return None
        return None if syntax.parse(python) is None else python
