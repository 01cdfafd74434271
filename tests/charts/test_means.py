"""The means of groups are means, however finely the curves were logged."""

from __future__ import annotations

import numpy as np
import pytest

from trackbook.charts.means import averaged
from trackbook.core.ports import Curve
from trackbook.tracking.fluent.runs import start_run
from trackbook.widgets.chart import chart
from trackbook.widgets.run_answers import curves

POINTS, RUNS = 3000, 40


@pytest.fixture
def noisy(session):
    """Runs of one group, whose values have the mean 1 and are far from lying evenly about it."""
    random = np.random.default_rng(7)
    ids = []
    for seed in range(RUNS):
        with start_run() as run:
            run.log_param("seed", seed)
            for step, value in enumerate(random.exponential(1, POINTS)):
                run.log_metric("loss", value, step=step)
        ids.append(run.run_id)
    session.flush(60)
    return ids


def test_a_groups_mean_is_that_of_its_points(noisy, session):
    shown = chart(noisy, "loss", group_by="seed")
    series = shown.chart["curves"]["series"]
    assert np.mean([value for one in series for value in one["values"]]) == pytest.approx(1, abs=0.03)
    assert sum(len(one["values"]) for one in series) <= 4000
    asked = {"runs": noisy, "keys": ["loss"], "x": "step", "start": 0, "end": 1500, "buckets": 500, "means": True}
    zoomed = curves(session.reading, noisy, asked)
    assert np.mean([value for one in zoomed for value in one["values"]]) == pytest.approx(1, abs=0.03)


def test_what_is_not_finite_is_left_out_and_large_values_are_no_infinity():
    steps = np.arange(100)
    values = np.where(steps % 2 == 0, 1e308, np.nan)
    found = averaged(Curve("r", "m", steps, steps * 1000, values, 100), 10, "step")
    assert np.allclose(found.values / 1e308, 1)
    assert np.all(np.diff(found.steps) > 0)
    assert len(found.values) == 10


def test_a_short_curve_stays_as_it_is():
    steps = np.arange(5)
    curve = Curve("r", "m", steps, steps, steps * 1.0, 5)
    assert averaged(curve, 10, "step") is curve
