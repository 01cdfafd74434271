"""The verdict whether the notebook would run the same code from top to bottom.

Judged is the document that the page shows, which may be heard after the run has ended, until then the saved one with
what was executed since: a file that is older than the execution does not say that a cell was edited after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from trackbook.capture import executed, notebook
from trackbook.core import tags
from trackbook.jupyter.parts.part import Capture, History

if TYPE_CHECKING:
    from trackbook.capture.program import Slice
    from trackbook.jupyter.recording import CellRun


class StatePart(Capture):
    name: ClassVar[str] = "the verdict on hidden state"

    def __init__(self) -> None:
        self._executed: dict[str, Any] | None = None
        """The saved document with what was executed since."""
        self._slice: Slice | None = None

    def after(self, cell_run: CellRun, history: History) -> None:
        self._slice = cell_run.slice(history) if cell_run.is_last_of(history) else None
        path = cell_run.cell.place.path
        saved = None if path is None else notebook.saved_notebook(path)
        if saved is not None:
            self._executed = executed.with_executed(saved.content, history, saved.saved_ms).content
        self._judge(cell_run)

    def heard(self, cell_run: CellRun) -> None:
        self._judge(cell_run)

    def _judge(self, cell_run: CellRun) -> None:
        if self._slice is None:
            return
        from trackbook.capture import state
        from trackbook.capture.state.document import document_cells
        from trackbook.jupyter.slices import verdict_of

        verdict = verdict_of(self._slice, document_cells(cell_run.live or self._executed))
        cell_run.keep_text(tags.STATE_FILE, state.verdict_json(verdict))
        cell_run.run.set_tag(tags.STATE, verdict.word)
