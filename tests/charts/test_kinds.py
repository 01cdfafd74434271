"""Every kind of chart of runs: what it draws, its limits said, odd values without harm."""

import itertools
import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from tests.share import share

from trackbook.charts import classified, drawing, palette, picture
from trackbook.charts.columns import column, is_seed
from trackbook.charts.importance import _correlation, _ranks
from trackbook.charts.making import KINDS
from trackbook.charts.scatter import _stretches
from trackbook.charts.smoothing import bands, clipped_range, smoothed
from trackbook.errors import InvalidValue, NotFound
from trackbook.tracking.client import TrackbookClient
from trackbook.tracking.fluent.runs import start_run
from trackbook.widgets.chart import chart

HOSTILE = "<script>alert(1)</script> datum.x '\"\\ [0] é😀 שלום"
OF_RUNS = [kind for kind in KINDS if kind not in ("images", "confusion", "roc", "pr")]


def make_runs(session, count, *, odd=False):
    """Runs of a small study: `lr` matters to `score`, `depth` does not."""
    rng = np.random.default_rng(0)
    ids = []
    for index in range(count):
        with start_run(run_name=f"{HOSTILE if odd else 'run'} {index}") as run:
            lr = 10 ** rng.uniform(-4, -1)
            run.log_params(
                {"lr": lr, "depth": int(rng.integers(2, 9)), "opt": ["adam", "sgd"][index % 2], "seed": index}
            )
            score = [float("nan"), float("inf"), 1e300, -1e300, 0.5][index % 5] if odd else np.log10(lr)
            run.log_metric("score", score)
            if odd:
                run.log_param("odd", HOSTILE)
        ids.append(run.run_id)
    session.flush()
    return ids


@pytest.fixture
def study(session):
    return make_runs(session, 20)


@pytest.mark.parametrize("kind", OF_RUNS)
def test_each_kind_draws_runs_takes_altair_and_has_a_table(study, kind):
    made = chart(study, kind=kind)
    assert made.chart["kind"] == kind
    assert made.chart["table"]["rows"]
    assert "<svg" in made.static_html()
    assert made.altair.to_dict()
    assert "<svg" in picture.svg(picture.specification(made.altair))


@pytest.mark.soak
@pytest.mark.parametrize(("kind", "count"), share([(kind, count) for count in (6, 0, 1, 2) for kind in OF_RUNS], 2))
def test_odd_values_hostile_names_and_few_runs_draw_without_error(session, kind, count):
    ids = make_runs(session, count, odd=True)
    if count == 1 and kind in ("scatter", "contour", "box"):
        with pytest.raises(InvalidValue, match="no param differs"):
            chart(ids, "score", kind=kind)
        return
    made = chart(ids, "score", kind=kind)
    json.dumps(made.chart, allow_nan=False)
    assert "<script" not in made.static_html()


def test_a_chart_without_runs_says_what_to_do_and_our_words_begin_with_a_capital(session, study):
    for kind in KINDS:
        nothing = chart([], kind=kind)
        assert nothing.chart["note"].count(". ") == 1, kind
        assert nothing.chart["note"].endswith("."), kind
        assert nothing.title_text()[0].isupper(), kind
    titles = {kind: chart(study, "score", kind=kind).title_text() for kind in OF_RUNS}
    keys = {"score", "opt", "lr", "depth"}
    assert all(title[0].isupper() or title.split()[0] in keys for title in titles.values()), titles
    assert titles["histogram"] == "Histogram of score"


def test_a_kind_and_a_name_that_are_not_there_are_told(study):
    with pytest.raises(InvalidValue, match="did you mean 'scatter'"):
        chart(study, kind="scater")
    with pytest.raises(InvalidValue, match="none of the 20 runs has 'lrr'; nearest: 'lr'"):
        chart(study, kind="scatter", x="lrr")


