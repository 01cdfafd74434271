"""The verdict whether the notebook would run the same code from top to bottom.

Judged is the document that the page shows, which may be heard after the run has ended, until then the saved one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from trackbook.core import tags
from trackbook.jupyter.parts.part import Capture, History

if TYPE_CHECKING:
    from trackbook.capture.program import Slice
    from trackbook.jupyter.recording import CellRun


class StatePart(Capture):
    name: ClassVar[str] = "the verdict on hidden state"

    def __init__(self) -> None:
        self._saved: dict[str, Any] | None = None
        self._slice: Slice | None = None

    def collect(self, cell_run: CellRun) -> None:
        self._saved = cell_run.saved_notebook()

    def after(self, cell_run: CellRun, history: History) -> None:
        self._slice = cell_run.slice(history) if cell_run.is_last_of(history) else None
        self._judge(cell_run)

    def heard(self, cell_run: CellRun) -> None:
        self._judge(cell_run)

    def _judge(self, cell_run: CellRun) -> None:
        if self._slice is None:
            return
        from trackbook.capture import state
        from trackbook.capture.state.document import document_cells
        from trackbook.jupyter.slices import verdict_of

        verdict = verdict_of(self._slice, document_cells(cell_run.live or self._saved))
        cell_run.keep_text(tags.STATE_FILE, state.verdict_json(verdict))
        cell_run.run.set_tag(tags.STATE, verdict.word)
