"""An artifact is shown as data that no page executes, however hostile, large or broken it is."""

import base64
import json

import pytest

from trackbook.errors import NotFound, UnsafePath
from trackbook.widgets.previews import MAX_ROWS, MAX_TEXT, preview

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.fixture
def kept(session, new_run):
    """Keep bytes under a path and look at them."""

    def look(path, data):
        run = new_run("run", end=None)
        run.log_bytes(data, path)
        run.end()
        return preview(session.reading, run.run_id, path)

    return look


@pytest.mark.parametrize("path", ["page.html", "drawing.svg", "notes.txt", "script.js"])
def test_documents_are_shown_as_their_text(kept, path):
    assert kept(path, SVG.encode()) == {"kind": "text", "text": SVG, "rows": [], "uri": None, "said": ""}


def test_a_picture_is_one_by_its_own_bytes(kept):
    assert kept("a.png", PNG)["uri"].startswith("data:image/png;base64,")
    fake = kept("b.png", SVG.encode())
    assert (fake["kind"], fake["uri"]) == ("none", None)


def test_tables_are_rows(kept):
    found = kept("a.csv", b"a,b\n1,<b>x</b>\n")
    assert (found["kind"], found["rows"]) == ("table", [["a", "b"], ["1", "<b>x</b>"]])
    many = kept("b.csv", b"a\n" + b"1\n" * 500_000)
    assert (len(many["rows"]), many["said"]) == (MAX_ROWS + 1, f"the first {MAX_ROWS} rows")


def test_json_is_indented(kept):
    assert kept("a.json", b'{"a": [1]}')["text"] == '{\n  "a": [\n    1\n  ]\n}'
    assert kept("b.json", b"[" * 5000)["kind"] == "text"


def test_a_notebook_is_its_cells_without_what_they_put_out(kept):
    cells = [
        {"cell_type": "markdown", "source": ["# One\n", "<b>two</b>"]},
        {"cell_type": "code", "source": "C = 1", "execution_count": 7, "outputs": [{"text": "x" * MAX_TEXT}]},
    ]
    found = kept("notebook.ipynb", json.dumps({"nbformat": 4, "cells": cells}).encode())
    assert found["kind"] == "notebook"
    assert found["rows"] == [["markdown", "", "# One\n<b>two</b>"], ["code", "7", "C = 1"]]
    assert kept("broken.ipynb", b'{"cells": [{"source": 3}]}')["kind"] == "text"


def test_what_is_huge_or_binary_stays_where_it_is(kept):
    assert kept("a.bin", b"\0\1\2" * 1000)["kind"] == "none"
    assert kept("latin.txt", "é".encode("latin-1") * 9)["kind"] == "none"
    assert len(kept("long.txt", "é".encode() * 3_000_000)["text"]) == MAX_TEXT


def test_what_is_gone_or_outside_is_refused(session, new_run):
    run = new_run("run")
    with pytest.raises(NotFound):
        preview(session.reading, run.run_id, "gone.txt")
    with pytest.raises(UnsafePath):
        preview(session.reading, run.run_id, "../../etc/passwd")
