"""The port `Metrics`, and the aggregates that tables read."""

from __future__ import annotations

import math

import numpy as np
import pytest
from conformance_tools import apply, series, start

from trackbook.core.events import Points, RunEnded
from trackbook.core.ports import Store
from trackbook.errors import InvalidValue

ODD = [1.0, math.nan, math.inf, -math.inf, -0.0, 5e-324, 1.7976931348623157e308]


def test_every_value_comes_back(store: Store) -> None:
    start(store, "r")
    for repeat in (1, 100):  # as rows of the tail, then in a chunk
        key = f"m{repeat}"
        apply(store, points=[series("r", key, ODD * repeat)])
        values = store.metrics.history("r", key).values
        assert np.array_equal(values, ODD * repeat, equal_nan=True)


def test_steps_and_times_reach_the_ends_of_int64(store: Store) -> None:
    start(store, "r")
    ends = np.array([-(2**63), 2**63 - 1, 0, -5, 2**63 - 1] * 60)
    apply(store, points=[Points("r", "m", ends, ends[::-1].copy(), np.arange(300.0))])
    history = store.metrics.history("r", "m")
    assert sorted(history.steps.tolist()) == sorted(ends.tolist())
    assert np.all(history.times[1:] >= history.times[:-1])


def test_history_is_ordered_by_time_step_value(store: Store) -> None:
    start(store, "r")
    columns = [(5, 10, 1.0), (4, 10, 9.0), (4, 10, 2.0), (9, 3, 0.0)]
    steps, times, values = (np.array(column) for column in zip(*columns, strict=True))
    apply(store, points=[Points("r", "m", steps, times, values)])
    history = store.metrics.history("r", "m")
    assert list(zip(history.times, history.steps, history.values, strict=True)) == [
        (3, 9, 0.0),
        (10, 4, 2.0),
        (10, 4, 9.0),
        (10, 5, 1.0),
    ]


def test_an_unknown_key_or_run_has_an_empty_history(store: Store) -> None:
    start(store, "r")
    apply(store, points=[series("r", "m", [1.0])])
    start(store, "s")
    for run_id, key in (("r", "x"), ("nobody", "m"), ("s", "m")):
        history = store.metrics.history(run_id, key)
        assert (history.run_id, history.key, len(history.values)) == (run_id, key, 0)
        assert history.steps.dtype == np.int64


@pytest.mark.parametrize("sizes", [[1] * 300, [127, 1, 1], [8192, 1, 8191, 200], [20_000, 5, 20_000], [3, 130, 3, 130]])
def test_points_come_back_however_they_were_batched(store: Store, sizes: list[int]) -> None:
    start(store, "r")
    at = 0
    for size in sizes:
        apply(store, points=[series("r", "m", range(at, at + size), range(at, at + size), at)])
        at += size
    apply(store, RunEnded("r", "FINISHED", 5))
    history = store.metrics.history("r", "m")
    assert np.array_equal(history.steps, np.arange(at))
    assert np.array_equal(history.values, np.arange(at))
    one = store.runs.get("r").data.aggregates["m"]
    assert (one.count, one.last, one.min, one.max) == (at, at - 1, 0, at - 1)
    assert one.mean == pytest.approx((at - 1) / 2)


def test_last_is_the_greatest_step_time_value_not_the_last_written(store: Store) -> None:
    start(store, "r")
    apply(store, points=[series("r", "m", [1.0, 2.0], [10, 3])])
    assert store.runs.get("r").data.metrics["m"] == 1.0
    apply(store, points=[series("r", "m", [7.0], [9], at=99)])
    assert store.runs.get("r").data.metrics["m"] == 1.0
    apply(store, points=[series("r", "m", [0.5], [10])])
    assert store.runs.get("r").data.metrics["m"] == 1.0
    apply(store, points=[series("r", "m", [3.0], [10], at=1)])
    one = store.runs.get("r").data.aggregates["m"]
    assert (one.last, one.last_step, one.last_timestamp, one.count) == (3.0, 10, 1, 5)


def test_a_number_is_later_than_nan_at_the_same_place(store: Store) -> None:
    start(store, "r")
    apply(store, points=[series("r", "m", [math.nan], [1])])
    apply(store, points=[series("r", "m", [-5.0], [1])])
    apply(store, points=[series("r", "m", [math.nan], [1])])
    assert store.runs.get("r").data.metrics["m"] == -5.0
    apply(store, points=[series("r", "m", [math.nan], [2])])
    assert math.isnan(store.runs.get("r").data.metrics["m"])


