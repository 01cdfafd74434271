"""The minimal program of the run: the executed cells that it depends on, as a script and as a notebook.

A longer cell has one while it runs, from its text alone, which stays where its kernel dies.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from trackbook.core import tags
from trackbook.jupyter.parts.part import Capture, History

if TYPE_CHECKING:
    from trackbook.capture.program import Slice
    from trackbook.jupyter.recording import CellRun


class ProgramPart(Capture):
    name: ClassVar[str] = "the minimal program"

    def collect(self, cell_run: CellRun) -> None:
        cell_run.beforehand(partial(self._keep_so_far, cell_run))

    def after(self, cell_run: CellRun, history: History) -> None:
        if not cell_run.is_last_of(history):
            return
        found = cell_run.slice(history)
        if found is None:
            cell_run.run.warn("the minimal program was not made: there is too much to look at before this cell")
            return
        self._keep(cell_run, found)

    def _keep_so_far(self, cell_run: CellRun) -> None:
        found = cell_run.slice_so_far()
        if found is not None:
            self._keep(cell_run, found)

    def _keep(self, cell_run: CellRun, found: Slice) -> None:
        from trackbook.capture import program

        run = cell_run.run
        when = datetime.fromtimestamp(run.start_time / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        header = program.Header(run.run_id, cell_run.cell.notebook, when, tags.REQUIREMENTS_FILE)
        cell_run.keep_text(tags.PROGRAM_FILE, program.program_script(found, header))
        cell_run.keep_text(tags.PROGRAM_NOTEBOOK_FILE, program.program_notebook(found, header))
        run.set_tag(tags.PROGRAM_LABEL, found.label)
