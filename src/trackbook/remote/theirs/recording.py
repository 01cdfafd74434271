"""Batches of journals on their way to a foreign server.

It has no transactions over several requests, so every request is one that changes nothing when made again: a run is
looked for by our id before it is made, points that are there already are left out by the server (equal key, step, time
and value), and a param keeps its first value.  So a cursor need not outlive this process: a batch of which nobody knows
how much was applied is simply applied again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import numpy as np

from trackbook.core.entities import LifecycleStage, RunStatus
from trackbook.core.events import BY_NAME, Batch, Points, RunStarted
from trackbook.core.names import MAX_PARAM_VALUE, MAX_TAG_VALUE
from trackbook.core.ports import Recording
from trackbook.core.tags import PARENT_RUN_ID, RUN_NAME
from trackbook.errors import InvalidName, InvalidState, InvalidValue, NotFound
from trackbook.remote.link import Link
from trackbook.remote.theirs import known
from trackbook.remote.theirs.cells import TheirCells
from trackbook.remote.theirs.experiments import DEFAULT_ID, TheirExperiments
from trackbook.remote.theirs.ids import Ids
from trackbook.store.aggregates import Aggregate, merged, of_columns
from trackbook.store.chunks import Columns
from trackbook.store.folding import Changes, fold
from trackbook.store.recording import died
from trackbook.wire import runs as wire
from trackbook.wire.messages import Message, Nothing, mapping, pairs
from trackbook.wire.metrics import Given

logger = logging.getLogger(__name__)

T = TypeVar("T")
MOST_METRICS, MOST_PARAMS, MOST_TAGS = 1000, 100, 100
"""A request, MLflow's limits."""


class _CreatedRun(Message):
    info: wire.RunInfo


class _Created(Message):
    """What is needed of the answer to a new run; servers differ in the rest."""

    run: _CreatedRun


