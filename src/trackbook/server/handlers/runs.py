"""Runs: begun, found, ended, deleted and restored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from trackbook.core import tags as names
from trackbook.core.changing import RunChange
from trackbook.core.clock import new_id, now_ms
from trackbook.core.durations import tags_of_resumption
from trackbook.core.entities import LifecycleStage
from trackbook.core.events import Event, RunEnded, RunResumed, RunStarted, TagsSet
from trackbook.core.names import check_key, check_run_name, tag_text
from trackbook.core.ports import RunQuery
from trackbook.errors import InvalidValue
from trackbook.server.backend import Backend
from trackbook.tracking.runnames import random_name
from trackbook.wire import runs as wire
from trackbook.wire.messages import Nothing, mapping


def create(backend: Backend, asked: wire.Create) -> wire.Found:
    experiment = backend.store.experiments.get(asked.experiment_id)
    if experiment.lifecycle_stage != LifecycleStage.ACTIVE:
        raise InvalidValue(f"The experiment {asked.experiment_id} must be in the 'active' state.")
    tags = {check_key("tag", key): tag_text(key, value) for key, value in mapping(asked.tags).items()}
    tagged = tags.get(names.RUN_NAME, "")
    if asked.run_name and tagged and asked.run_name != tagged:
        raise InvalidValue(f"run_name {asked.run_name!r} and tag {names.RUN_NAME} {tagged!r} differ: give one of them")
    name = tags[names.RUN_NAME] = check_run_name(asked.run_name or tagged or random_name())
    start = now_ms() if asked.start_time is None else asked.start_time
    started = RunStarted(new_id(), experiment.experiment_id, name, start, asked.user_id, tags)
    backend.writer.begin(started)
    made = get(backend, wire.One(run_id=started.run_id))
    made.run.outputs = None  # nothing yet, as the genuine server says
    return made


def get(backend: Backend, asked: wire.One) -> wire.Found:
    run = backend.store.runs.get(asked.run)
    return wire.Found(run=wire.run(run, backend.run_uri(run.info)))


def search(backend: Backend, asked: wire.Search) -> wire.Page:
    if not asked.experiment_ids:
        return wire.Page()
    query = RunQuery(
        asked.experiment_ids,
        asked.filter,
        asked.order_by,
        asked.run_view_type,
        asked.max_results,
        page_token=asked.page_token or None,
        count=False,
    )
    page = backend.store.runs.search(query)
    found = [wire.run(run, backend.run_uri(run.info)) for run in page]
    return wire.Page(runs=found, next_page_token=page.next_page_token or "")


def update(backend: Backend, asked: wire.Update) -> wire.Updated:
    """A run that has ended always has an end: that which it had, or now, where the client gives none.  One that goes on
    has none."""
    with backend.writer.changing(asked.run) as run:
        run.apply([*_changes(run, asked), *_pause(run, asked)])
    info = backend.store.runs.get(asked.run).info
    return wire.Updated(run_info=wire.info(info, backend.run_uri(info)))


def _changes(run: RunChange, asked: wire.Update) -> list[Event]:
    events: list[Event] = []
    if asked.run_name:
        events.append(TagsSet(asked.run, {names.RUN_NAME: check_run_name(asked.run_name)}))
    if asked.status is not None and asked.status.ended:
        ends = (asked.end_time, run.end_time, now_ms())
        end = next(one for one in ends if one is not None)
        events.append(RunEnded(asked.run, asked.status, end))
    elif asked.status is not None:
        events.append(RunResumed(asked.run, now_ms(), asked.status))
    elif asked.end_time is not None and run.end_time is not None:
        events.append(RunEnded(asked.run, run.status, asked.end_time))
    return events


def _pause(run: RunChange, asked: wire.Update) -> list[Event]:
    """A client goes on with a run that had ended: at once, or as soon as it can."""
    if asked.status is None or asked.status.ended:
        return []
    pause = tags_of_resumption(run.end_time, run.tags([names.PAUSED]), now_ms())
    return [TagsSet(asked.run, pause)] if pause else []


def delete(backend: Backend, asked: wire.One) -> Nothing:
    backend.store.runs.delete(asked.run)
    return Nothing()


def restore(backend: Backend, asked: wire.One) -> Nothing:
    backend.store.runs.restore(asked.run)
    return Nothing()


HANDLERS: Mapping[str, Callable[[Backend, Any], Any]] = {
    "create_run": create,
    "get_run": get,
    "search_runs": search,
    "update_run": update,
    "delete_run": delete,
    "restore_run": restore,
}
