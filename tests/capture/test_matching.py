"""A kernel that was told nothing finds its notebook by what it executed."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from trackbook.capture.matching import matching_notebook


def write(path, *sources):
    cells = [new_markdown_cell("# Title"), *(new_code_cell(source) for source in sources)]
    nbformat.write(new_notebook(cells=cells), path)


def test_the_one_that_holds_what_ran_in_that_order_is_found(tmp_path):
    write(tmp_path / "a.ipynb", "x = 1", "y = 2", "z = 3")
    write(tmp_path / "b.ipynb", "y = 2", "x = 1")
    found = matching_notebook(tmp_path, ["x = 1\n", "", "y = 2"])
    assert found is not None
    assert found.path == tmp_path / "a.ipynb"
    assert found.found_by == "its cells"


def test_two_that_fit_are_no_answer(tmp_path):
    write(tmp_path / "a.ipynb", "x = 1", "y = 2")
    write(tmp_path / "copy.ipynb", "x = 1", "y = 2")
    assert matching_notebook(tmp_path, ["x = 1"]) is None


def test_of_two_that_fit_the_one_that_the_runner_was_given_is_meant(tmp_path):
    for name in ("a.ipynb", "out.ipynb", "other.ipynb"):
        write(tmp_path / name, "x = 1", "y = 2")
    found = matching_notebook(tmp_path, ["x = 1"], lambda: {tmp_path.resolve() / "a.ipynb"})
    assert found is not None
    assert (found.path, found.origin) == (tmp_path / "a.ipynb", None)
    assert matching_notebook(tmp_path, ["x = 1"], lambda: set(tmp_path.resolve().iterdir())) is None


def test_where_none_of_the_folder_fits_those_that_the_runner_was_given_are_compared(tmp_path):
    kernel, notebooks, made = (tmp_path / name for name in ("kernel", "notebooks", "made"))
    for folder in (kernel, notebooks, made):
        folder.mkdir()
    write(kernel / "other.ipynb", "z = 3")
    write(notebooks / "in.ipynb", "x = 1", "y = 2")
    write(made / "out.ipynb", "x = 1", "# Parameters\nx = 5", "y = 2")
    document = nbformat.read(made / "out.ipynb", 4)
    document.metadata.papermill = {"start_time": "now", "end_time": None, "input_path": "../notebooks/in.ipynb"}
    nbformat.write(document, made / "out.ipynb")
    given = {notebooks / "in.ipynb", made / "out.ipynb"}
    for executed in (["x = 1"], ["x = 1", "# Parameters\nx = 5"]):
        found = matching_notebook(kernel, executed, lambda: given)
        assert found is not None
        assert (found.path, found.origin) == (made / "out.ipynb", notebooks / "in.ipynb")
    assert matching_notebook(kernel, ["x = 2"], lambda: given) is None
    assert matching_notebook(kernel, ["x = 1"]) is None


def test_files_that_are_no_notebooks_are_passed_over(tmp_path):
    (tmp_path / "torn.ipynb").write_text("{")
    (tmp_path / "list.ipynb").write_text("[1]")
    (tmp_path / "odd.ipynb").write_text('{"cells": [3, {"cell_type": "code", "source": 5}]}')
    (tmp_path / "folder.ipynb").mkdir()
    assert matching_notebook(tmp_path, ["x = 1"]) is None
    assert matching_notebook(tmp_path / "absent", ["x = 1"]) is None
    assert matching_notebook(tmp_path, []) is None
