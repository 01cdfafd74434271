"""One row per metric that stands for its whole history: computed from columns, merged without reading them again."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from trackbook.core.entities import MetricAggregate
from trackbook.store.chunks import Columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


NAN = math.nan
NAMES = ("count", "last", "last_step", "last_time", "min", "min_step", "max", "max_step", "sum", "sum_count")
"""The columns of an aggregate, in the order of its fields."""


class Aggregate(NamedTuple):
    """As the table `metrics` has it, NaN for NULL.  `sum` and `sum_count` leave NaN out."""

    n: int
    """The column `count`, which a tuple has as a method."""
    last: float
    last_step: int
    last_time: int
    min: float
    min_step: int
    max: float
    max_step: int
    sum: float
    sum_count: int


def of_columns(points: Columns) -> Aggregate:
    """The aggregate of at least one point."""
    if len(points.values) == 1:
        return of_point(int(points.steps[0]), int(points.times[0]), float(points.values[0]))
    last, last_step, last_time = _last(points)
    values, steps = points.values, points.steps
    missing = np.isnan(values)
    if missing.any():
        values, steps = values[~missing], steps[~missing]
    if not len(values):
        nan = math.nan
        return Aggregate(len(points.values), last, last_step, last_time, nan, last_step, nan, last_step, 0.0, 0)
    least, most = int(values.argmin()), int(values.argmax())
    with np.errstate(over="ignore", invalid="ignore"):
        total = float(values.sum())
    return Aggregate(
        n=len(points.values),
        last=last,
        last_step=last_step,
        last_time=last_time,
        min=float(values[least]),
        min_step=int(steps[least]),
        max=float(values[most]),
        max_step=int(steps[most]),
        sum=total,
        sum_count=len(values),
    )


def of_point(step: int, time: int, value: float) -> Aggregate:
    is_nan = value != value
    return Aggregate(1, value, step, time, value, step, value, step, 0.0 if is_nan else value, 0 if is_nan else 1)


def merged(a: Aggregate, b: Aggregate) -> Aggregate:
    """Of both histories together; `a` is the earlier, and keeps its step where values are equal."""
    later = b if _rank(b) >= _rank(a) else a
    least = b if b.min < a.min or math.isnan(a.min) else a
    most = b if b.max > a.max or math.isnan(a.max) else a
    return Aggregate(
        n=a.n + b.n,
        last=later.last,
        last_step=later.last_step,
        last_time=later.last_time,
        min=least.min,
        min_step=least.min_step,
        max=most.max,
        max_step=most.max_step,
        sum=a.sum + b.sum,
        sum_count=a.sum_count + b.sum_count,
    )


def from_row(values: Sequence[Any]) -> Aggregate:
    """From values of `NAMES`, None for NaN."""
    return Aggregate._make([NAN if value is None else value for value in values])


def to_row(aggregate: Aggregate) -> list[Any]:
    """The values of `NAMES`, NaN as None."""
    return [None if value != value else value for value in aggregate]


def to_entity(key: str, values: Sequence[Any]) -> MetricAggregate:
    """The entity from values of `NAMES`."""
    count, last, last_step, last_time, least, min_step, most, max_step, total, sum_count = values
    mean = NAN if not sum_count or total is None else total / sum_count
    if last is None or least is None or most is None:
        last, least, most = (NAN if one is None else one for one in (last, least, most))
    return MetricAggregate(key, count, last, last_step, last_time, least, min_step, most, max_step, mean)


def last_of(values: Sequence[Any]) -> tuple[int, int, float]:
    """(step, timestamp, value) of the latest point, from values of `NAMES`."""
    _, last, last_step, last_time, *_ = values
    return last_step, last_time, NAN if last is None else last


def _rank(aggregate: Aggregate) -> tuple[int, int, bool, float]:
    """MLflow's order of "latest": (step, time, value); a number comes after NaN."""
    is_number = not math.isnan(aggregate.last)
    return aggregate.last_step, aggregate.last_time, is_number, aggregate.last if is_number else 0.0


def _last(points: Columns) -> tuple[float, int, int]:
    step = points.steps.max()
    latest = points.steps == step
    times = points.times[latest]
    time = times.max()
    return _greatest(points.values[latest][times == time]), int(step), int(time)


def _greatest(values: NDArray[np.float64]) -> float:
    numbers = values[~np.isnan(values)]
    return float(numbers.max()) if len(numbers) else math.nan
