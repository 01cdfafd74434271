"""What this kernel executed up to a cell that runs, which is in no history until it has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.capture.cells import CellExecution, digest

if TYPE_CHECKING:
    from trackbook.jupyter.parts.part import History
    from trackbook.jupyter.recording import CellRun


def executed_so_far(cell_run: CellRun) -> History:
    """On a thread of ours, while the cell runs, or soon after: what ran behind it is left out."""
    from trackbook.jupyter.extension import loaded

    extension, cell = loaded(), cell_run.cell
    earlier = () if extension is None else tuple(extension.hooks.history.executions[: cell.earlier])
    running = CellExecution(
        len(earlier), digest(cell.source), cell.source, cell.cell_id, cell.execution_count, cell_run.run.start_time
    )
    return (*earlier, running)
