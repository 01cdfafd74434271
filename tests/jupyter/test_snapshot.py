"""The notebook as it was is kept with the run, and where it comes from is said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import nbformat

from trackbook.jupyter.extension import loaded
from trackbook.jupyter.frontend import Document

if TYPE_CHECKING:
    import pytest
    from conftest import Notebook

SOURCE = "key = 'ghp_" + "aB3dE6gH9" * 4 + "'"


def document(source: str) -> dict[str, object]:
    cell = nbformat.v4.new_code_cell(source, outputs=[nbformat.v4.new_output("stream", text="printed")])
    return json.loads(nbformat.writes(nbformat.v4.new_notebook(cells=[cell])))


def test_the_saved_file_is_kept_without_outputs_and_secrets(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = notebook.home.parent / "mine.ipynb"
    path.write_text(json.dumps(document(SOURCE)))
    monkeypatch.setenv("TRACKBOOK_NOTEBOOK", str(path))
    notebook.ran("%%track --quiet\nx = 1")
    kept = nbformat.reads(notebook.artifact(notebook.last, "trackbook/notebook.ipynb"), as_version=4)
    nbformat.validate(kept)
    assert kept.cells[0].source == "key = '[secret: GitHub token]'"
    assert kept.cells[0].outputs == []
    about = json.loads(notebook.artifact(notebook.last, "trackbook/notebook.json"))
    assert (about["origin"], about["when"]) == ("file", "start")


def test_the_open_document_is_attached_when_it_comes(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    extension = loaded()
    assert extension is not None
    waiting = []
    monkeypatch.setattr(extension.frontend, "is_there", True)
    monkeypatch.setattr(extension.frontend, "request_document", lambda callback, _: waiting.append(callback))
    notebook.ran("%%track --quiet\nx = 1")
    assert notebook.hooks.workers.wait(20)
    assert len(waiting) == 2
    waiting[1](Document("mine.ipynb", document("x = 'end'"), dirty=True))
    waiting[0](Document("mine.ipynb", document("x = 'start'"), dirty=True))
    assert notebook.hooks.workers.wait(20)
    assert "x = 'end'" in notebook.artifact(notebook.last, "trackbook/notebook.ipynb"), "the later one stands"
    about = json.loads(notebook.artifact(notebook.last, "trackbook/notebook.json"))
    assert (about["origin"], about["when"], about["unsaved"]) == ("live", "end", True)
