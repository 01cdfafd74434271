"""Runs side by side."""

import json

import pytest

from trackbook.core import tags
from trackbook.errors import InvalidValue
from trackbook.widgets.compare_code import Cell, match, pairs
from trackbook.widgets.compare_sections import section
from trackbook.widgets.comparison import Comparison
from trackbook.widgets.diffs import side_by_side, unified


def rows_of(state, title):
    found = next(item for item in state["sections"] if item["title"] == title)
    return {row["key"]: row for row in found["rows"]}


def test_rows_tell_where_runs_differ(session, full_run, new_run):
    other = new_run("other", 3, C="2", kernel="poly", metrics={"accuracy": [float("nan")]})
    session.flush()
    state = Comparison([full_run, other.run_id]).compare
    assert rows_of(state, "Params")["C"]["differs"] is False
    assert rows_of(state, "Params")["kernel"]["values"] == ["rbf", "poly"]
    accuracy = rows_of(state, "Metrics")["accuracy"]
    assert (accuracy["values"], accuracy["numeric"]) == ([0.7, "NaN"], True)
    assert rows_of(state, "Metrics")["loss"]["values"] == [2.0, None]
    assert rows_of(state, "Packages")["numpy"]["values"] == ["2.0", None]
    assert rows_of(state, "Git")["commit"]["differs"] is True
    assert [row["values"][1] for row in rows_of(state, "Data").values()] == [None]
    assert rows_of(state, "Details")["status"]["values"] == ["Failed", "Finished"]


def test_the_machine_is_compared_where_two_runs_tell_of_it(session, new_run):
    metrics = ({"system/cpu": [1.0]}, {"system/cpu": [2.0], "system/gpu": [3.0]}, {})
    one, two, none = (new_run(f"r{i}", i, metrics=each).run_id for i, each in enumerate(metrics, 1))
    session.flush()
    assert list(rows_of(Comparison([one, two, none]).compare, "System")) == ["system/cpu"]
    assert "System" not in [section["title"] for section in Comparison([two, none]).compare["sections"]]


def test_code_is_compared_with_the_first_run(session, new_run):
    ids = [new_run(f"r{i}", i).run_id for i in (1, 2, 3)]
    session.flush()
    code = Comparison(ids).compare["code"]
    assert [pair["run_id"] for pair in code] == ids[1:]
    assert [line["op"] for line in code[0]["cells"][0]["lines"]] == ["~", "=", "~"]


def test_state_is_told_anew_by_request(session, new_run):
    ids = [new_run(f"r{i}", i).run_id for i in (1, 2)]
    session.flush()
    view = Comparison(ids)
    assert view.answer({"id": "1", "method": "state", "params": {}})["result"] == view.compare


def ask(view, method, **params):
    return view.answer({"id": "1", "method": method, "params": params})


def test_another_run_becomes_the_baseline(session, new_run):
    ids = [new_run(f"r{i}", i, C=str(i)).run_id for i in (1, 2, 3)]
    session.flush()
    view = Comparison(ids, baseline=ids[2])
    assert view.run_ids == [ids[2], ids[0], ids[1]]
    assert ask(view, "state", baseline=ids[1])["result"]["runs"][0]["run_id"] == ids[1]
    assert [run["run_id"] for run in view.compare["runs"]] == view.run_ids == [ids[1], ids[2], ids[0]]
    assert "none of the compared runs" in ask(view, "state", baseline="0" * 32)["error"]["message"]


def test_metrics_come_in_each_aggregate(session, new_run):
    ids = [new_run(f"r{i}", i, metrics={"loss": [3.0, 1.0, float("nan"), 2.0]}).run_id for i in (1, 2)]
    session.flush()
    state = Comparison(ids).compare
    found = {one["aggregate"]: one["rows"][0]["values"][0] for one in state["sections"] if one["title"] == "Metrics"}
    assert found == {"last": 2.0, "min": 1.0, "max": 3.0, "mean": 2.0}
    assert [one["run_id"] for one in state["curves"]["series"]] == ids


def test_programs_are_compared_cell_by_cell(session, new_run):
    ids = []
    for version in (1, 2):
        run = new_run(f"r{version}", version, end=None)
        cells = [
            ("about", "# made"),
            ("a", "import x"),
            ("b", f"lr = 0.{version}"),
            *([("c", "new = 1")] * (version - 1)),
        ]
        notebook = {"cells": [{"id": key, "cell_type": "code", "source": [text]} for key, text in cells]}
        run.log_text(json.dumps(notebook), tags.PROGRAM_NOTEBOOK_FILE)
        run.end()
        ids.append(run.run_id)
    session.flush()
    found = ask(Comparison(ids), "diff", what="program")["result"]
    assert [cell["op"] for cell in found[0]["cells"]] == ["=", "~", "+"]
    assert ask(Comparison(ids), "diff", what="notebook")["result"] == []
    assert "error" in ask(Comparison(ids), "diff", what="../secrets")


