"""The minimal program of the run, and the verdict whether its notebook would run the same code from top to bottom.

What earlier cells do with names is kept for the kernel's life: a run looks only at the cells since the last run.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from trackbook.core import tags
from trackbook.jupyter.parts.part import Capture, History

if TYPE_CHECKING:
    from trackbook.capture.cells import CellExecution
    from trackbook.capture.program import Slicer
    from trackbook.jupyter.recording import CellRun

LONGEST_S = 2.0
"""Processor time that one run may spend on the cells before it; the next run goes on from there."""


@dataclass(slots=True)
class _Kept:
    """The cells of this kernel that were looked at."""

    slicer: Slicer | None = None
    last: CellExecution | None = None
    seen: int = field(default=0)


_kept = _Kept()


class ProgramPart(Capture):
    name: ClassVar[str] = "the minimal program"

    def __init__(self) -> None:
        self._document: dict[str, Any] | None = None

    def collect(self, cell_run: CellRun) -> None:
        self._document = cell_run.saved_notebook()

    def after(self, cell_run: CellRun, history: History) -> None:
        run = cell_run.run
        if not history or history[-1].source != cell_run.cell.source:
            return  # the cell is in no history: it was run silently
        slicer = _slicer(history)
        if slicer is None:
            run.warn("the minimal program was not made: there is too much to look at before this cell")
            return
        from trackbook.capture import program, state
        from trackbook.capture.state.document import document_cells

        found = slicer.slice(history[-1].index)
        when = datetime.fromtimestamp(run.start_time / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        header = program.Header(run.run_id, cell_run.cell.notebook, when, tags.REQUIREMENTS_FILE)
        cell_run.keep_text(tags.PROGRAM_FILE, program.program_script(found, header))
        cell_run.keep_text(tags.PROGRAM_NOTEBOOK_FILE, program.program_notebook(found, header))
        verdict = state.verdict_on(found, document_cells(self._document))
        cell_run.keep_text(tags.STATE_FILE, state.verdict_json(verdict))
        run.set_tags({tags.STATE: verdict.word, tags.PROGRAM_LABEL: found.label})


def _slicer(history: History) -> Slicer | None:
    """With all of the history taken in; None where that takes too long."""
    from trackbook.capture.program import Slicer

    if _kept.slicer is None or _kept.seen > len(history) or (_kept.seen and history[_kept.seen - 1] is not _kept.last):
        _kept.slicer, _kept.seen = Slicer(), 0
    begun = time.thread_time()
    for one in history[_kept.seen :]:
        if time.thread_time() - begun > LONGEST_S:
            return None
        _kept.slicer.add(one)
        _kept.last, _kept.seen = one, _kept.seen + 1
    return _kept.slicer
