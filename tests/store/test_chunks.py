"""Chunks of metric points: every bit comes back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as stn
from tests.share import examples

from trackbook.errors import StoreUnreadable
from trackbook.store.chunks import Columns, bare, decode, decode_all, encode

integers = st.integers(-(2**63), 2**63 - 1)


@given(
    st.integers(1, 50).flatmap(
        lambda n: st.tuples(
            stn.arrays(np.int64, n, elements=integers),
            stn.arrays(np.int64, n, elements=st.one_of(st.integers(0, 300), integers)),
            stn.arrays(np.float64, n),
        )
    )
)
@pytest.mark.soak
@settings(max_examples=examples(200), deadline=None)
def test_any_points_come_back(columns: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    points = Columns(*columns)
    back = decode(encode(points))
    assert np.array_equal(back.steps, points.steps)
    assert np.array_equal(back.times, points.times)
    assert back.values.tobytes() == points.values.tobytes()
    both = decode_all([bare(points), encode(points), bare(points)])
    assert [column.tobytes() for column in both] == [column.tobytes() * 3 for column in points]


@pytest.mark.parametrize("step", [0, 1, -1, 200, 70_000, 2**40])
def test_regular_steps_take_no_room(step: int) -> None:
    n = 8192
    points = Columns(np.arange(n) * step, np.arange(n) * step, np.zeros(n))
    blob = encode(points)
    assert len(blob) < 100
    assert np.array_equal(decode(blob).steps, points.steps)


def test_a_noisy_series_takes_at_most_twelve_bytes_a_point() -> None:
    random = np.random.default_rng(0)
    n = 8192
    points = Columns(np.arange(n), 1_700_000_000_000 + random.integers(0, 50, n).cumsum(), random.random(n))
    assert len(encode(points)) <= 12 * n


def test_an_unknown_version_is_refused() -> None:
    blob = encode(Columns(np.arange(3), np.arange(3), np.zeros(3)))
    for foreign in (b"", b"\x63" + blob[1:]):
        with pytest.raises(StoreUnreadable, match="format"):
            decode(foreign)


def test_the_first_format_stays_readable() -> None:
    """Bytes written by version 1; readers keep it for ever."""
    blob = bytes.fromhex(OLD)
    back = decode(blob)
    assert back.steps.tolist() == [0, 1, 2, 5]
    assert back.times.tolist() == [10, 300, 20, 20]
    assert back.values.tolist()[:3] == [0.5, -1.0, float("inf")]
    assert np.isnan(back.values[3])


OLD = (
    "0101020004000000000000000000000001000000000000000a00000000000000e8feffffffffffff28b52ffd2029c5000090"
    "0000023a001802000100e0f0f0f83fbf7f7f0100354002"
)
