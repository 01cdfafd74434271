"""Down-sampling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.share import examples

from trackbook.store.curves import thinned


@given(st.lists(st.tuples(st.integers(-(2**60), 2**60), st.floats()), max_size=200), st.integers(1, 20))
@pytest.mark.soak
@settings(max_examples=examples(200), deadline=None)
def test_extremes_and_ends_stay(points: list[tuple[int, float]], buckets: int) -> None:
    points.sort(key=lambda point: point[0])
    x = np.array([point[0] for point in points], np.int64)
    values = np.array([point[1] for point in points], np.float64)
    kept = thinned(x, values, buckets)
    assert np.all(np.diff(kept) > 0)
    assert len(kept) <= 3 * buckets + 2
    if len(x):
        assert (kept[0], kept[-1]) == (0, len(x) - 1)
        numbers = values[~np.isnan(values)]
        if len(numbers):
            assert numbers.max() in values[kept]
            assert numbers.min() in values[kept]


def test_few_points_stay_as_they_are() -> None:
    assert thinned(np.arange(10), np.zeros(10), 5).tolist() == list(range(10))


def test_one_x_for_all_points() -> None:
    assert len(thinned(np.zeros(100, np.int64), np.arange(100.0), 10)) == 2


def test_ends_of_int64() -> None:
    x = np.linspace(-(2.0**62), 2.0**62, 1000).astype(np.int64)
    x[0], x[-1] = np.iinfo(np.int64).min, np.iinfo(np.int64).max
    values = np.zeros(1000)
    values[500] = 1.0
    kept = thinned(x, values, 10)
    assert {0, 500, 999} <= set(kept.tolist())
    assert len(kept) <= 22


def test_many_points_of_uneven_density() -> None:
    random = np.random.default_rng(0)
    x = np.sort((random.random(300_000) ** 3 * 1e6).astype(np.int64))
    values = random.normal(size=len(x))
    values[random.integers(0, len(x), 50)] = np.nan
    kept = set(thinned(x, values, 100).tolist())
    buckets = np.clip((x - x[0]) * 100 // (x[-1] - x[0]), 0, 99)
    for bucket in range(100):
        here = np.flatnonzero(buckets == bucket)
        if len(here):
            assert {here[np.nanargmin(values[here])], here[np.nanargmax(values[here])]} <= kept
    assert len(kept) <= 2 * 100 + 2 + 50
