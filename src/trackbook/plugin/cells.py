"""The runs of this kernel's cells, as MLflow's functions meet them.

MLflow opens a run where none is active.  Inside a tracked cell that is the cell's own, once; what it opens after it
has ended that is a child of the cell's run.  The cell ends its run itself, and takes it off MLflow's stack then.
"""

from __future__ import annotations

import sys
from typing import Any

from trackbook.tracking import active
from trackbook.tracking.run import ActiveRun

_given: set[str] = set()
"""Runs of cells that MLflow has, or had, as its own."""


def to_open() -> tuple[ActiveRun | None, ActiveRun | None]:
    """The run of the executed cell that MLflow may take for its own, and the one that a new run is a child of."""
    cell = active.wanted_run()
    if cell is None or not cell.bound_to_cell:
        return None, cell
    if cell.run_id in _given:
        return None, cell
    _given.add(cell.run_id)
    if _forget not in active.removed:
        active.removed.append(_forget)
    return cell, None


def live(run_id: str) -> ActiveRun | None:
    """The open run of this process with that id: what is logged into it goes to the journal."""
    return next((run for run in active.open_runs() if run.run_id == run_id), None)


def _forget(run: ActiveRun) -> None:
    """MLflow's next call in another cell opens that cell's run."""
    fluent: Any = sys.modules.get("mlflow.tracking.fluent")
    if run.run_id not in _given or fluent is None:
        return
    stack = fluent._active_run_stack.get()  # noqa: SLF001 - MLflow has no word for it that would not end the run
    stack[:] = [one for one in stack if one.info.run_id != run.run_id]
