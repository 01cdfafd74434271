"""The verdict whether the notebook would run the same code from top to bottom.

Judged is the document that the page shows, which may be heard after the run has ended, until then the saved one with
what was executed since: a file that is older than the execution does not say that a cell was edited after it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from trackbook.capture import executed, notebook
from trackbook.core import tags
from trackbook.jupyter.parts.part import Capture, History
from trackbook.jupyter.parts.sofar import executed_so_far

if TYPE_CHECKING:
    from trackbook.capture.program import Slice
    from trackbook.jupyter.recording import CellRun


class StatePart(Capture):
    name: ClassVar[str] = "the verdict on hidden state"

    def __init__(self) -> None:
        self._executed: dict[str, Any] | None = None
        """The saved document with what was executed since."""
        self._slice: Slice | None = None

    def collect(self, cell_run: CellRun) -> None:
        cell_run.beforehand(partial(self._judge_so_far, cell_run))

    def after(self, cell_run: CellRun, history: History) -> None:
        self._slice = cell_run.slice(history) if cell_run.is_last_of(history) else None
        self._executed = _executed(cell_run, history)
        self._judge(cell_run, self._slice)

    def heard(self, cell_run: CellRun) -> None:
        self._judge(cell_run, self._slice)

    def _judge_so_far(self, cell_run: CellRun) -> None:
        """For a run whose kernel dies in the cell."""
        self._executed = _executed(cell_run, executed_so_far(cell_run))
        self._judge(cell_run, cell_run.slice_so_far())

    def _judge(self, cell_run: CellRun, found: Slice | None) -> None:
        if found is None:
            return
        from trackbook.capture import state
        from trackbook.capture.state.document import document_cells
        from trackbook.jupyter.slices import verdict_of

        verdict = verdict_of(found, document_cells(cell_run.live or self._executed))
        cell_run.keep_text(tags.STATE_FILE, state.verdict_json(verdict))
        cell_run.run.set_tag(tags.STATE, verdict.word)


def _executed(cell_run: CellRun, history: History) -> dict[str, Any] | None:
    """The saved document with what was executed since; None where nothing was saved."""
    path = cell_run.cell.place.path
    saved = None if path is None else notebook.saved_notebook(path)
    return None if saved is None else executed.with_executed(saved.content, history, saved.saved_ms).content
