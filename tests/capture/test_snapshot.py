"""A snapshot is valid for its own nbformat version, in nbformat's own bytes, whatever the document was."""

from __future__ import annotations

import json
from typing import Any

import nbformat
import pytest
from nbformat import v3
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from trackbook.capture import snapshot as module
from trackbook.capture.notebook import parsed
from trackbook.capture.snapshot import snapshot

TOKEN = "ghp_" + "aB3dE6gH9" * 4


def code(source: str, **given: Any) -> dict[str, Any]:
    made = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}
    return made | given


def document(*cells: Any, minor: Any = 5, **given: Any) -> dict[str, Any]:
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": minor} | given


def checked(text: str) -> nbformat.NotebookNode:
    """What is read from the text: valid, and the same bytes when it is written again."""
    read = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
    nbformat.validate(json.loads(text), relax_add_props=False)
    assert nbformat.writes(read, version=nbformat.NO_CONVERT) + "\n" == text
    return read


def test_a_document_comes_back_as_nbformat_would_write_it() -> None:
    picture = {"image/svg+xml": "<svg>\n</svg>", "image/png": "aGk=", "application/json": {"b": [1], "a": "x\ny"}}
    outputs = [
        new_output("stream", text="one\ntwo"),
        new_output("display_data", picture),
        new_output("execute_result", {"text/plain": "4\n2"}, execution_count=3),
        new_output("error", ename="E", evalue="no", traceback=["a\nb", "c"]),
    ]
    made = new_notebook(
        cells=[
            new_markdown_cell("# Ünder\n![p](attachment:p.png)", attachments={"p.png": {"image/png": "aGk="}}),
            new_raw_cell(""),
            new_code_cell("x = 1\nx", execution_count=3, outputs=outputs, metadata={"tags": ["a"], "trusted": True}),
        ],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "P"},
            "signature": "s",
            "own": {"deep": [{"a": 1}]},
        },
    )
    plain = json.loads(json.dumps(made))
    found = snapshot(plain, outputs=True)
    assert found.text == nbformat.writes(made) + "\n"
    assert (found.mended, found.cut, found.findings) == ((), {}, ())
    assert plain == made, "nothing that was given is changed"
    checked(found.text)


def test_without_outputs_nothing_is_left_of_what_a_run_changes() -> None:
    ran = code("x", id="a", execution_count=7, outputs=[{"output_type": "stream", "name": "stdout", "text": "hi"}])
    ran["metadata"] = {"execution": {"iopub.status.busy": "2026"}, "tags": ["t"]}
    assert snapshot(document(ran)).text == snapshot(document(code("x", id="a", metadata={"tags": ["t"]}))).text


@pytest.mark.parametrize("minor", [0, 2, 4])
def test_ids_are_left_out_where_the_format_has_none(minor: int) -> None:
    found = snapshot(document(code("x = 1", id="a"), {"cell_type": "markdown", "source": ["# T"]}, minor=minor))
    read = checked(found.text)
    assert (read.nbformat_minor, ["id" in cell for cell in read.cells]) == (minor, [False, False])
    assert found.mended == ()


def test_ids_that_are_missing_wrong_or_there_twice_are_mended_the_same_way_each_time() -> None:
    cells = [code("x", id="a"), code("y", id="a"), code("z"), code("z", id="not valid!"), code("w", id="a-2")]
    found = snapshot(document(*cells))
    ids = [cell.id for cell in checked(found.text).cells]
    assert ids[0] == "a"
    assert ids[1] == "a-3", "a-2 is another cell's own"
    assert ids[4] == "a-2"
    assert len(set(ids)) == 5
    assert found.mended == (
        "2 cells had no valid id and were given one each",
        "1 cell had another's id and was given its own",
    )
    assert snapshot(document(*cells)).text == found.text


def test_a_notebook_of_nbformat_3_is_brought_to_4() -> None:
    cells = [v3.new_heading_cell("Title"), v3.new_code_cell("print 1", prompt_number=2)]
    old = v3.new_notebook(worksheets=[v3.new_worksheet(cells=cells)])
    first, second = parsed(json.dumps(old).encode()), parsed(json.dumps(old).encode())
    assert first is not None
    assert second is not None
    found = snapshot(first)
    assert [cell.source for cell in checked(found.text).cells] == ["# Title", "print 1"]
    assert found.mended[0] == "nbformat 3 was written as 4.5"
    assert snapshot(second).text == found.text, "the ids are not drawn at random"


@pytest.mark.parametrize(
    "broken",
    [
        {"cells": []},
        document(3, None, "x", {"cell_type": "widget", "source": None, "x": 1}, {}),
        document(code("x", id="a", extra=1, metadata=None, outputs=None, execution_count="7"), extra={}),
        document(minor=None),
        document(metadata={"kernelspec": {"name": "x"}, "language_info": [], "authors": "me", "title": 3}),
        document(metadata=[]),
        document(code(["a\n", 3, "b"], id="a", attachments={})),
        document({"cell_type": "markdown", "source": "", "id": "m", "metadata": {}, "attachments": {"a": 3}}),
    ],
)
def test_what_is_broken_is_mended(broken: Any) -> None:
    checked(snapshot(broken, outputs=True).text)


def test_secrets_are_replaced_and_the_bytes_stay_nbformat_s() -> None:
    found = snapshot(document(code(f"a = 1\nkey = '{TOKEN}'\n", id="a"), metadata={"note": TOKEN}))
    assert TOKEN not in found.text
    assert [one.kind for one in found.findings] == ["GitHub token", "GitHub token"]
    assert checked(found.text).cells[0].source == "a = 1\nkey = '[secret: GitHub token]'\n"


def test_outputs_are_capped_by_cell_and_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CELL", 300)
    monkeypatch.setattr(module, "MOST_OUTPUTS", 500)
    short = {"output_type": "stream", "name": "stdout", "text": "x" * 150}
    cells = [
        code("a", id="a", outputs=[short, short]),
        code("b", id="b", outputs=[short]),
        code("c", id="c", outputs=[short]),
    ]
    found = snapshot(document(*cells), outputs=True)
    assert [len(cell.outputs) for cell in checked(found.text).cells] == [1, 1, 0]
    assert found.cut == {"a": 1, "c": 1}
