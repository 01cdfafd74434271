"""The files that the cell and those it depends on read, as inputs of its run; a list of what was read and written.

On the cell's thread openings are noted, nothing else (`watching`); files are looked at once the run has ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from trackbook.capture.data import opens
from trackbook.jupyter.parts.part import Capture
from trackbook.jupyter.watching import uses_of

if TYPE_CHECKING:
    from trackbook.capture.cells import CellExecution
    from trackbook.capture.data.sorting import Uses
    from trackbook.jupyter.parts.part import History
    from trackbook.jupyter.recording import CellRun


class DataPart(Capture):
    name: ClassVar[str] = "what the cell read"

    def after(self, cell_run: CellRun, history: History) -> None:
        border = cell_run.border
        if border is None or not cell_run.options.data:
            return
        from trackbook.capture.data import gathering
        from trackbook.tracking.datafiles import keep_files

        run = cell_run.run
        seen = uses_of(border, run.session.settings)
        own = _with_named(cell_run, seen, cell_run.cell.python, border.folder, border.begun_ms)
        before = gathering.read_before(
            ((one.execution_count, _uses(cell_run, one)) for one in _earlier(cell_run, history)), own
        )
        keep_files(run, own, before)
        if own.left_out:
            run.warn(f"the cell used {own.left_out} files more than are remembered: its inputs lack the last by name")
        if border.overflowed:
            run.warn(f"the cell opened more than {opens.MOST_NOTED} files: its first inputs are not recorded")


def _earlier(cell_run: CellRun, history: History) -> tuple[CellExecution, ...]:
    """The cells before it that it depends on."""
    found = cell_run.slice(history) if cell_run.is_last_of(history) else None
    return () if found is None else found.executions[:-1]


def _uses(cell_run: CellRun, execution: CellExecution) -> Uses:
    from trackbook.capture.data.sorting import NO_USES
    from trackbook.capture.program.magics import plain_cell

    border = execution.border
    uses = NO_USES if border is None else uses_of(border, cell_run.run.session.settings)
    folder = "" if border is None else border.folder
    begun_ms = execution.start_ms or cell_run.run.start_time
    return _with_named(cell_run, uses, plain_cell(execution.source).python, folder, begun_ms)


def _with_named(cell_run: CellRun, uses: Uses, python: str, folder: str, begun_ms: int) -> Uses:
    from trackbook.capture.data import gathering, named
    from trackbook.capture.data.own import sorter_of

    names = list(named.named_files(python, folder))
    if not names:
        return uses
    sorter = sorter_of(cell_run.run.session.settings)
    return gathering.with_named(uses, sorter.sort((), begun_ms * 1_000_000, names).files)
