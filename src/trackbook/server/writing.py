"""What clients log, on its way into the store: checked against the run as it stands, then applied as one batch.

The store's port takes batches from journals, which were checked before they were written; over the wire the check is
here, in the transaction that writes (`core.changing`).  So of two requests that change a param one is refused, also
where two workers of this server, or two servers, were asked.  A batch is applied whole or not at all.

What is logged into several runs at the same time goes into one transaction (`gathering`): each request is checked by
itself, and a bad one keeps none of the others out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from trackbook.core.changing import Changing, Point, RunChange, RunsChange
from trackbook.core.events import Event, ParamsLogged, Points, TagsSet
from trackbook.core.names import check_key, check_run_id, param_text, tag_text, time_number
from trackbook.errors import InvalidName, InvalidValue, NotFound, ParamConflict, TrackbookError
from trackbook.server.gathering import Gathering
from trackbook.wire.metrics import Given


@dataclass(frozen=True, slots=True)
class _Logged:
    """What a request logs into a run: checked, as far as it can be without a look at the run."""

    run_id: str
    series: Sequence[Points]
    params: Mapping[str, str]
    tags: Mapping[str, str]


class Writer:
    def __init__(self, store: Changing) -> None:
        self._store = store
        self._gathering = Gathering(self._write)

    def begin(self, event: Event) -> None:
        """A run that begins."""
        self._store.apply([event])

    @contextmanager
    def changing(self, run_id: str) -> Iterator[RunChange]:
        """A run that may be written to; nobody else writes to it meanwhile.

        Raises `NotFound`; `InvalidValue` for a deleted run, as the genuine server.
        """
        _check_id(run_id)
        with self._store.run(run_id) as run:
            _check_active(run_id, run.is_active)
            yield run

    def log(
        self,
        run_id: str,
        *,
        metrics: Sequence[Given] = (),
        params: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """All of it, or nothing where one name is bad or one param changes.

        Raises `InvalidName`, `ParamConflict` and what `changing` raises.
        """
        new_params = {check_key("param", key): param_text(key, value) for key, value in (params or {}).items()}
        new_tags = {check_key("tag", key): tag_text(key, value) for key, value in (tags or {}).items()}
        series = _series(run_id, metrics)
        _check_id(run_id)
        self._gathering.do(run_id, _Logged(run_id, series, new_params, new_tags))

    def _write(self, some: Sequence[_Logged]) -> Sequence[Exception | None]:
        """What requests log, each into another run, in one transaction; why one was refused, in its place."""
        events: list[Event] = []
        points: list[Points] = []
        refused: list[Exception | None] = []
        with self._store.runs([one.run_id for one in some]) as runs:
            active = [one for one in some if runs.is_active.get(one.run_id)]
            last = runs.last({one.run_id: [points.key for points in one.series] for one in active})
            for one in some:
                try:
                    fresh_events, fresh_points = _fresh(runs, one, last)
                except TrackbookError as error:
                    refused.append(error)
                else:
                    refused.append(None)
                    events += fresh_events
                    points += fresh_points
            if events or points:
                runs.apply(events, points)
        return refused


def _check_id(run_id: str) -> None:
    try:
        check_run_id(run_id)
    except InvalidName:
        raise NotFound("run", run_id) from None


def _check_active(run_id: str, is_active: bool) -> None:
    if not is_active:
        raise InvalidValue(f"The run {run_id} must be in the 'active' state. Current state is deleted.")


def _fresh(
    runs: RunsChange, logged: _Logged, last: Mapping[tuple[str, str], Point]
) -> tuple[list[Event], list[Points]]:
    """What the run has not yet.  Raises `NotFound`, `InvalidValue`, `ParamConflict`."""
    run_id, events = logged.run_id, list[Event]()
    if run_id not in runs.is_active:
        raise NotFound("run", run_id)
    _check_active(run_id, runs.is_active[run_id])
    if params := _fresh_params(runs, run_id, logged.params):
        events.append(ParamsLogged(run_id, params))
    if logged.tags:
        events.append(TagsSet(run_id, logged.tags))
    points = [_unseen(runs, one, last.get((run_id, one.key))) for one in logged.series]
    return events, [one for one in points if len(one.steps)]


def _fresh_params(runs: RunsChange, run_id: str, params: Mapping[str, str]) -> dict[str, str]:
    """Those that the run has not yet.  Raises `ParamConflict` for one that it has otherwise."""
    known = runs.params(run_id, params)
    for key, old in known.items():
        if old != params[key]:
            raise ParamConflict(run_id, key, old, params[key])
    return {key: value for key, value in params.items() if key not in known}


def _series(run_id: str, metrics: Sequence[Given]) -> list[Points]:
    """The points of each metric, each once."""
    given: dict[str, list[Given]] = {}
    for one in metrics:
        given.setdefault(one.key, []).append(one)
    return [_points(run_id, check_key("metric", key), some) for key, some in given.items()]


def _points(run_id: str, key: str, given: Sequence[Given]) -> Points:
    steps = np.array([one.step for one in given], np.int64)
    times = [one.timestamp for one in given]
    time_number(key, min(times))  # the greatest fits: it was read as an int64
    found = Points(run_id, key, steps, np.array(times, np.int64), np.array([one.value for one in given], np.float64))
    if (steps[1:] > steps[:-1]).all():
        return found
    first: dict[tuple[int, int, bool, float], int] = {}
    for place, mark in enumerate(_marks(found)):
        first.setdefault(mark, place)
    return _taken(found, list(first.values()))


def _unseen(runs: RunsChange, points: Points, last: Point | None) -> Points:
    """Points that the run has not yet: a client that got no answer sends a batch again."""
    if last is None or int(points.steps.min()) > last[0] or min(_marks(points)) > _mark(*last):
        return points
    there = set(_marks(runs.history(points.run_id, points.key)))
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
