"""The chart widget: what it sends, answers, and pushes while runs go on."""

import json
import time

import pytest

from trackbook.errors import InvalidValue
from trackbook.tracking.starting import begin
from trackbook.widgets.chart import chart
from trackbook.widgets.run_answers import MAX_SERIES_POINTS
from trackbook.widgets.stored import answer


@pytest.fixture
def pair(session, new_run):
    runs = [new_run(f"r{i}", i, metrics={"loss": [3.0, float("nan"), float("inf"), 1.0]}, seed=i) for i in (1, 2)]
    session.flush()
    return [run.run_id for run in runs]


def ask(view, method, **params):
    return view.answer({"id": "1", "method": method, "params": params})


def test_the_state_is_json_with_curves_of_each_run(pair):
    state = chart(pair, "loss").chart
    json.dumps(state, allow_nan=False)
    assert [run["run_id"] for run in state["curves"]["runs"]] == pair
    assert state["curves"]["series"][0]["values"] == [3.0, "NaN", "Infinity", 1.0]
    assert state["curves"]["series"][0]["count"] == 4


def test_detail_is_answered_within_its_range_and_for_its_runs_only(pair, session, new_run):
    other = new_run("other", 3, metrics={"loss": [1.0]})
    session.flush()
    params = {"runs": [*pair, other.run_id], "keys": ["loss"], "x": "step", "start": 1, "end": 3, "buckets": 100}
    found = ask(chart(pair, "loss"), "curves", **params)["result"]
    assert [one["run_id"] for one in found] == pair
    assert found[0]["steps"] == [1, 2, 3]
    assert "error" in ask(chart(pair, "loss"), "curves", **{**params, "x": "epoch"})


def test_an_answer_is_bounded_whatever_is_asked_for(session, new_run):
    run = begin(session, run_name="long")
    for step in range(100_000):
        run.log_metric("loss", float(step % 13), step=step)
    run.end()
    session.flush()
    found = ask(chart(run, "loss"), "curves", runs=[run.run_id], keys=["loss"], buckets=10**9, start=None, end=None)
    assert 1000 < len(found["result"][0]["steps"]) <= MAX_SERIES_POINTS


def test_groups_of_seeds_are_named_by_the_other_params(session, new_run):
    ids = [new_run(f"r{i}", i, metrics={"loss": [1.0, 2.0]}, seed=i, lr=lr).run_id for i in (1, 2) for lr in (0.1, 0.2)]
    session.flush()
    curves = chart(ids, "loss", group_by="seed").chart["curves"]
    assert curves["grouped"]
    assert sorted({run["group"] for run in curves["runs"]}) == ["lr 0.1", "lr 0.2"]


def test_keys_that_begin_alike_are_named_by_their_prefix(session, new_run):
    run = new_run("r", metrics={"train/loss": [1.0, 2.0], "train/acc": [1.0, 2.0], "val/loss": [1.0, 2.0]})
    session.flush()
    assert chart(run, "train/").chart["curves"]["keys"] == ["train/acc", "train/loss"]


def test_new_points_of_running_runs_are_pushed_until_they_end(session):
    run = begin(session, run_name="live")
    run.log_metrics({"loss": 1.0, "other": 1.0}, step=0)
    session.flush()
    view = chart(run, "loss")
    sent = []
    view.send = lambda content, *_: sent.append(content)
    run.log_metrics({"loss": 2.0, "other": 2.0}, step=1)
    run.end()
    session.flush()
    until = time.monotonic() + 10
    while time.monotonic() < until and not any(one["ended"] for one in sent):
        time.sleep(0.02)
    points = [(one["key"], one["steps"], one["values"]) for message in sent for one in message["series"]]
    assert points == [("loss", [1], [2.0])]
    assert sent[-1]["ended"] == [run.run_id]
    assert view._feed.run_ids == ()


def test_a_chart_is_drawn_anew_on_request_and_compared_by_what_is_chosen(pair):
    view = chart(pair, kind="scatter", x="seed", y="loss")
    assert ask(view, "state")["result"] == view.chart
    view.selected = pair[:1]
    from trackbook.charts.selection import run_ids_of

    assert run_ids_of(view) == pair[:1]


@pytest.mark.parametrize("wrong", [{"smoothing": 1.0}, {"x": "epoch"}, {"kind": "pie"}])
def test_wrong_wishes_are_refused(pair, wrong):
    with pytest.raises(InvalidValue):
        chart(pair, "loss", **wrong)


@pytest.mark.parametrize(
    "asked",
    [
        {"metrics": "loss", "x": "relative", "log": True, "smoothing": 0.5, "group_by": ["seed"]},
        {"kind": "scatter", "x": "params.seed", "y": "metrics.loss"},
        {"kind": "parallel", "params": ["seed"], "metrics": ["loss"]},
        {"kind": "histogram", "metrics": "loss"},
    ],
    ids=lambda asked: asked.get("kind", "curve"),
)
def test_a_chart_without_its_kernel_is_drawn_as_it_was_asked_for(pair, session, asked):
    view = chart(pair, **asked)
    about = json.loads(json.dumps(view.standby["about"]))
    stored = answer("chart", session.reading, {**about, "method": "state", "params": {}})
    assert json.loads(json.dumps(stored)) == json.loads(json.dumps(dict(view.chart)))


@pytest.mark.parametrize(
    "asked",
    [{"kind": "<b>"}, {"kind": 1}, {"metrics": [{}]}, {"width": "wide"}, {"x": "y"}, {"smoothing": float("nan")}],
    ids=str,
)
def test_a_saved_notebook_that_asks_for_nonsense_is_refused(pair, session, asked):
    about = {"run_ids": pair, "asked": asked, "method": "state"}
    with pytest.raises(InvalidValue):
        answer("chart", session.reading, about)
