"""Metrics with one value a run, as bars: `js/src/lib/bars.test.ts` has the same cases."""

import re

import numpy as np
import pytest
import vl_convert

from trackbook.charts import bars, drawing, marks, picture
from trackbook.charts.curves import CurveStyle, draw, panels
from trackbook.charts.frames import curve_frame
from trackbook.core.ports import Curve
from trackbook.errors import InvalidValue
from trackbook.tracking.fluent.runs import start_run
from trackbook.widgets.chart import chart

LONG = "a run whose name is longer than any chart has room for, <script>"


def points(run_id, key, *values):
    steps = np.arange(len(values))
    return Curve(run_id, key, steps, 1_700_000_000_000 + steps, np.asarray(values, dtype=float), len(values))


def study(values, name="run {}"):
    names = {f"r{at}": name.format(at) for at in range(len(values))}
    return curve_frame([points(f"r{at}", "acc", value) for at, value in enumerate(values)], names)


def rows(plot):
    """What stands in each row, from above: name, from where to where the bar reaches, and its value."""
    found = sorted(plot["rects"], key=lambda one: -one["y0"][0])
    return [
        (plot["y"]["labels"][round((one["y0"][0] + one["y1"][0]) / 2)], one["x0"][0], one["x1"][0], one["ends"][1])
        for one in found
    ]


def drawn(frame, groups=None, **style):
    [(_key, plot)] = panels(frame, ["acc"], CurveStyle(**style), groups)
    return plot


def test_each_run_has_a_bar_from_0_beside_its_name_with_its_value_at_the_end():
    plot = drawn(study([0.5, -2, 0]))
    assert rows(plot) == [("run 0", 0, 0.5, "0.5"), ("run 1", -2, 0, "−2"), ("run 2", 0, 0, "0")]
    assert [one["run"] for one in plot["rects"][::-1]] == ["r0", "r1", "r2"]
    assert (plot["x"]["low"], drawn(study([0.5, 1]))["x"]["low"]) == (None, 0)


def test_what_is_not_finite_has_no_bar_and_is_written():
    plot = drawn(study([np.nan, np.inf, -np.inf, 3]))
    assert [one[1:] for one in rows(plot)] == [(0, 0, "NaN"), (0, 0, "∞"), (0, 0, "−∞"), (0, 3, "3")]
    assert rows(drawn(study([np.nan]))) == [("run 0", 0, 0, "NaN")]


def test_on_a_log_axis_bars_begin_at_the_power_of_ten_below_the_least_or_it_is_symmetric():
    plot = drawn(study([0.02, 300, 0.1]), log=True)
    assert (plot["x"]["scale"], plot["x"]["low"], plot["rects"][0]["x0"][0]) == ("log", 0.01, 0.01)
    assert drawn(study([0.1]), log=True)["x"]["low"] == 0.01
    assert drawn(study([1, -1]), log=True)["x"]["scale"] == "symlog"


def test_a_group_has_a_bar_of_its_mean_and_a_rule_of_its_spread():
    plot = drawn(study([1, 3, 5, np.nan]), {"r0": "a", "r1": "a", "r2": "b", "r3": "b"})
    assert rows(plot) == [("a", 0, 2, "2 ± 1.4, n = 2"), ("b", 0, 5, "5, n = 1")]
    [rule] = plot["lines"]
    assert rule["x"] == pytest.approx([2 - 2**0.5, 2 + 2**0.5])
    wide = drawn(study([1, 9]), {"r0": "a", "r1": "a"}, log=True)
    assert wide["lines"][0]["x"][0] == wide["x"]["low"] == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([100.0] * 7, "100 ± 0, n = 7"),
        ([0.1] * 3, "0.1 ± 0, n = 3"),
        ([0, 2e-7], "1e−07 ± 1.4e−07, n = 2"),
        ([1.7e308, 1.7e308], "1.7e+308 ± 0, n = 2"),
    ],
)
def test_equal_values_spread_by_nothing_and_a_spread_has_a_true_minus(values, said):
    plot = drawn(study(values), {f"r{at}": "a" for at in range(len(values))})
    assert rows(plot)[0][3] == said


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("values", [[1e300, -1e300], [1e300, 2], [1.7e308, 1.7e308], [1e308], [5e-324, 1]])
def test_a_spread_that_is_no_number_any_more_is_left_out_and_the_picture_has_an_axis(values, log):
    for groups in (None, {"r0": "a", "r1": "a"}):
        plot = drawn(study(values), groups, log=log)
        assert all(np.isfinite(one["x"]).all() for one in plot["lines"])
        shown = drawing.svg(plot, 420, 240)
        assert not re.search(r"nan|inf", shown)
    assert rows(drawn(study([1e300, 2]), {"r0": "a", "r1": "a"}))[0][3] == "5e+299, n = 2"


