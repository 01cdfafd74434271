"""One new point of each of many series at once: merged into their aggregates column by column.

A training loop that logs thousands of keys at a step gives such batches.  The result is that of `aggregates.merged`
with `aggregates.of_point`, which a test holds together; the work for each series is a few entries of arrays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

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


def of_points(points: Columns) -> Rows:
    """Aggregates of series that have one point each; `points` has one entry a series."""
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
    """Of both together, entry by entry; `a` is the earlier, `b` of one point each."""
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
        values = column.tolist()
        if column.dtype == np.float64 and np.isnan(column).any():
            values = [None if value != value else value for value in values]
        yield values


def points_of(parts: Mapping[Any, Columns]) -> Columns:
    """One entry for each series, which has one point."""
    steps, times, values = zip(*parts.values(), strict=True)
    return Columns(np.concatenate(steps), np.concatenate(times), np.concatenate(values))
