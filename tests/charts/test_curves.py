"""Curves: Altair charts with a picture, drawn without a network, safe with any name."""

import re

import altair as alt
import numpy as np
import pytest
import vl_convert

from trackbook.charts.curves import MAX_POINTS, CurveStyle, draw
from trackbook.charts.frames import COLUMNS, curve_frame
from trackbook.charts.labels import cut, unique
from trackbook.charts.palette import colours, dashes
from trackbook.core.ports import Curve
from trackbook.errors import InvalidValue, NotFound
from trackbook.tracking.fluent.runs import start_run
from trackbook.tracking.fluent.searches import search_runs
from trackbook.widgets.base import VIEW_MIME
from trackbook.widgets.chart import chart

HOSTILE = "<script>alert(1)</script> datum.x '\"\\ [0] é😀"


def curve(run_id, key, values):
    steps = np.arange(len(values))
    return Curve(run_id, key, steps, 1_700_000_000_000 + steps * 1000, np.asarray(values, dtype=float), len(values))


@pytest.fixture
def two(session):
    ids = []
    for name in ("a", HOSTILE):
        with start_run(run_name=name) as run:
            for step in range(30):
                run.log_metrics({"loss": 1 / (step + 1), "acc": step / 30}, step=step)
            run.log_metric("final", 1.0)
        ids.append(run.run_id)
    session.flush()
    return ids


def test_frame_is_tidy():
    frame = curve_frame([curve("r1", "a", [1.0, np.nan, np.inf])], {"r1": "one"}, {"r1": 1_700_000_000_000})
    assert tuple(frame.columns) == COLUMNS
    assert list(frame["relative_s"]) == [0.0, 1.0, 2.0]
    assert str(frame["time"].dt.tz) == "UTC"
    assert tuple(curve_frame([], {}).columns) == COLUMNS


def test_chart_draws_keys_with_a_history_over_all_runs(two):
    made = chart(two)
    assert set(made.frame["metric"]) == {"acc", "loss"}
    assert made.frame["run_id"].nunique() == 2
    assert repr(made) == "Chart of acc, loss for 2 runs"


@pytest.mark.parametrize("x", ["step", "time", "relative"])
@pytest.mark.parametrize("metrics", ["loss", ["loss", "final"], []])
def test_output_carries_html_picture_and_text(two, x, metrics):
    bundle = chart(two, metrics, x=x, log=True)._repr_mimebundle_()[0]
    assert {VIEW_MIME, "text/html", "text/plain"} <= set(bundle)
    assert ("image/svg+xml" in bundle) is bool(metrics)
    for shown in (bundle["text/html"], bundle.get("image/svg+xml", "")):
        assert "<script" not in shown
        assert not re.search(r"(href|src)=[\"']?http|url\(http", shown)
    assert ("<svg" in bundle["text/html"]) is bool(metrics)


@pytest.mark.parametrize(
    "style", [{}, {"smoothing": 0.6, "log": True, "clip": True}, {"group_by": "seed", "x": "time"}]
)
def test_the_altair_chart_is_shown_without_a_network(two, style):
    taken = chart(two, ["loss", "final"], **style).altair
    for one in (taken, taken.properties(title="mine")):
        shown = one._repr_mimebundle_()
        assert set(shown) == {"application/vnd.vegalite.v5+json", "image/svg+xml", "text/plain"}
        assert not re.search(r"(href|src)=[\"']?http|url\(http|<script", shown["image/svg+xml"])


def test_runs_are_given_in_any_form(two):
    frame = search_runs()
    assert set(chart(frame, "loss").frame["run_id"]) == set(two)
    assert set(chart(two[0], "loss").frame["run_id"]) == {two[0]}
    assert set(chart(None, "loss").frame["run_id"]) == set(two)
    assert set(chart(search_runs(output_format="list"), "loss").frame["run_id"]) == set(two)


