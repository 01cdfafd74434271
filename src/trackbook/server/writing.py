"""What clients log, on its way into the store: checked against the run as it stands, then applied as one batch.

The store's port takes batches from journals, which were checked before they were written; over the wire the check is
here.  A run's requests go one after the other (within this process), so that of two that change a param one is
refused.  A batch is applied whole or not at all.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np

from trackbook.core.clock import new_id
from trackbook.core.entities import LifecycleStage, MetricAggregate, Run, ViewType
from trackbook.core.events import Batch, Event, ParamsLogged, Points, TagsSet
from trackbook.core.names import check_key, check_run_id, param_text, tag_text, time_number
from trackbook.core.ports import RunQuery, Store
from trackbook.errors import InvalidName, InvalidValue, NotFound, ParamConflict
from trackbook.wire.metrics import Given

STRIPES = 256
Point = tuple[int, int, float]
"""(step, timestamp, value), in the order by which MLflow finds the latest."""


class Writer:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._stripes = [threading.Lock() for _ in range(STRIPES)]
        self._numbers = itertools.count()
        self._free: list[str] = []
        self._journals: list[str] = []

    def apply(self, events: Sequence[Event], points: Sequence[Points] = ()) -> None:
        """In one transaction.  Calls at the same time have a journal each, so that they do not wait for each other."""
        try:
            journal = self._free.pop()
        except IndexError:
            journal = f"server-{new_id()}"
            self._journals.append(journal)
        self._store.recording.apply(Batch(journal, events, points, {"n": next(self._numbers)}))
        self._free.append(journal)

    @contextmanager
    def changing(self, run_id: str, columns: Sequence[str] = ()) -> Iterator[Run]:
        """A run that may be written to, with these columns of it; nobody else here writes to it meanwhile.

        Raises `NotFound`; `InvalidValue` for a deleted run, as the genuine server.
        """
        with self._stripes[hash(run_id) % STRIPES]:
            run = self._peek(run_id, columns)
            if run.info.lifecycle_stage != LifecycleStage.ACTIVE:
                raise InvalidValue(f"The run {run_id} must be in the 'active' state. Current state is deleted.")
            yield run

    def log(
        self,
        run_id: str,
        *,
        metrics: Sequence[Given] = (),
        params: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """All of it, or nothing where one name is bad or one param changes.  Raises `InvalidName`, `ParamConflict`."""
        new_params = {check_key("param", key): param_text(key, value) for key, value in (params or {}).items()}
        new_tags = {check_key("tag", key): tag_text(key, value) for key, value in (tags or {}).items()}
        series = _series(metrics)
        wanted = [f"metrics.`{key}`" for key in series] + [f"params.`{key}`" for key in new_params]
        with self.changing(run_id, wanted) as run:
            _check_params(run, new_params)
            fresh = {key: value for key, value in new_params.items() if key not in run.data.params}
            events: list[Event] = [ParamsLogged(run_id, fresh)] if fresh else []
            if new_tags:
                events.append(TagsSet(run_id, new_tags))
            points = [self._unseen(run, key, given) for key, given in series.items()]
            points = [one for one in points if len(one.steps)]
            if events or points:
                self.apply(events, points)

    def close(self) -> None:
        for journal in self._journals:
            self._store.recording.forget(journal)
        self._journals.clear()
        self._free.clear()

    def _peek(self, run_id: str, columns: Sequence[str]) -> Run:
        try:
            check_run_id(run_id)
        except InvalidName:
            raise NotFound("run", run_id) from None
        query = RunQuery(None, f"run_id = '{run_id}'", view=ViewType.ALL, limit=1, columns=columns, count=False)
        for run in self._store.runs.search(query):
            return run
        raise NotFound("run", run_id)

    def _unseen(self, run: Run, key: str, given: Sequence[Point]) -> Points:
        """Points that the run has not yet: a client that got no answer sends a batch again."""
        aggregate = run.data.aggregates.get(key)
        if aggregate is not None and min(map(_order, given)) <= _order(_last(aggregate)):
            known = self._store.metrics.history(run.info.run_id, key)
            columns = (known.steps.tolist(), known.times.tolist(), known.values.tolist())
            there = set(map(_order, zip(*columns, strict=True)))
            given = [point for point in given if _order(point) not in there]
        steps, times, values = zip(*given, strict=True) if given else ((), (), ())
        return Points(
            run.info.run_id, key, np.array(steps, np.int64), np.array(times, np.int64), np.array(values, np.float64)
        )


def _series(metrics: Sequence[Given]) -> dict[str, list[Point]]:
    """Points by key, each once."""
    series: dict[str, dict[tuple[int, int, bool, float], Point]] = {}
    for one in metrics:
        point = (one.step, time_number(one.key, one.timestamp), one.value)
        series.setdefault(check_key("metric", one.key), {})[_order(point)] = point
    return {key: list(points.values()) for key, points in series.items()}


def _order(point: Point) -> tuple[int, int, bool, float]:
    """NaN equals NaN here, and comes first."""
    step, time, value = point
    return (step, time, False, 0.0) if value != value else (step, time, True, value)


def _last(aggregate: MetricAggregate) -> Point:
    return aggregate.last_step, aggregate.last_timestamp, aggregate.last


def _check_params(run: Run, params: Mapping[str, str]) -> None:
    for key, value in params.items():
        old = run.data.params.get(key, value)
        if old != value:
            raise ParamConflict(run.info.run_id, key, old, value)
