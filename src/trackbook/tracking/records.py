"""Where the record of a run lies: with the run itself, or with the run around it.

A run that is started inside a tracked cell, or inside a script's run, has params, metrics and artifacts of its own;
what was executed, in which notebook and environment, is kept once, with the run around it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from trackbook.core import tags
from trackbook.errors import NotFound
from trackbook.tracking.executions import Execution, execution, executions

if TYPE_CHECKING:
    from trackbook.core.entities import Run
    from trackbook.core.ports import Store

DEEPEST = 20
"""Runs inside runs."""


@dataclass(frozen=True, slots=True)
class Record:
    run: Run
    """Whose record it is, with the tags, status and end that it had when this execution ended."""
    execution: Execution
    own: bool
    """False where it is that of a run around the one that was asked for."""


def record_of(store: Store, run: Run, number: int | None = None) -> Record:
    """The record of a stored run's execution, the last without a `number`; its own, empty, where there is none at all.

    Of the run around it, the execution that was going on when the run began.  Raises `NotFound` for an execution that
    is not there.
    """
    holder = _holder(store, run)
    if holder is run or number is not None:
        found = execution(store, holder, number)
    else:
        begun = [one for one in executions(store, holder) if (one.start_ms or 0) <= run.info.start_time]
        found = begun[-1] if begun else execution(store, holder)
    return Record(_as_of(holder, found), found, holder is run)


def _holder(store: Store, run: Run) -> Run:
    outer = run
    for _ in range(DEEPEST):
        if store.artifacts.list(outer.info.run_id, tags.FOLDER):
            return outer
        parent_id = outer.data.tags.get(tags.PARENT_RUN_ID)
        if parent_id is None:
            break
        try:
            outer = store.runs.get(parent_id)
        except NotFound:
            break
    return run


def _as_of(run: Run, found: Execution) -> Run:
    """The run as this execution left it, so that whoever reads the record by the run's tags reads this one."""
    name = found.folder.partition("/")[2]
    known = {key: text for key, text in found.tags.items() if key != tags.EXECUTION}
    return replace(
        run,
        info=replace(run.info, status=found.status or run.info.status, end_time=found.end_ms),
        data=replace(run.data, tags=known | ({tags.EXECUTION: name} if name else {})),
    )
