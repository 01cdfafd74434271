"""Tags of runs that may be open, ended long ago, or another process's: set and taken away from a view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from trackbook.tracking import active
from trackbook.tracking.run import ActiveRun

if TYPE_CHECKING:
    from trackbook.core.entities import Run
    from trackbook.tracking.session import Session


def write_tags(session: Session, run: Run, values: Mapping[str, str | None]) -> None:
    """Set these tags, and take away those whose value is None.  Raises `InvalidName`, `InvalidValue`.

    It is in the store once the session is flushed.
    """
    run_id = run.info.run_id
    writer = {one.run_id: one for one in active.open_runs()}.get(run_id) or ActiveRun(
        session,
        run_id=run_id,
        run_name=run.info.run_name,
        experiment_id=run.info.experiment_id,
        start_time=run.info.start_time,
        params=run.data.params,
        initial_tags={**run.data.tags, **dict.fromkeys(values, "")},  # they may have been set a moment ago
    )
    for key, value in values.items():
        if value is None:
            writer.delete_tag(key)
    given = {key: value for key, value in values.items() if value is not None}
    if given:
        writer.set_tags(given)