def test_a_word_that_is_no_run_is_a_metric(two):
    made = chart("loss")
    assert set(made.frame["run_id"]) == set(two)
    assert set(made.frame["metric"]) == {"loss"}


def test_the_newest_runs_are_called_so(session, two):
    assert chart(metrics="loss").note == ""
    for i in range(11):
        with start_run(run_name=f"more {i}") as run:
            run.log_metrics({"loss": 1 / (i + 1), "final": 1.0})
    session.flush()
    for metrics in ("loss", ["loss", "final"]):
        made = chart(metrics=metrics)
        assert made.note.startswith("10 newest of 13 runs; chart(runs=...)")
        assert made.altair.to_dict()["title"]["text"] == made.note
    assert repr(made) == "Chart of loss, final for 10 runs (10 newest of 13 runs)"


def test_only_runs_that_have_the_metric_are_among_the_newest(session, two):
    for i in range(11):
        with start_run(run_name=f"other {i}") as run:
            run.log_metrics({"other": 1.0})
    session.flush()
    made = chart(metrics="loss")
    assert set(made.frame["run_id"]) == set(two)
    assert made.note == ""


def test_a_metric_that_no_run_has_names_the_nearest(two):
    with pytest.raises(InvalidValue, match="none of the 2 runs has a metric 'los'; nearest: 'loss'"):
        chart(two, "los")
    with pytest.raises(NotFound, match="nearest metrics: 'loss'"):
        chart("los")


@pytest.mark.parametrize("points", [10, 100])
@pytest.mark.parametrize("keys", [["a"], ["a", "b"]])
def test_vega_has_nothing_to_warn_of(capfd, points, keys):
    curves = [curve(run, key, np.arange(points)) for run in ("r1", "r2") for key in keys]
    made = draw(curve_frame(curves, {"r1": "one", "r2": "two"}), keys, note="10 newest of 13 runs")
    version = alt.SCHEMA_VERSION.removeprefix("v").rpartition(".")[0]
    vl_convert.vegalite_to_vega(made.altair().to_dict(), vl_version=version, show_warnings=True)
    assert capfd.readouterr() == ("", "")


def test_bad_input_is_told(two):
    with pytest.raises(InvalidValue, match="'step', 'time', 'relative'"):
        chart(two, x="epoch")
    with pytest.raises(InvalidValue, match="too many"):
        chart([f"{i:032x}" for i in range(51)])
    with pytest.raises(NotFound):
        chart("0" * 32)
    with pytest.raises(InvalidValue):
        chart(3)


def test_points_of_a_chart_are_bounded(session):
    with start_run() as run:
        for step in range(20_000):
            run.log_metric("loss", step % 17, step=step)
    session.flush()
    made = chart(run, "loss")
    assert len(made.frame) <= MAX_POINTS
    assert made.frame["value"].max() == 16


def test_log_axis_is_symmetric_where_values_are_not_positive():
    frame = curve_frame([curve("r", "a", [-1.0, 0.0, 5.0, 10.0])], {"r": "r"})
    assert draw(frame, ["a"], CurveStyle(log=True)).altair().to_dict()["encoding"]["y"]["scale"]["type"] == "symlog"
    assert (
        draw(frame[frame["value"] > 0], ["a"], CurveStyle(log=True))
        .altair()
        .to_dict()["encoding"]["y"]["scale"]["type"]
        == "log"
    )


def test_many_runs_keep_apart_by_colour_and_dash():
    pairs = list(zip(colours(20), map(tuple, dashes(20)), strict=True))
    assert len(set(pairs)) == 20


def test_long_and_equal_names_stay_apart():
    assert cut("x" * 50, 10) == "xxxxxx…xxx"
    labels = unique({"aaaaaa1": "same", "bbbbbb1": "same", "c": "other"})
    assert len(set(labels.values())) == 3
    assert unique({"id12345678": " \n "}) == {"id12345678": "id123456"}