class TheirRecording:
    def __init__(self, link: Link, ids: Ids, experiments: TheirExperiments, cells: TheirCells) -> None:
        self._link, self._ids, self._experiments, self._cells = link, ids, experiments, cells
        self._cursors: dict[str, Mapping[str, Any]] = {}
        self._aggregates: dict[str, dict[str, Aggregate]] = {}
        """Of the runs that this process made, by our id: whose points all came by here."""
        self._new: dict[str, dict[str, Aggregate]] = {}
        """What they will be once the batch is there as a whole."""

    def apply(self, batch: Batch) -> None:
        if self._cursors.get(batch.journal_id) == batch.cursor:
            return
        folded = fold(batch.events)
        fresh = {run_id for run_id, event in folded.started.items() if self._started(event)}
        for run_id in fresh:
            self._aggregates[run_id] = {}
        self._new = {}
        series: dict[str, list[Points]] = {}
        for points in filter(_is_sound, batch.points):
            series.setdefault(points.run_id, []).append(points)
        for run_id in dict.fromkeys([*folded.changes, *series]):
            self._changed(run_id, folded.changes.get(run_id, Changes()), series.get(run_id, []))
        self._aggregates |= self._new
        self._cursors[batch.journal_id] = dict(batch.cursor)

    def cursor(self, journal_id: str) -> Mapping[str, Any] | None:
        return self._cursors.get(journal_id)

    def forget(self, journal_id: str) -> None:
        self._cursors.pop(journal_id, None)

    def end_abandoned(self, run_ids: Sequence[str], end_time: int) -> Sequence[str]:
        ended = []
        for run_id in run_ids:
            with suppress(NotFound):
                run = self._ids.read(self._ids.theirs(run_id))
                if run.info.status == RunStatus.RUNNING:
                    told = died(known.LINE in mapping(run.data.tags), end_time)
                    self._log(run.info.run_id, [], {}, told)
                    self._update(run.info.run_id, RunStatus.KILLED, end_time)
                    ended.append(run_id)
        return ended

    def _started(self, event: RunStarted) -> bool:
        """Whether the run is new."""
        experiment_id = self._experiment(event.experiment_id)
        if self._ids.find(event.run_id, [experiment_id]) is not None:
            return False
        tags = {**event.tags, known.RUN_ID: event.run_id}
        if RUN_NAME not in event.tags:
            tags[known.UNNAMED] = "true"
        asked = wire.Create(
            experiment_id=experiment_id,
            user_id=event.user_id,
            run_name=tags.get(RUN_NAME) or event.run_name,
            start_time=event.start_time,
            tags=pairs(self._translated(tags)),
        )
        try:
            made = self._link.ask("create_run", asked, _Created).run.info
        except (InvalidValue, InvalidState, NotFound) as error:
            logger.warning("run %r is skipped: the server refuses it: %s", event.run_id, error)
            return False
        self._ids.note(event.run_id, made.run_id, made.artifact_uri)
        return True

    def _experiment(self, wanted: str) -> str:
        """Default for one that is not there."""
        if wanted.startswith(BY_NAME):
            with suppress(InvalidName):
                return self._experiments.named(wanted.removeprefix(BY_NAME))
        with suppress(NotFound):
            return self._experiments.get(wanted).experiment_id
        logger.warning("experiment %r is not there: its runs are kept in Default", wanted)
        return DEFAULT_ID

    def _changed(self, run_id: str, changes: Changes, series: Sequence[Points]) -> None:
        try:
            their_id = self._ids.theirs(run_id)
        except NotFound:
            logger.warning("what was logged to run %r is skipped: no such run was started here", run_id)
            return
        try:
            self._write(run_id, their_id, changes, series)
        except (NotFound, InvalidValue, InvalidState) as error:  # deleted meanwhile: it must not hold back the rest
            logger.warning("what was logged to run %r is skipped: the server refuses it: %s", run_id, error)

    def _write(self, run_id: str, their_id: str, changes: Changes, series: Sequence[Points]) -> None:
        tags = self._translated({key: value for key, value in changes.tags.items() if value is not None})
        tags |= self._of_cell(their_id, changes)
        tags |= self._of_points(run_id, series)
        params = {key: value[:MAX_PARAM_VALUE] for key, value in changes.params.items()}
        self._log(their_id, series, params, tags)
        for key in [key for key, value in changes.tags.items() if value is None]:
            with suppress(NotFound):
                self._link.ask("delete_tag", wire.DeleteTag(run_id=their_id, key=key), Nothing, again=True)
        if changes.inputs:
            self._log_inputs(their_id, changes)
        if changes.status is not None:
            self._update(their_id, changes.status, changes.end_ms)

    def _translated(self, tags: Mapping[str, str]) -> dict[str, str]:
        """A parent by the server's id, where it is known; no longer than the server keeps."""
        parent = tags.get(PARENT_RUN_ID)
        if parent is not None:
            with suppress(NotFound):
                tags = {**tags, PARENT_RUN_ID: self._ids.theirs(parent)}
        return {key: value[:MAX_TAG_VALUE] for key, value in tags.items()}

    def _of_cell(self, their_id: str, changes: Changes) -> dict[str, str]:
        if not changes.cells or known.LINE in mapping(self._ids.read(their_id).data.tags):
            return {}
        cell = changes.cells[0]
        return known.cell_tags(cell, self._cells.next_version(cell.line))

    def _of_points(self, run_id: str, series: Sequence[Points]) -> dict[str, str]:
        """The aggregates as they are now; none of a run whose earlier points did not come by here."""
        kept = self._aggregates.get(run_id)
        if kept is None or not series:
            return {}
        now = dict(kept)
        for points in series:
            new = of_columns(Columns(points.steps, points.times, points.values))
            now[points.key] = merged(now[points.key], new) if points.key in now else new
        self._new[run_id] = now
        return {known.METRICS: known.metrics_tag(now)}

    def _log(self, their_id: str, series: Sequence[Points], params: Mapping[str, str], tags: Mapping[str, str]) -> None:
        """In as few requests as the server takes; params that it has with another value stay as they are."""
        for some_params in _stretches(pairs(params), MOST_PARAMS):
            self._send(some_params, lambda some: wire.LogBatch(run_id=their_id, params=list(some)))
        for some_tags in _stretches(pairs(tags), MOST_TAGS):
            self._send(some_tags, lambda some: wire.LogBatch(run_id=their_id, tags=list(some)))
        for given in _stretches([point for points in series for point in _given(points)], MOST_METRICS):
            self._send(given, lambda some: wire.LogBatch(run_id=their_id, metrics=list(some)))

    def _send(self, items: Sequence[T], batch: Callable[[Sequence[T]], wire.LogBatch]) -> None:
        """All that the server takes: it refuses a batch as a whole, so what it refuses is looked for by halves."""
        asked = batch(items)
        try:
            self._link.ask("log_batch", asked, Nothing, again=True)
        except InvalidValue as error:
            if self._ids.read(asked.run).info.lifecycle_stage != LifecycleStage.ACTIVE:
                raise
            if len(items) > 1:
                middle = len(items) // 2
                self._send(items[:middle], batch)
                self._send(items[middle:], batch)
            else:
                logger.warning("%r of run %r is skipped: the server refuses it: %s", items[0], asked.run, error)

    def _log_inputs(self, their_id: str, changes: Changes) -> None:
        inputs = [
            wire.DatasetInput(
                dataset=wire.Dataset(
                    name=one.name,
                    digest=one.digest,
                    source_type=one.source_type or "local",
                    source=one.source or one.name,
                    schema=one.schema,
                    profile=one.profile,
                ),
                tags=pairs(one.tags),
            )
            for one in changes.inputs
        ]
        for one in inputs:
            try:
                self._link.ask("log_inputs", wire.LogInputs(run_id=their_id, datasets=[one]), Nothing, again=True)
            except InvalidValue as error:
                logger.warning("input %r of run %r is skipped: %s", one.dataset.name, their_id, error)

    def _update(self, their_id: str, status: str, end_ms: int | None) -> None:
        asked = wire.Update(run_id=their_id, status=RunStatus(status), end_time=end_ms)
        self._link.ask("update_run", asked, wire.Updated, again=True)


def _is_sound(points: Points) -> bool:
    sizes = {len(points.steps), len(points.times), len(points.values)}
    if len(sizes) > 1:
        logger.warning(
            "points of metric %r of run %r are skipped: columns of unequal length", points.key, points.run_id
        )
    return len(sizes) == 1 and sizes != {0}


def _given(points: Points) -> Iterable[Any]:
    """JSON has no NaN: the values as text where they are none of its numbers."""
    columns = (
        points.values.tolist(),
        points.times.tolist(),
        points.steps.tolist(),
        np.isfinite(points.values).tolist(),
    )
    for value, time, step, is_number in zip(*columns, strict=True):
        yield Given(key=points.key, value=value if is_number else _text(value), timestamp=time, step=step)


def _text(value: float) -> Any:
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"


def _stretches(items: Sequence[T], most: int) -> Iterable[Sequence[T]]:
    return (items[first : first + most] for first in range(0, len(items), most))


def _fits(recording: TheirRecording) -> Recording:
    return recording
