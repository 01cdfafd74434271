"""What was executed stands in the snapshot of a file that does not have it."""

from __future__ import annotations

from typing import Any

from trackbook.capture.cells import History
from trackbook.capture.executed import from_executed, with_executed
from trackbook.capture.snapshot import code_cell, joined

SAVED_MS = 1000


def document(*cells: tuple[str | None, str]) -> dict[str, Any]:
    made = [code_cell(source, name) for name, source in cells]
    return {"cells": [{"cell_type": "markdown", "source": "# T"}, *made], "nbformat": 4, "nbformat_minor": 5}


def history(*executed: tuple[str | None, str], start_ms: int = 2000) -> History:
    made = History()
    for cell_id, source in executed:
        made.add(source, cell_id=cell_id, start_ms=start_ms)
    return made


def merged(content: dict[str, Any], executed: History) -> tuple[list[str], list[str], list[str]]:
    found = with_executed(content, executed.executions, SAVED_MS)
    sources = [joined(cell["source"]) for cell in found.content["cells"] if cell["cell_type"] == "code"]
    return sources, found.replaced, found.added


def test_a_cell_that_was_edited_is_as_it_was_executed_last() -> None:
    content = document(("a", "lr = 0.1"), ("b", "train()"))
    ran = history(("a", "lr = 0.2"), ("b", "train()"), ("a", "lr = 0.3"))
    assert merged(content, ran) == (["lr = 0.3", "train()"], ["a"], [])
    assert content["cells"][1]["source"] == "lr = 0.1", "the file's own document is not changed"


def test_what_ran_before_the_file_was_saved_changes_nothing() -> None:
    content = document(("a", "lr = 0.3"))
    assert merged(content, history(("a", "lr = 0.2"), ("gone", "x = 1"), start_ms=500)) == (["lr = 0.3"], [], [])


def test_without_ids_the_most_similar_cell_is_meant() -> None:
    content = document((None, "model = SVC(C=1.0)\nmodel.fit(X, y)"), (None, "import os"))
    ran = history((None, "import os"), (None, "model = SVC(C=2.0)\nmodel.fit(X, y)"))
    assert merged(content, ran) == (["model = SVC(C=2.0)\nmodel.fit(X, y)", "import os"], ["1"], [])


def test_a_cell_that_is_not_in_the_file_stands_behind_the_one_executed_before_it() -> None:
    content = document(("a", "import os"), ("b", "print('done')"))
    ran = history(("a", "import os"), ("new", "total = sum(range(10))"), ("b", "print('done')"))
    assert merged(content, ran) == (["import os", "total = sum(range(10))", "print('done')"], [], ["new"])


def test_ids_that_are_not_the_file_s_are_learnt_from_the_source() -> None:
    content = document(("a", "x = 1"), ("b", "something_else(entirely=True)"))
    front_end = "vscode-notebook-cell:/p/a.ipynb#W0sZmlsZQ=="
    ran = history((front_end, "x = 1"), (front_end, "print('nothing like it')"))
    assert merged(content, ran) == (["print('nothing like it')", "something_else(entirely=True)"], ["a"], [])


def test_a_copied_cell_s_id_tells_nothing() -> None:
    content = document(("a", "x = 1"), ("a", "yy = 'another'"))
    assert merged(content, history(("a", "yy = 'another one'")))[0] == ["x = 1", "yy = 'another one'"]
    ran = history(("a", "x = 1"), ("a", "yy = 'another one'"))
    assert merged(content, ran) == (["x = 1", "yy = 'another one'"], ["a"], [])


def test_without_a_file_the_executed_cells_are_the_notebook() -> None:
    ran = history(("a", "x = 1"), (None, "y = 1"), (None, "y = 1"), ("a", "x = 2"), ("no id!", "z"))
    cells = from_executed(ran.executions)["cells"]
    assert [(cell["id"], cell["source"]) for cell in cells] == [
        ("a", "x = 2"),
        ("executed-2", "y = 1"),
        ("executed-3", "y = 1"),
        ("executed-5", "z"),
    ]
