"""The card tells what is recorded after the cell: inputs, the verdict, written files, snapshots, secrets, packages."""

import json

import pytest

from trackbook.core import tags
from trackbook.core.entities import Dataset
from trackbook.widgets import static, texts
from trackbook.widgets.card import CardWidget
from trackbook.widgets.cards import card_of

NONE = {
    "inputs": [],
    "input_count": 0,
    "rerun": None,
    "written": [],
    "written_count": 0,
    "snapshots": [],
    "secrets": [],
    "packages": None,
    "executions": [],
}


@pytest.fixture
def record_of(session):
    def record_of(run):
        run.end()
        return card_of(session.reading, run.run_id)["record"]

    return record_of


def test_a_run_of_which_nothing_is_recorded_has_empty_parts(record_of, new_run):
    assert record_of(new_run("none", end=None)) == NONE


def test_without_its_record_a_card_reads_none_of_it(session, full_run):
    card = card_of(session.reading, full_run, with_record=False)
    assert card["record"] is None
    html = static.card_html(card)
    assert "same code" not in html
    assert "input" not in html
    assert "same code" not in texts.card_text(card)


def test_every_part_of_a_record_is_told(session, full_run):
    record = card_of(session.reading, full_run)["record"]
    assert [(one["digest"], one["size"], one["seen"], one["remark"]) for one in record["inputs"]] == [
        ("s:0123456789", 12, "opened by [3]", "digest of a sample")
    ]
    assert record["rerun"] == {
        "verdict": "differs",
        "reasons": [{"cell": "cell [3]", "line": "df = load()", "text": "was edited after it ran"}],
        "label": "traced",
        "cells": 2,
        "program": "trackbook/program.py",
    }
    assert record["written"] == [{"path": "out.csv", "size": 3, "kept": None}]
    assert record["snapshots"][0] | {"taken_ms": 0} == {
        "when": "end",
        "origin": "live",
        "unsaved": True,
        "taken_ms": 0,
        "path": "trackbook/notebook.ipynb",
    }
    assert record["secrets"] == [{"kind": "token", "place": "param lr", "line": 1}]
    assert record["packages"] == [
        {"name": "numpy", "before": "1.0", "after": "2.0"},
        {"name": "pandas", "before": None, "after": "3.0"},
        {"name": "scipy", "before": "1.1", "after": None},
    ]


def test_a_notebook_that_was_the_same_at_start_and_end_is_told_once(session, full_run):
    card = card_of(session.reading, full_run)
    [end] = card["record"]["snapshots"]
    for path, told in (("trackbook/other.ipynb", "at the start"), (end["path"], "the same at the start and the end")):
        card["record"]["snapshots"] = [end | {"when": "start", "path": path}, end]
        html = static.card_html(card)
        assert f"notebook snapshot: {told} from the open document" in html
        assert html.count("from the open document") == (2 if told == "at the start" else 1)


@pytest.mark.parametrize(
    ("tag", "profile", "shape", "seen"),
    [
        (None, {"num_rows": 569, "num_columns": 30}, [569, 30], "logged"),
        ("passed to fit", {"shape": [4, 3, 2]}, [4, 3, 2], "passed to fit"),
        ("opened by an earlier cell", {"cell": 3}, [], "opened by an earlier cell [3]"),
        ("opened", {"seen": "named"}, [], "named"),
        ("opened", {"seen": "named in the code"}, [], "named"),
        ("opened", {"shape": ["x", -1], "cell": "3", "size_bytes": -5}, [], "opened"),
    ],
)
def test_inputs_say_how_large_they_are_and_how_they_were_seen(record_of, new_run, tag, profile, shape, seen):
    run = new_run("seen", end=None)
    given = {tags.INPUT_SEEN: tag} if tag else {}
    run.log_input(Dataset("a", "d", profile=json.dumps(profile)), tags=given)
    [one] = record_of(run)["inputs"]
    assert (one["shape"], one["seen"], one["size"]) == (shape, seen, None)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ({"kind": "deleted", "execution_count": 2}, "cell [2] is no longer in the notebook"),
        ({"kind": "not run", "line": "x = 1"}, "a cell stands above and would take part, but had no part in this run"),
        (
            {"kind": "raised", "execution_count": 15, "error": "ValueError"},
            "cell [15] raised ValueError, and what it did before that matters",
        ),
        ({"kind": "raised"}, "raised an error, and what it did before that matters"),
        (
            {"kind": "interrupted", "execution_count": 2},
            "cell [2] was interrupted, and what it did before that matters",
        ),
        (
            {"kind": "gone", "execution_count": 4, "names": ["a", "b"]},
            "cell [4] reads a, b, which no cell defines any more",
        ),
        ({"kind": "missing", "names": ["a"]}, "a is read, and no recorded cell defined it"),
        (
            {"kind": "missing", "names": list("abcdefg")},
            "a, b, c, d, e and 2 more are read, and no recorded cell defined them",
        ),
        (
            {"kind": "twice", "execution_count": 3, "draws": ["numpy", 3], "code": ["clean", "tools.add"]},
            (
                "cell [3] ran more than once, and more than its last run matters "
                "(it may draw from NumPy's shared generator, which was seeded before: set the seed in this cell; "
                "clean, tools.add may change what the cell gives to it: hand over a copy)"
            ),
        ),
        ({"kind": "no document"}, "the notebook itself could not be read"),
        ({"kind": "of a later version"}, "of a later version"),
    ],
)
def test_reasons_are_said_in_plain_words(record_of, new_run, reason, said):
    run = new_run("why", end=None)
    run.log_text(json.dumps({"verdict": "differs", "reasons": [reason]}), tags.STATE_FILE)
    assert texts.reason_text(record_of(run)["rerun"]["reasons"][0]) == said


