"""What clients log, on its way into the store: checked against the run as it stands, then applied as one batch.

The store's port takes batches from journals, which were checked before they were written; over the wire the check is
here, in the transaction that writes (`core.changing`).  So of two requests that change a param one is refused, also
where two workers of this server, or two servers, were asked.  A batch is applied whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np

from trackbook.core.changing import Changing, Point, RunChange
from trackbook.core.events import Event, ParamsLogged, Points, TagsSet
from trackbook.core.names import check_key, check_run_id, param_text, tag_text, time_number
from trackbook.errors import InvalidName, InvalidValue, NotFound, ParamConflict
from trackbook.wire.metrics import Given


class Writer:
    def __init__(self, store: Changing) -> None:
        self._store = store

    def begin(self, event: Event) -> None:
        """A run that begins."""
        self._store.apply([event])

    @contextmanager
    def changing(self, run_id: str) -> Iterator[RunChange]:
        """A run that may be written to; nobody else writes to it meanwhile.

        Raises `NotFound`; `InvalidValue` for a deleted run, as the genuine server.
        """
        try:
            check_run_id(run_id)
        except InvalidName:
            raise NotFound("run", run_id) from None
        with self._store.run(run_id) as run:
            if not run.is_active:
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
        series = _series(run_id, metrics)
        with self.changing(run_id) as run:
            events: list[Event] = []
            if fresh := _fresh(run, new_params):
                events.append(ParamsLogged(run_id, fresh))
            if new_tags:
                events.append(TagsSet(run_id, new_tags))
            last = run.last([one.key for one in series])
            points = [_unseen(run, one, last.get(one.key)) for one in series]
            points = [one for one in points if len(one.steps)]
            if events or points:
                run.apply(events, points)


def _fresh(run: RunChange, params: Mapping[str, str]) -> dict[str, str]:
    """Those that the run has not yet.  Raises `ParamConflict` for one that it has otherwise."""
    known = run.params(params)
    for key, old in known.items():
        if old != params[key]:
            raise ParamConflict(run.run_id, key, old, params[key])
    return {key: value for key, value in params.items() if key not in known}


def _series(run_id: str, metrics: Sequence[Given]) -> list[Points]:
    """The points of each metric, each once."""
    given: dict[str, list[Given]] = {}
    for one in metrics:
        given.setdefault(one.key, []).append(one)
    return [_points(run_id, check_key("metric", key), some) for key, some in given.items()]


def _points(run_id: str, key: str, given: Sequence[Given]) -> Points:
    steps = [one.step for one in given]
    times = [time_number(key, one.timestamp) for one in given]
    values = [one.value for one in given]
    found = Points(run_id, key, np.array(steps, np.int64), np.array(times, np.int64), np.array(values, np.float64))
    if (found.steps[1:] > found.steps[:-1]).all():
        return found
    first: dict[tuple[int, int, bool, float], int] = {}
    for place, mark in enumerate(_marks(found)):
        first.setdefault(mark, place)
    return _taken(found, list(first.values()))


def _unseen(run: RunChange, points: Points, last: Point | None) -> Points:
    """Points that the run has not yet: a client that got no answer sends a batch again."""
    if last is None or int(points.steps.min()) > last[0] or min(_marks(points)) > _mark(*last):
        return points
    there = set(_marks(run.history(points.key)))
    return _taken(points, [place for place, mark in enumerate(_marks(points)) if mark not in there])


def _taken(points: Points, places: Sequence[int]) -> Points:
    chosen = np.array(places, np.intp)
    return Points(points.run_id, points.key, points.steps[chosen], points.times[chosen], points.values[chosen])


def _marks(points: Points) -> Iterator[tuple[int, int, bool, float]]:
    """By which points are told apart, and ordered as MLflow finds the latest."""
    return map(_mark, points.steps.tolist(), points.times.tolist(), points.values.tolist())


def _mark(step: int, time: int, value: float) -> tuple[int, int, bool, float]:
    """NaN equals NaN here, and comes first."""
    return (step, time, False, 0.0) if value != value else (step, time, True, value)
