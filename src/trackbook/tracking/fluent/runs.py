"""Where runs go, and their lives."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from trackbook.core import tags as names
from trackbook.core.entities import Run
from trackbook.core.names import check_status
from trackbook.errors import InvalidState
from trackbook.tracking import active
from trackbook.tracking.run import ActiveRun
from trackbook.tracking.scripts.attend import attend
from trackbook.tracking.session import current_session, open_session
from trackbook.tracking.starting import begin, resume

if TYPE_CHECKING:
    from collections.abc import Mapping


def set_tracking_uri(uri: str | os.PathLike[str]) -> None:
    """Record into and read from this place: a folder, `sqlite:///file`, `postgresql://…`."""
    open_session(tracking_uri=os.fspath(uri))


def get_tracking_uri() -> str:
    return current_session().settings.tracking_uri


def flush(timeout_s: float = 10.0) -> bool:
    """Wait until all that this process logged is in the store; False where that took longer."""
    return current_session().flush(timeout_s)


def start_run(
    run_id: str | None = None,
    experiment_id: str | None = None,
    run_name: str | None = None,
    nested: bool = False,
    parent_run_id: str | None = None,
    tags: Mapping[str, Any] | None = None,
    description: str | None = None,
    log_system_metrics: bool | None = None,
) -> ActiveRun:
    """Start a run, or go on with `run_id`, and make it the active one; use it as a context manager or call `end_run`.

    Raises `InvalidState` where a run is active, unless `nested` is true or the active run is a tracked cell's.
    """
    outer = active.wanted_run() if run_id is None else active.active_run()
    if outer is not None and not (nested or outer.bound_to_cell or (outer.parent and outer.parent.bound_to_cell)):
        raise InvalidState(
            f"Run with id {outer.run_id} is already active. To start a new run, first end the current run with "
            "end_run(). To start a nested run, call start_run with nested=True"
        )
    session = current_session()
    if run_id is not None:
        return _attended(resume(session, run_id), outer)
    extra = dict(tags or {})
    if description is not None:
        extra.setdefault(names.NOTE, description)
    if parent_run_id is not None:
        extra[names.PARENT_RUN_ID] = parent_run_id
    run = begin(
        session,
        run_name=run_name,
        experiment_id=experiment_id or (outer.experiment_id if outer is not None else None),
        parent=outer,
        run_tags=extra,
        sampled=log_system_metrics,
    )
    return _attended(run, outer)


def _attended(run: ActiveRun, outer: ActiveRun | None) -> ActiveRun:
    """A run at top level has the record of what runs made; inside another, that one's counts."""
    if outer is None:
        attend(run)
    return run


def end_run(status: str = "FINISHED") -> None:
    """End the active run; nothing where there is none."""
    run = active.active_run()
    if run is not None:
        run.end(check_status(status))


def get_run(run_id: str) -> Run:
    """A stored run, as it stands now."""
    return current_session().reading.runs.get(run_id)


def delete_run(run_id: str) -> None:
    """Put a run into the trash."""
    current_session().reading.runs.delete(run_id)
