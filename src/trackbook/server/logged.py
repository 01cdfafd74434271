"""What a request logs into a run: checked as far as it can be without a look at the run, points in columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trackbook.core.events import Points
from trackbook.core.logged_models import ModelMetric, measured
from trackbook.core.names import check_key, check_run_id, param_text, tag_text, time_number
from trackbook.errors import InvalidName, NotFound
from trackbook.wire.metrics import Given

Mark = tuple[int, int, bool, float]
"""(step, timestamp, whether it is a number, value): points are told apart by it, and its order is MLflow's latest."""


@dataclass(frozen=True, slots=True)
class Logged:
    run_id: str
    series: Sequence[Points]
    params: Mapping[str, str]
    tags: Mapping[str, str]
    of_models: Sequence[ModelMetric] = ()
    """Those of the points that were measured of a logged model: they are its own, too."""

    @property
    def weight(self) -> int:
        """About how many rows of the database are written."""
        return 1 + len(self.series) + len(self.params) + len(self.tags) + len(self.of_models)


def logged(
    run_id: str,
    *,
    metrics: Sequence[Given] = (),
    params: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
) -> Logged:
    """Raises `InvalidName`, `InvalidValue`; `NotFound` for an id that no run has."""
    new_params = {check_key("param", key): param_text(key, value) for key, value in (params or {}).items()}
    new_tags = {check_key("tag", key): tag_text(key, value) for key, value in (tags or {}).items()}
    series = _series(run_id, metrics)
    check_id(run_id)
    return Logged(run_id, series, new_params, new_tags, measured(run_id, metrics))


def check_id(run_id: str) -> None:
    try:
        check_run_id(run_id)
    except InvalidName:
        raise NotFound("run", run_id) from None


def mark(step: int, time: int, value: float) -> Mark:
    """NaN equals NaN here, and comes first."""
    return (step, time, False, 0.0) if value != value else (step, time, True, value)


def marks(points: Points) -> Iterator[Mark]:
    return map(mark, points.steps.tolist(), points.times.tolist(), points.values.tolist())


def taken(points: Points, places: Sequence[int]) -> Points:
    chosen = np.array(places, np.intp)
    return Points(points.run_id, points.key, points.steps[chosen], points.times[chosen], points.values[chosen])


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
    first: dict[Mark, int] = {}
    for place, one in enumerate(marks(found)):
        first.setdefault(one, place)
    return taken(found, list(first.values()))
