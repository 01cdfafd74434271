"""Runs side by side."""

import pytest

from trackbook.errors import InvalidValue
from trackbook.widgets.comparison import Comparison, section
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
    assert rows_of(state, "Metrics")["accuracy"]["values"] == [0.7, "NaN"]
    assert rows_of(state, "Metrics")["loss"]["values"] == [2.0, None]
    assert rows_of(state, "Environment")["package numpy"]["values"] == ["2.0", None]
    assert rows_of(state, "Environment")["git commit"]["differs"] is True
    assert rows_of(state, "Details")["status"]["values"] == ["FAILED", "FINISHED"]


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
    assert [line["op"] for line in code[0]["lines"]] == ["~", "=", "~"]


def test_state_is_told_anew_by_request(session, new_run):
    ids = [new_run(f"r{i}", i).run_id for i in (1, 2)]
    session.flush()
    view = Comparison(ids)
    assert view.answer({"id": "1", "method": "state", "params": {}})["result"] == view.compare


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