@pytest.mark.parametrize(
    "content", ["", "[", "[" * 9999, "3", '{"written": 3, "reasons": 3, "snapshots": [3], "replaced": {}}']
)
def test_files_that_say_nonsense_are_as_good_as_absent(record_of, new_run, content):
    run = new_run("odd", end=None)
    for path in (tags.FILES_FILE, tags.STATE_FILE, tags.SECRETS_FILE, tags.NOTEBOOK_ABOUT_FILE):
        run.log_text(content, path)
    run.log_input(Dataset("a", "d", profile="[" * 9999))
    record = record_of(run)
    assert record["inputs"][0]["remark"] == ""
    rerun = record["rerun"]
    assert record | {"inputs": [], "input_count": 0, "rerun": None} == NONE
    assert rerun is None or (rerun["verdict"], rerun["reasons"]) == ("unknown", [])


LONG = "param " + "long" * 60
SAID = [
    "secrets were replaced in param lr: token (2)",
    f"secrets were replaced in {LONG}: password, AWS key, token"[:300],
    "secrets were replaced in trackbook/environment.json: password (70)",
    "secrets were replaced in tag told: key",
    "secrets were replaced in trackbook/lock/uv.lock: token in a URL",
    "git was not found",
]


def secret_run(new_run):
    run = new_run("secret", end=None)
    run.set_tag(tags.WARNINGS, json.dumps(SAID))
    rows = [{"place": "trackbook/environment.json", "kind": "password", "line": line} for line in range(70)]
    rows += [{"place": "param lr", "kind": "token", "line": 3}, {"place": LONG, "kind": "password", "line": 1}]
    run.log_text(json.dumps({"replaced": rows}), tags.SECRETS_FILE)
    run.end()
    return run


def test_what_the_list_of_secrets_tells_is_no_warning_too(session, new_run):
    """Though the list has other words for it, is cut, or is older than the warning."""
    run = secret_run(new_run)
    card = card_of(session.reading, run.run_id)
    assert card["warnings"] == ["git was not found"]
    found = card["record"]["secrets"]
    assert len(found) == 60
    assert found[:4] == [
        {"kind": "token", "place": "param lr", "line": 3},
        {"kind": "password", "place": LONG, "line": 1},
        {"kind": "key", "place": "tag told", "line": None},
        {"kind": "password", "place": "trackbook/environment.json", "line": 0, "quiet": True},
    ]


def test_before_the_list_is_there_the_cell_s_own_secrets_are_a_warning(session, new_run):
    run = secret_run(new_run)
    card = card_of(session.reading, run.run_id, with_record=False)
    assert card["warnings"] == [SAID[0], SAID[1], SAID[3], SAID[5]]


@pytest.mark.parametrize(
    ("place", "loud"),
    [
        ("trackbook/source.py", True),
        ("trackbook/outputs.json", True),
        ("trackbook/traceback.txt", True),
        ("param lr", True),
        ("tag a: b", True),
        ("the name of param password", True),
        ("trackbook/history.json", False),
        ("trackbook/notebook.ipynb", False),
        ("trackbook/environment.json", False),
        ("trackbook/source.python", False),
    ],
)
def test_only_the_cell_s_own_secrets_are_told_loudly(session, new_run, place, loud):
    run = new_run("secret", end=None)
    run.set_tag(tags.WARNINGS, json.dumps([f"secrets were replaced in {place}: key"]))
    run.end()
    card = card_of(session.reading, run.run_id)
    assert card["warnings"] == []
    html, text = static.card_html(card), texts.card_text(card)
    assert ("⚠ secrets were replaced in 1 place<" in html) is loud
    assert ("secrets were replaced in 1 place" in text) is loud
    assert (f"secrets were replaced in {place.removeprefix('trackbook/')}" in text) is not loud


def test_quiet_places_are_one_line(session, new_run):
    run = secret_run(new_run)
    html = static.card_html(card_of(session.reading, run.run_id))
    assert "⚠ secrets were replaced in 3 places<" in html
    assert html.count("environment.json") == 1
    assert "secrets were also replaced in environment.json<" in html


def test_the_static_page_and_the_text_tell_it_too(session, full_run):
    widget = CardWidget(card_of(session.reading, full_run), session)
    html, text = widget.static_html(), widget.text()
    assert " · Failed" in text.splitlines()[0]
    for part in (
        "the notebook would not run the same code",
        "cell [3] was edited after it ran",
        "<code>df = load()</code>",
        "traced · trackbook/program.py",
        "1 input<",
        "s:01234567</code>",
        "out.csv",
        "at the end from the open document, not saved, 2023-11-14 22:13 UTC",
        "secrets were replaced in 1 place",
        "3 packages changed since the version before",
    ):
        assert part in html, part
    assert "<script" not in html
    assert "files written: out.csv\nthe notebook would not run the same code" in text
    assert "secrets were replaced in 1 place" in text
    assert "2023" not in text


def test_many_are_cut_and_counted(session, new_run):
    run = new_run("many", end=None)
    for i in range(80):
        run.log_input(Dataset(f"part-{i:03}", "d"))
    run.end()
    card = card_of(session.reading, run.run_id)
    assert (len(card["record"]["inputs"]), card["record"]["input_count"]) == (60, 80)
    html = static.card_html(card)
    assert "80 inputs" in html
    assert "… 60 more rows" in html
