"""A tracked cell's run has its minimal program and the verdict on hidden state."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import nbformat

from trackbook.core import tags

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from conftest import Notebook


def test_a_run_gets_its_program_and_a_verdict(notebook: Notebook) -> None:
    notebook.ran("base = 20")
    notebook.ran("unrelated = 'a note'")
    notebook.ran("%%track --quiet\nscore = base * 2.0")
    assert notebook.hooks.workers.wait(20)
    script = notebook.artifact(notebook.last, tags.PROGRAM_FILE)
    assert "base = 20" in script
    assert "unrelated" not in script
    made: dict[str, float] = {}
    exec(script.replace("# left out", "#"), made)
    assert made["score"] == 40.0
    state = json.loads(notebook.artifact(notebook.last, tags.STATE_FILE))
    assert state["verdict"] == "unknown"  # there is no notebook file here
    assert notebook.last.data.tags[tags.PROGRAM_LABEL] == "traced"


def test_a_seed_that_is_set_for_all_cells_is_in_the_program(notebook: Notebook) -> None:
    notebook.ran("import random")
    notebook.ran("%track set seed=3")
    notebook.ran("%%track --quiet\ndrawn = random.random()")
    notebook.ran("wished = 5")
    notebook.ran("%%track --quiet --seed {wished}\nother = random.random()")
    assert notebook.hooks.workers.wait(20)
    for run, seed in zip(notebook.runs[-2:], ("3", "5"), strict=True):
        made: dict[str, float] = {}
        exec(notebook.artifact(run, tags.PROGRAM_FILE), made)
        (key,) = run.data.metrics
        assert run.data.params["seed"] == seed
        assert made[key] == run.data.metrics[key]


def test_a_cell_that_was_edited_and_not_saved_was_not_edited_after_it_ran(
    notebook: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.ipynb"
    cell = nbformat.v4.new_code_cell("%%track --quiet\nscore = 1.5", id="fit")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    os.utime(path, (1, 1))
    monkeypatch.setenv("TRACKBOOK_NOTEBOOK", str(path))
    notebook.ran("%%track --quiet\nscore = 2.5", cell_id="fit")
    assert notebook.hooks.workers.wait(20)
    assert notebook.last.data.tags[tags.STATE] == "reproducible"
    cell.source = "%%track --quiet\nscore = 3.5"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    os.utime(path, (4_000_000_000, 4_000_000_000))
    notebook.ran("%%track --quiet\nscore = 2.5", cell_id="fit")
    assert notebook.hooks.workers.wait(20)
    assert notebook.last.data.tags[tags.STATE] == "differs"
