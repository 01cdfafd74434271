"""Points of many series merged column by column: what `aggregates` gives for each of them."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trackbook.store import aggregates, singles
from trackbook.store.chunks import Columns

points = st.tuples(
    st.integers(0, 2), st.integers(0, 2), st.sampled_from([-0.5, 0.0, 1.0, math.inf, -math.inf, math.nan, 1e308])
)


def columns(of: list[tuple[int, int, float]]) -> Columns:
    steps, times, values = zip(*of, strict=True)
    return Columns(np.array(steps, np.int64), np.array(times, np.int64), np.array(values, np.float64))


@given(st.lists(st.lists(points, min_size=2, max_size=2), min_size=1, max_size=8))
def test_merged_as_one_by_one(histories: list[list[tuple[int, int, float]]]) -> None:
    before, new = columns([one[0] for one in histories]), columns([one[1] for one in histories])
    first = singles.of_points(before)
    kept = list(zip(*singles.to_columns(first), strict=True))
    assert [list(row) for row in kept] == [aggregates.to_row(aggregates.of_point(*one[0])) for one in histories]
    together = singles.merged(singles.of_rows(kept), singles.of_points(new))
    one_by_one = [aggregates.merged(aggregates.of_point(*a), aggregates.of_point(*b)) for a, b in histories]
    assert [list(row) for row in zip(*singles.to_columns(together), strict=True)] == [
        aggregates.to_row(aggregate) for aggregate in one_by_one
    ]
