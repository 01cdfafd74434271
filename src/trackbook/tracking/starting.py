"""How a run comes to be open in this process: it is new, or a stored one goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from trackbook.capture.secrets import redact_value
from trackbook.core import events, tags
from trackbook.core.clock import new_id, now_ms
from trackbook.core.durations import tags_of_resumption
from trackbook.core.entities import LifecycleStage
from trackbook.core.names import check_key, check_run_name, tag_text, time_number
from trackbook.errors import InvalidState
from trackbook.tracking import active, system_metrics
from trackbook.tracking.run import ActiveRun

if TYPE_CHECKING:
    from trackbook.tracking.session import Session


def begin(
    session: Session,
    *,
    run_name: str | None = None,
    experiment_id: str | None = None,
    parent: ActiveRun | None = None,
    run_tags: Mapping[str, Any] | None = None,
    start_time: int | None = None,
    sampled: bool | None = None,
    shared: bool | None = None,
) -> ActiveRun:
    """Open a new run and make it the active one.

    `sampled` says whether system metrics go with it, where it does not, the setting decides; `shared` whether it is the
    active run of all threads, where it does not, those of the main thread are.
    """
    from trackbook.tracking.runnames import random_name

    given = {check_key("tag", key): tag_text(key, value) for key, value in (run_tags or {}).items()}
    given[tags.RUN_NAME] = check_run_name(run_name or given.get(tags.RUN_NAME) or random_name())
    found = {key: redact_value(key, text) for key, text in given.items()}
    given = {key: one.text for key, one in found.items()}
    name = given[tags.RUN_NAME]
    everything = {tags.USER: session.settings.user, **given}
    if parent is not None:
        everything.setdefault(tags.PARENT_RUN_ID, parent.run_id)
    run = ActiveRun(
        session,
        run_id=new_id(),
        run_name=name,
        experiment_id=experiment_id or session.default_experiment().experiment_id,
        start_time=now_ms() if start_time is None else time_number("start", start_time),
        parent=parent,
        initial_tags=everything,
    )
    run.record(
        events.RunStarted(run.run_id, run.experiment_id, name, run.start_time, session.settings.user, everything)
    )
    for key, one in found.items():
        run.replaced(f"tag {key}", one.findings)
    active.push(run, shared_by_all=shared)
    system_metrics.watch(run, sampled)
    return run


def resume(session: Session, run_id: str) -> ActiveRun:
    """Go on with a stored run: it is RUNNING again.  Raises `NotFound`; `InvalidState` for a deleted run."""
    stored = session.reading.runs.get(run_id)
    if stored.info.lifecycle_stage != LifecycleStage.ACTIVE:
        raise InvalidState(f"run {run_id} is in the trash: restore it before it is resumed")
    run = ActiveRun(
        session,
        run_id=stored.info.run_id,
        run_name=stored.info.run_name,
        experiment_id=stored.info.experiment_id,
        start_time=stored.info.start_time,
        params=stored.data.params,
        initial_tags=stored.data.tags,
    )
    run.resumed = stored
    time_ms = now_ms()
    run.record(events.RunResumed(run_id, time_ms))
    run.set_tags(tags_of_resumption(stored.info.end_time, stored.data.tags, time_ms))
    active.push(run)
    return run