def test_a_run_has_the_colour_of_its_curve_in_charts_of_every_kind(session):
    ids = make_runs(session, 6)
    for run_id in ids:
        TrackbookClient().log_table(run_id, {"label": [0, 1], "score": [0.1, 0.8]}, "p.json")
    runs = [session.store.runs.get(run_id) for run_id in ids]
    wanted = palette.run_colours({run.info.run_id: run.info.start_time for run in runs})
    for kind, layer in (("scatter", None), ("box", 1)):
        spec = chart(ids, "score", kind=kind, x="opt").altair.to_dict()
        data = spec["datasets"][(spec if layer is None else spec["layer"][layer])["data"]["name"]]
        assert {row["run_id"]: row["tone"] for row in data} == wanted
        drawn = chart(ids, "score", kind=kind, x="opt").static_html()
        assert all(f'fill="{colour}"' in drawn for colour in wanted.values())
    roc = chart(ids, kind="roc")
    scale = roc.altair.to_dict()["encoding"]["color"]["scale"]
    named = dict(zip(roc.frame["run"], roc.frame["run_id"], strict=True))
    assert {named[name]: colour for name, colour in zip(scale["domain"], scale["range"], strict=True)} == wanted


def test_a_wide_axis_is_a_log_axis(study):
    drawn = chart(study, kind="scatter", x="lr").chart["plot"]
    assert (drawn["x"]["scale"], drawn["y"]["scale"]) == ("log", "linear")


def test_colour_by_a_category_makes_a_set_of_points_for_each(study):
    points = chart(study, kind="scatter", x="lr", color="opt").chart["plot"]["points"]
    assert sorted(one["name"] for one in points) == ["adam", "sgd"]
    assert sum(len(one["x"]) for one in points) == 20


def test_importance_finds_the_param_that_matters_and_says_how(study):
    made = chart(study, "score", kind="importance")
    assert made.table["param"][0] == "lr"
    for said in ("Permutation importance of a random forest", "n = 20", "R² = ", "not what causes it"):
        assert said in made.note


def test_few_runs_are_ranked_and_that_is_said(session):
    made = chart(make_runs(session, 5), "score", kind="importance")
    assert "5 runs are too few for a model" in made.note
    assert made.table["correlation"][0] == pytest.approx(1)


def test_correlation_of_ranks_shares_ties_and_takes_categories(session):
    assert list(_ranks(np.array([3.0, 1.0, 3.0, 2.0]))) == [3.5, 1.0, 3.5, 2.0]
    ids = make_runs(session, 4)
    runs = [session.store.runs.get(one) for one in ids]
    assert _correlation(column(runs, "opt"), np.array([0.0, 1.0, 0.0, 1.0])) == pytest.approx(1)


def test_a_line_of_parallel_coordinates_names_its_run_and_its_points_tell_each_value(study):
    lines, points = chart(study, kind="parallel").altair.to_dict()["layer"]
    assert [tip["field"] for tip in lines["encoding"]["tooltip"]] == ["run", "colour"]
    assert [tip["field"] for tip in points["encoding"]["tooltip"]] == ["run", "axis", "value"]


def test_a_box_stands_for_each_group(study):
    made = chart(study, "score", kind="box", x="opt")
    assert list(made.table["opt"]) == ["adam", "sgd"]
    assert list(made.table["runs"]) == [10, 10]


def test_contour_is_drawn_near_runs_only_and_says_so(study):
    made = chart(study, "score", kind="contour", params=["lr", "depth"])
    assert "left blank far from them" in made.note
    assert [tuple(one) for one in _stretches(np.array([-1.0, 2, 2, 3, -1]))] == [(2.0, 1, 3), (3.0, 3, 4)]


@pytest.mark.parametrize("key", ["seed", "train.seed", "random_state", "model__random_state"])
def test_seeds_are_known_by_their_name(key):
    assert is_seed(key)
    assert not is_seed("seeds_per_field")


# -- tables that runs logged -------------------------------------------------------------------------------------------


@pytest.fixture
def classifier(session):
    with start_run(run_name="c") as run:
        run.log_table({"label": [0, 0, 1, 1], "prediction": [0, 1, 1, 1], "score": [0.1, 0.4, 0.35, 0.8]}, "p.json")
        run.log_param("x", 1)
    session.flush()
    return run.run_id


def test_a_confusion_matrix_counts(classifier):
    made = chart(classifier, kind="confusion")
    assert made.table.set_index("label").to_numpy().tolist() == [[1, 1], [0, 2]]
    assert "accuracy 0.75" in made.note