@pytest.mark.parametrize("count", [1, 50])
def test_the_picture_names_each_run_and_cuts_what_is_too_long(count):
    shown = drawing.svg(drawn(study(range(1, count + 1), "{} " + LONG)), 420, 240)
    named = re.findall(r'text-anchor="end"[^>]*>(\d+) a run [^<]*…[^<]*<', shown)
    assert named == [str(at) for at in reversed(range(count))]


@pytest.mark.parametrize("values", [[32, 48], [32], [0.91, 0.93], [1e-300, 1.5e-300], [1.2e308, 1.7e308]])
def test_a_log_axis_has_two_ticks_at_least(values):
    scale = drawing._scale(marks.axis("", log=True, positive=True), values, 0, 400, 16)
    assert len({label for _at, label in scale.ticks}) > 1
    assert all(0 <= scale.place(at) <= 400 for at, _label in scale.ticks)


@pytest.mark.parametrize("width", [240, 300, 420, 900])
def test_bars_have_room_between_long_names_and_long_values(width):
    plot = drawn(study([-1.23456e-120, 1.1e-120, 1.1e-120], LONG), {"r0": LONG, "r1": LONG, "r2": LONG})
    [rect] = plot["rects"]
    assert len(rect["ends"][1]) > 20
    shown = drawing.svg(plot, width, 240)
    [(left, right)] = re.findall(r'<path d="M([\d.]+) [\d.]+H([\d.]+)"', shown)
    assert float(right) - float(left) >= 80
    assert float(left) >= width / 5
    [(at, said)] = re.findall(r'x="([\d.]+)"[^>]*text-anchor="start"[^>]*>([^<]*)<', shown)
    assert float(at) + len(said) * drawing.LETTER <= width
    assert said == rect["ends"][1] or (width <= 300 and said.endswith("…"))


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("groups", [None, {"r0": "a", "r1": "a", "r2": "b"}])
@pytest.mark.parametrize("values", [[0.5, -2, np.nan], [1, 2, 3]])
def test_the_altair_chart_has_bars_that_end_at_the_values_and_nothing_to_warn_of(capfd, values, groups, log):
    spec = draw(study(values), ["acc"], CurveStyle(log=log), groups=groups).altair().to_dict()
    assert [layer["mark"]["type"] for layer in spec["layer"]] == ["bar", *(["rule"] if groups else []), "text"]
    [data] = spec["datasets"].values()
    assert [one["name"] for one in data] == (["a", "b"] if groups else ["run 0", "run 1", "run 2"])
    assert [one["value"] for one in data][:1] == [values[0] if groups is None else (values[0] + values[1]) / 2]
    version = vl_convert.get_vegalite_versions()[-1]
    vl_convert.vegalite_to_vega(spec, vl_version=version, show_warnings=True)
    assert capfd.readouterr() == ("", "")


def test_bars_stand_below_curves_where_both_are_asked_for():
    frame = curve_frame([points("r0", "loss", 3, 2, 1), points("r0", "acc", 0.5)], {"r0": "one"})
    spec = draw(frame, ["loss", "acc", "none"]).altair().to_dict()
    assert [one.get("mark", {}).get("type", "layer") for one in spec["vconcat"]] == ["line", "layer"]
    assert "<svg" in picture.svg(spec)
    assert bars.single(frame, ["loss", "acc", "none"]) == ["acc"]


def test_more_runs_than_lines_can_be_told_apart_are_drawn_where_they_are_bars(session):
    ids = []
    for at in range(21):
        with start_run(run_name=f"r {at}") as run:
            run.log_metric("acc", at)
            run.log_metrics({"loss": 1.0}, step=0)
            run.log_metrics({"loss": 0.5}, step=1)
        ids.append(run.run_id)
    session.flush()
    made = chart(ids, "acc")
    assert len(made.chart["curves"]["runs"]) == 21
    assert all(f"r {at}" in made.static_html() for at in range(21))
    with pytest.raises(InvalidValue, match="too many lines for one chart: choose up to 20"):
        chart(ids, "loss")


def test_a_group_may_have_more_runs_than_a_chart_has_lines(session):
    ids = []
    for seed in range(11):
        for width in ("8", "16"):
            with start_run() as run:
                run.log_params({"width": width, "seed": seed})
                run.log_metrics({"loss": 1.0}, step=0)
                run.log_metrics({"loss": 0.5}, step=1)
            ids.append(run.run_id)
    session.flush()
    made = chart(ids, "loss", group_by="seed").chart["curves"]
    assert len(made["runs"]) == 22
    assert len({run["group"] for run in made["runs"]}) == 2
    with pytest.raises(InvalidValue, match="22 groups are too many lines"):
        chart(ids, "loss", group_by=["params.seed", "params.width"])