def cells(*sources):
    return [Cell(key, "code", source) for key, source in sources]


def test_cells_meet_by_id_then_by_source_then_by_likeness():
    before = cells(("a", "x = 1"), ("b", "y = 2"), ("", "model = SVC(C=1).fit(X, y)"))
    after = cells(("", "model = SVC(C=2).fit(X, y)"), ("z", "y = 2"), ("a", "x = 100"))
    assert match(before, after) == {2: 0, 1: 1, 0: 2}
    assert match(cells(("", "abc")), cells(("", "xyz"))) == {}


def test_cells_that_are_gone_stand_where_they_stood():
    found = pairs(cells(("a", "1"), ("b", "2"), ("c", "3")), cells(("a", "1"), ("c", "3"), ("d", "4")))
    assert [(one["op"], one["lines"][0]["left"] or one["lines"][0]["right"]) for one in found] == [
        ("=", "1"),
        ("-", "2"),
        ("=", "3"),
        ("+", "4"),
    ]


def test_groups_of_seeds_are_tested_and_few_seeds_are_said(session, new_run):
    ids = [
        new_run(
            f"r{lr}-{seed}", 1, lr=lr, seed=seed, metrics={"acc": [0.5 + lr + seed / 100], "rate": [1000.0 * seed]}
        ).run_id
        for lr in (0.1, 0.2)
        for seed in (1, 2, 3)
    ]
    session.flush()
    view = Comparison(ids)
    groups = view.compare["groups"]
    assert [(one["name"], one["seeds"]) for one in groups["groups"]] == [("lr 0.1", 3), ("lr 0.2", 3)]
    test = groups["rows"][0]["tests"][1]
    assert test["difference"] == pytest.approx(0.1)
    assert test["verdict"].startswith("3 seeds are too few to tell: even if all agreed, p could not be below 0.25")
    assert "3 seeds are too few" in view.static_html()
    assert "3 seeds are too few" in view.text()
    assert "± 0.01 (n = 3)" in view.static_html()
    assert "± 1000 (n = 3)" in view.static_html()
    json.dumps(view.compare, allow_nan=False)


def test_runs_without_repetition_make_no_groups(session, new_run):
    ids = [new_run(f"r{i}", i, lr=i, metrics={"acc": [0.5]}).run_id for i in (1, 2, 3)]
    session.flush()
    assert Comparison(ids).compare["groups"] is None


def test_the_frame_has_the_rows_that_are_shown(session, new_run):
    ids = [new_run(f"r{i}", i, C=str(i), kernel="rbf").run_id for i in (1, 2)]
    session.flush()
    view = Comparison(ids)
    assert list(view.df.columns) == ["section", "key", "r1", "r2"]
    assert "kernel" not in set(view.df["key"])
    view.only_differences = False
    assert "kernel" in set(view.df["key"])


@pytest.mark.parametrize("count", [0, 1, 21])
def test_two_to_twenty_runs_are_compared(session, count):
    with pytest.raises(InvalidValue, match="2 to 20"):
        Comparison(["0" * 32] * count)


def test_numeric_rows_are_numbers_or_absent():
    rows = section("t", [{"a": 1.0, "b": "NaN"}, {"b": 2.0}])["rows"]
    assert [row["numeric"] for row in rows] == [True, False]


def test_side_by_side_numbers_lines():
    lines = side_by_side("a\nb\nc", "a\nx\nc\nd")
    assert [(line["left_no"], line["right_no"], line["op"]) for line in lines] == [
        (1, 1, "="),
        (2, 2, "~"),
        (3, 3, "="),
        (None, 4, "+"),
    ]


def test_unified_counts_what_it_leaves_out():
    old = [f"line {i}" for i in range(20)]
    new = [*old[:10], "changed", *old[11:]]
    found = unified("\n".join(old), "\n".join(new))
    assert found[0] == {"op": "~", "text": "7"}
    assert found[-1] == {"op": "~", "text": "6"}
    assert [line["op"] for line in found[1:-1]] == [" ", " ", " ", "-", "+", " ", " ", " "]
    assert unified("same", "same") == []