def test_areas_are_those_of_scikit_learn(classifier):
    assert chart(classifier, kind="roc").table["area under the curve"][0] == pytest.approx(0.75)
    pr = chart(classifier, kind="pr")
    assert pr.table["average precision"][0] == pytest.approx(0.8333333)
    assert np.sum(np.diff(pr.frame["x"]) * pr.frame["y"][1:]) == pytest.approx(0.8333333)  # the area that is drawn
    assert ((np.diff(pr.frame["x"]) == 0) | (np.diff(pr.frame["y"]) == 0)).all()


def test_columns_and_tables_that_are_not_there_are_told(classifier, session):
    with pytest.raises(InvalidValue, match="which column holds the prediction"):
        chart(classifier, kind="confusion", x="wrong")
    with pytest.raises(NotFound, match="log_table"):
        chart(make_runs(session, 1), kind="roc")
    with pytest.raises(InvalidValue, match="say which is positive"):
        classified.curves("roc", {"r": pd.DataFrame({"label": [1, 2, 3], "score": [1, 2, 3]})}, {"r": "r"}, {"r": 0})


def test_pictures_are_found_by_key_and_step(session):
    with start_run(run_name="p") as run:
        for step in (0, 5):
            run.log_image(np.full((4, 4, 3), step, np.uint8), key="samples/a", step=step)
        run.log_text("<svg onload=alert(1)></svg>", "evil.svg")
    session.flush()
    made = chart(run, kind="images", key="samples/a")
    assert [one["step"] for one in made.chart["images"][0]["images"]] == [0, 5]
    assert "data:image/png;base64," in made.static_html()
    path = made.chart["images"][0]["images"][0]["path"]
    ask = {"id": "1", "method": "image", "params": {"run_id": run.run_id, "path": path}}
    assert made.answer(ask)["result"]["uri"].startswith("data:image/png")
    assert "error" in made.answer({**ask, "params": {"run_id": run.run_id, "path": "evil.svg"}})
    with pytest.raises(NotFound, match="log_image"):
        chart(run, kind="images", key="none")


# -- smoothing, bands, drawing -----------------------------------------------------------------------------------------


def test_smoothing_has_no_bias_and_leaves_what_is_not_finite():
    assert smoothed(np.array([2.0, 2.0, np.nan, 2.0]), 0.9)[[0, 1, 3]] == pytest.approx([2, 2, 2])
    assert np.isnan(smoothed(np.array([2.0, np.nan]), 0.9)[1])
    assert clipped_range(np.r_[np.zeros(99), 1000.0]) == (0.0, 0.0)


def test_bands_read_curves_at_common_places_and_count_runs():
    frame = pd.DataFrame(
        {"run_id": ["a", "a", "b", "b"], "metric": "m", "step": [0, 2, 0, 1], "value": [0.0, 2.0, 2.0, 3.0]}
    )
    found = bands(frame, "step", {"a": "g", "b": "g"})
    assert found["mean"].tolist() == [1.0, 2.0, 2.0]
    assert found["n"].tolist() == [2, 2, 1]


def test_bands_over_time_are_in_ms_whatever_unit_pandas_chose():
    times = pd.to_datetime([1_700_000_000_000, 1_700_000_001_000], unit="ms", utc=True)
    for unit in ("ms", "us", "ns"):
        frame = pd.DataFrame({"run_id": "a", "metric": "m", "time": times.as_unit(unit), "value": [0.0, 2.0]})
        assert bands(frame, "time", {"a": "g"})["x"].tolist() == [1_700_000_000_000, 1_700_000_001_000]


def test_a_saved_chart_of_groups_draws_their_means(session):
    ids = make_runs(session, 4)
    for step, run_id in itertools.product((0, 1), ids):
        TrackbookClient().log_metric(run_id, "loss", 1 / (step + 1), step=step)
    session.flush()
    assert chart(ids, "loss", group_by="opt").static_html().count("(mean of 2)") == 2
    assert chart(ids, "score", group_by="opt").static_html().count(", n = 2<") == 2


def test_lines_are_thinned_with_their_spikes():
    pairs = [(float(i), 100.0 if i == 777 else 0.0) for i in range(5000)]
    kept = drawing.thinned(pairs, 100)
    assert len(kept) <= 102
    assert (777.0, 100.0) in kept


def test_the_views_are_loaded_without_what_only_their_charts_need():
    heavy = "('pandas', 'altair', 'sklearn', 'vl_convert')"
    code = (
        f"import sys, trackbook.widgets.views, trackbook.widgets.chart; print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
