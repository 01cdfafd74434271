"""Finding and reading the notebook's file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from trackbook.capture import notebook
from trackbook.capture.notebook import find_notebook, read_notebook, relative_name


@pytest.mark.parametrize(
    ("environ", "namespace", "found_by"),
    [
        ({"TRACKBOOK_NOTEBOOK": "/p/a.ipynb", "JPY_SESSION_NAME": "/q/b.ipynb"}, {}, "TRACKBOOK_NOTEBOOK"),
        ({"JPY_SESSION_NAME": "/p/a.ipynb"}, {}, "JPY_SESSION_NAME"),
        ({}, {"__vsc_ipynb_file__": "/p/a.ipynb"}, "__vsc_ipynb_file__"),
        ({}, {"__session__": "/p/a.ipynb"}, "__session__"),
        ({}, {"PAPERMILL_OUTPUT_PATH": "/p/a.ipynb"}, "PAPERMILL_OUTPUT_PATH"),
        ({"PYTEST_CURRENT_TEST": "/p/a.ipynb::Cell 0 (setup)"}, {}, "PYTEST_CURRENT_TEST"),
    ],
)
def test_the_first_variable_that_names_a_notebook_wins(
    environ: dict[str, str], namespace: dict[str, Any], found_by: str
) -> None:
    place = find_notebook(environ, namespace)
    assert place is not None
    assert (place.path, place.found_by) == (Path("/p/a.ipynb"), found_by)


def test_nothing_that_names_a_notebook_is_no_error() -> None:
    assert find_notebook({"JPY_SESSION_NAME": "Console 1"}, {"__session__": object()}) is None
    assert find_notebook({"PYTEST_CURRENT_TEST": "tests/test_a.py::test_b"}, {}) is None


def test_a_relative_name_is_looked_for_upward(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "a.ipynb").write_text("{}")
    place = find_notebook({"PYTEST_CURRENT_TEST": "notebooks/a.ipynb::Cell 1"}, {}, tmp_path / "notebooks")
    assert place is not None
    assert place.path == tmp_path / "notebooks" / "a.ipynb"


def test_a_name_is_relative_to_the_project_where_it_can_be(tmp_path: Path) -> None:
    assert relative_name(tmp_path / "n" / "a.ipynb", tmp_path) == "n/a.ipynb"
    assert relative_name(Path("/elsewhere/a.ipynb"), tmp_path) == "a.ipynb"


def test_only_a_regular_file_of_bearable_size_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.ipynb"
    file.write_bytes(b"{}")
    os.mkfifo(tmp_path / "pipe.ipynb")
    assert read_notebook(file) == b"{}"
    assert read_notebook(tmp_path / "gone.ipynb") is None
    assert read_notebook(tmp_path) is None
    assert read_notebook(tmp_path / "pipe.ipynb") is None
    monkeypatch.setattr(notebook, "LARGEST_BYTES", 1)
    assert read_notebook(file) is None