def test_aggregates_leave_nan_out_and_keep_infinities(store: Store) -> None:
    start(store, "r")
    apply(store, points=[series("r", "m", [math.nan, 2.0])])
    apply(store, points=[series("r", "m", [4.0, math.nan], [2, 3])])
    one = store.runs.get("r").data.aggregates["m"]
    assert (one.count, one.min, one.max, one.mean) == (4, 2.0, 4.0, 3.0)
    apply(store, points=[series("r", "m", [math.inf, -math.inf], [4, 5])])
    one = store.runs.get("r").data.aggregates["m"]
    assert (one.min, one.max, one.min_step, one.max_step) == (-math.inf, math.inf, 5, 4)
    assert math.isnan(one.mean)


def test_the_same_points_in_one_batch_and_in_many_give_one_aggregate(store: Store) -> None:
    random = np.random.default_rng(0)
    values = random.normal(size=500)
    values[::7] = math.nan
    steps = random.integers(-50, 50, 500)
    start(store, "one")
    start(store, "many")
    apply(store, points=[series("one", "m", values, steps)])
    for first in range(0, 500, 50):
        part = slice(first, first + 50)
        apply(store, points=[series("many", "m", values[part], steps[part], at=first)])
    one, many = (store.runs.get(run_id).data.aggregates["m"] for run_id in ("one", "many"))
    assert (one.count, one.last, one.min, one.max) == (many.count, many.last, many.min, many.max)
    assert one.mean == pytest.approx(many.mean)


def test_curves_keep_spikes_and_ends(store: Store) -> None:
    start(store, "r")
    values = np.sin(np.arange(30_000) / 500)
    values[12_345], values[22_222] = 50.0, -50.0
    apply(store, points=[series("r", "m", values)])
    (curve,) = store.metrics.curves(["r"], ["m"], buckets=100)
    assert curve.count == 30_000
    assert len(curve.values) <= 202
    assert {50.0, -50.0} <= set(curve.values)
    assert (curve.steps[0], curve.steps[-1]) == (0, 29_999)
    assert np.all(np.diff(curve.steps) > 0)


def test_curves_can_be_zoomed_along_each_axis(store: Store) -> None:
    start(store, "r", at=1_000)
    n = np.arange(20_000)
    apply(store, points=[Points("r", "m", n, 1_000 + 10 * n, n.astype(float))])
    axes = {"step": (5_000, 5_999), "time": (51_000, 60_990), "relative": (50_000, 59_990)}
    for x, (first, last) in axes.items():
        (curve,) = store.metrics.curves(["r"], ["m"], x=x, buckets=10_000, start=first, end=last)
        assert (curve.count, curve.steps[0], curve.steps[-1]) == (1_000, 5_000, 5_999), x
    (nothing,) = store.metrics.curves(["r"], ["m"], start=10**6)
    assert (nothing.count, len(nothing.values)) == (0, 0)
    (all_of_it,) = store.metrics.curves(["r"], ["m"], start=-math.inf, end=math.inf)
    assert all_of_it.count == 20_000


def test_curves_show_where_nan_was(store: Store) -> None:
    start(store, "r")
    values = np.zeros(5_000)
    values[2_500:2_600] = math.nan
    apply(store, points=[series("r", "m", values)])
    (curve,) = store.metrics.curves(["r"], ["m"], buckets=50)
    assert 2_500 in curve.steps[np.isnan(curve.values)]


def test_curves_of_backward_steps_rise_along_x(store: Store) -> None:
    start(store, "r")
    apply(store, points=[series("r", "m", range(4_000), range(4_000, 0, -1))])
    (curve,) = store.metrics.curves(["r"], ["m"], buckets=10)
    assert np.all(np.diff(curve.steps) > 0)
    assert (curve.values[0], curve.values[-1]) == (3_999, 0)


def test_curves_of_many_runs_and_keys_in_one_call(store: Store) -> None:
    for n in range(4):
        start(store, f"r{n}")
        apply(store, points=[series(f"r{n}", "a", [n])] + ([series(f"r{n}", "b", [n] * 500)] if n % 2 else []))
    curves = store.metrics.curves([f"r{n}" for n in range(4)] + ["nobody"], ["a", "b", "c"])
    places = [(curve.run_id, curve.key) for curve in curves]
    assert places == [("r0", "a"), ("r1", "a"), ("r1", "b"), ("r2", "a"), ("r3", "a"), ("r3", "b")]


def test_curves_refuse_what_they_cannot_draw(store: Store) -> None:
    with pytest.raises(InvalidValue, match="step, time, relative"):
        store.metrics.curves(["r"], ["m"], x="epoch")
    with pytest.raises(InvalidValue, match="buckets"):
        store.metrics.curves(["r"], ["m"], buckets=0)
