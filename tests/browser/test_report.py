"""`%report` is made of the notebook as it is open, saved or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

if TYPE_CHECKING:
    from labdriver import LabNotebook, Opener

SOURCES = {
    "load": "%load_ext trackbook",
    "first": "print('first output'.upper())",
    "edited": "print('as saved')",
    "report": "%report out.html",
}
METADATA = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}


@pytest.fixture
def notebook(opener: Opener) -> LabNotebook:
    folder = opener.lab.folder / "report"
    folder.mkdir(exist_ok=True)
    (folder / "pyproject.toml").touch()
    made = new_notebook(cells=[new_code_cell(source, id=name) for name, source in SOURCES.items()], metadata=METADATA)
    nbformat.write(made, folder / "lesson.ipynb")
    return opener.open(folder / "lesson.ipynb")


@pytest.mark.parametrize("reloaded", [False, True], ids=["as opened", "after a reload of the page"])
def test_a_report_holds_what_was_never_saved(notebook: LabNotebook, reloaded: bool) -> None:
    notebook.run("load")
    notebook.run("first")
    if reloaded:
        notebook.save()
        notebook.page.reload()
        notebook.wait_until_open()
        notebook.wait_until_idle()
    notebook.set_source("edited", "print('never saved'.upper())")
    notebook.run("edited")
    notebook.run("report")
    assert "made from the notebook as it was open" in notebook.text("report")
    html = (notebook.path.parent / "out.html").read_text("utf-8")
    assert "FIRST OUTPUT" in html
    assert "NEVER SAVED" in html
