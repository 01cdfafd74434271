"""The minimal program of the run, and the verdict whether its notebook would run the same code from top to bottom."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from trackbook.core import tags
from trackbook.jupyter.parts.part import Capture, History

if TYPE_CHECKING:
    from trackbook.jupyter.recording import CellRun


class ProgramPart(Capture):
    name: ClassVar[str] = "the minimal program"

    def __init__(self) -> None:
        self._document: dict[str, Any] | None = None

    def collect(self, cell_run: CellRun) -> None:
        self._document = cell_run.saved_notebook()

    def after(self, cell_run: CellRun, history: History) -> None:
        run = cell_run.run
        if not cell_run.is_last_of(history):
            return
        found = cell_run.slice(history)
        if found is None:
            run.warn("the minimal program was not made: there is too much to look at before this cell")
            return
        from trackbook.capture import program, state
        from trackbook.capture.state.document import document_cells
        from trackbook.jupyter.slices import verdict_of

        when = datetime.fromtimestamp(run.start_time / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        header = program.Header(run.run_id, cell_run.cell.notebook, when, tags.REQUIREMENTS_FILE)
        cell_run.keep_text(tags.PROGRAM_FILE, program.program_script(found, header))
        cell_run.keep_text(tags.PROGRAM_NOTEBOOK_FILE, program.program_notebook(found, header))
        verdict = verdict_of(found, document_cells(self._document))
        cell_run.keep_text(tags.STATE_FILE, state.verdict_json(verdict))
        run.set_tags({tags.STATE: verdict.word, tags.PROGRAM_LABEL: found.label})
