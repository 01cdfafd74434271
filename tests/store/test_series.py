"""Points of many series made into aggregates column by column: what `aggregates` gives for each of them."""

from __future__ import annotations

import math
from itertools import chain

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trackbook.store import aggregates, series
from trackbook.store.chunks import Columns

points = st.tuples(
    st.integers(0, 2), st.integers(0, 2), st.sampled_from([-0.5, 0.0, 1.0, math.inf, -math.inf, math.nan, 1e300])
)
some = st.lists(points, min_size=1, max_size=5)
pairs = st.lists(st.tuples(some, some), min_size=1, max_size=8)


def columns(of: list[tuple[int, int, float]]) -> Columns:
    steps, times, values = zip(*of, strict=True)
    return Columns(np.array(steps, np.int64), np.array(times, np.int64), np.array(values, np.float64))


def together(histories: list[list[tuple[int, int, float]]]) -> series.Rows:
    sizes = np.array([len(one) for one in histories], np.int64)
    return series.of_points(columns(list(chain.from_iterable(histories))), sizes)


def listed(rows: series.Rows) -> list[list[float | None]]:
    return [list(row) for row in zip(*series.to_columns(rows), strict=True)]


@given(pairs)
def test_as_one_by_one(histories: list[tuple[list[tuple[int, int, float]], list[tuple[int, int, float]]]]) -> None:
    before, new = ([pair[n] for pair in histories] for n in (0, 1))
    ones, others = ([aggregates.of_columns(columns(one)) for one in some] for some in (before, new))
    first = together(before)
    assert listed(first) == [aggregates.to_row(one) for one in ones]
    both = series.merged(series.of_rows(listed(first)), together(new))
    assert listed(both) == [aggregates.to_row(aggregates.merged(a, b)) for a, b in zip(ones, others, strict=True)]
