"""The points of many series at once: their aggregates, made and merged column by column.

A training loop that logs thousands of keys at a step gives such batches, and so do the live runs of a server, whose
batches are written together.  The result is that of `aggregates.of_columns` and `aggregates.merged`, which a test
holds together; the work for each series is a few entries of arrays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from trackbook.core.names import INT64_MIN
from trackbook.store.chunks import Columns

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Rows(NamedTuple):
    """Aggregates of many series, each field of shape (n,), in the order of `aggregates.NAMES`."""

    n: NDArray[np.int64]
    last: NDArray[np.float64]
    last_step: NDArray[np.int64]
    last_time: NDArray[np.int64]
    min: NDArray[np.float64]
    min_step: NDArray[np.int64]
    max: NDArray[np.float64]
    max_step: NDArray[np.int64]
    sum: NDArray[np.float64]
    sum_count: NDArray[np.int64]


def of_points(points: Columns, sizes: NDArray[np.int64]) -> Rows:
    """Aggregates of series that lie one behind the other, with `sizes` points each, at least one."""
    if len(sizes) == len(points.steps):
        return _of_single(points)
    steps, times, values = points
    starts = np.cumsum(sizes) - sizes
    last_step = np.maximum.reduceat(steps, starts)
    latest = steps == np.repeat(last_step, sizes)
    last_time = np.maximum.reduceat(np.where(latest, times, INT64_MIN), starts)
    latest &= times == np.repeat(last_time, sizes)
    last = np.fmax.reduceat(np.where(latest, values, np.nan), starts)
    is_number = ~np.isnan(values)
    sum_count = np.add.reduceat(is_number.astype(np.int64), starts)
    with np.errstate(over="ignore", invalid="ignore"):
        sums = np.add.reduceat(np.where(is_number, values, 0.0), starts)
    least = _first(values, np.fmin.reduceat(values, starts), starts, sizes)
    most = _first(values, np.fmax.reduceat(values, starts), starts, sizes)
    has_numbers = sum_count > 0
    min_step, max_step = (np.where(has_numbers, steps[one], last_step) for one in (least, most))
    return Rows(
        sizes, last, last_step, last_time, values[least], min_step, values[most], max_step, sums, sum_count
    )  # fmt: skip


def _first(
    values: NDArray[np.float64], wanted: NDArray[np.float64], starts: NDArray[np.int64], sizes: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Where each series has its value for the first time; its first point where that is NaN."""
    places = np.where(values == np.repeat(wanted, sizes), np.arange(len(values)), len(values))
    found: NDArray[np.int64] = np.minimum.reduceat(places, starts)
    return np.where(found == len(values), starts, found)


def _of_single(points: Columns) -> Rows:
    steps, times, values = points
    is_nan = np.isnan(values)
    one = np.ones(len(values), np.int64)
    sums, sum_counts = np.where(is_nan, 0.0, values), (~is_nan).astype(np.int64)
    return Rows(one, values, steps, times, values, steps, values, steps, sums, sum_counts)


def of_rows(rows: Sequence[Sequence[Any]]) -> Rows:
    """From rows of values of `aggregates.NAMES`, None for NaN; at least one row."""
    columns = zip(*rows, strict=True)
    kinds = (np.float64 if name in ("last", "min", "max", "sum") else np.int64 for name in Rows._fields)
    return Rows._make(np.array(column, kind) for column, kind in zip(columns, kinds, strict=True))


def merged(a: Rows, b: Rows) -> Rows:
    """Of both together, entry by entry; `a` is the earlier."""
    later = _is_later(a, b)
    least = (b.min < a.min) | np.isnan(a.min)
    most = (b.max > a.max) | np.isnan(a.max)
    with np.errstate(over="ignore", invalid="ignore"):
        sums = a.sum + b.sum
    return Rows(
        a.n + b.n,
        np.where(later, b.last, a.last),
        np.where(later, b.last_step, a.last_step),
        np.where(later, b.last_time, a.last_time),
        np.where(least, b.min, a.min),
        np.where(least, b.min_step, a.min_step),
        np.where(most, b.max, a.max),
        np.where(most, b.max_step, a.max_step),
        sums,
        a.sum_count + b.sum_count,
    )


def _is_later(a: Rows, b: Rows) -> NDArray[np.bool_]:
    """MLflow's "latest": (step, time, value) is at least as great, and a number comes after NaN."""
    value = np.isnan(a.last) | (b.last >= a.last)
    time = (b.last_time > a.last_time) | ((b.last_time == a.last_time) & value)
    later: NDArray[np.bool_] = (b.last_step > a.last_step) | ((b.last_step == a.last_step) & time)
    return later


def to_columns(rows: Rows) -> Iterator[list[Any]]:
    """The columns for the database, NaN as None."""
    for column in rows:
        yield without_nan(column) if column.dtype == np.float64 else column.tolist()


def without_nan(values: NDArray[Any]) -> list[float | None]:
    """As the database has them: NaN is None."""
    found: list[float | None] = values.tolist()
    return [None if value != value else value for value in found] if np.isnan(values).any() else found
