"""One row per metric that stands for its whole history: computed from columns, merged without reading them again."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from trackbook.core.entities import MetricAggregate
from trackbook.store.chunks import Columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Aggregate:
    """As the table `metrics` has it, NaN for NULL.  `sum` and `sum_count` leave NaN out."""

    count: int
    last: float
    last_step: int
    last_time: int
    min: float
    min_step: int
    max: float
    max_step: int
    sum: float
    sum_count: int


_NAMES = [field.name for field in fields(Aggregate)]


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
        count=len(points.values),
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
        count=a.count + b.count,
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


def from_row(row: Any) -> Aggregate:
    """From a row that has the table's columns by name."""
    return Aggregate(
        row.count,
        _number(row.last),
        row.last_step,
        row.last_time,
        _number(row.min),
        row.min_step,
        _number(row.max),
        row.max_step,
        _number(row.sum),
        row.sum_count,
    )


def to_row(aggregate: Aggregate) -> Mapping[str, Any]:
    """The columns, NaN as None."""
    values = ((name, getattr(aggregate, name)) for name in _NAMES)
    return {name: None if value != value else value for name, value in values}


def to_entity(key: str, row: Any) -> MetricAggregate:
    mean = math.nan if not row.sum_count else _number(row.sum) / row.sum_count
    return MetricAggregate(
        key=key,
        count=row.count,
        last=_number(row.last),
        last_step=row.last_step,
        last_timestamp=row.last_time,
        min=_number(row.min),
        min_step=row.min_step,
        max=_number(row.max),
        max_step=row.max_step,
        mean=mean,
    )


def _number(value: float | None) -> float:
    return math.nan if value is None else value


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
