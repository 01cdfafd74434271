"""The notebook is found by what each way of running it tells, with the real thing where it can be had."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from tests.share import long, share

from trackbook.connect import connect
from trackbook.core.ports import RunQuery

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Notebook
    from trackbook.core.entities import Run

TRACKED = "%%track --quiet\nscore = lr * 2"
SOURCES = ["%load_ext trackbook", "lr = 0.1", TRACKED]
WAIT = "from trackbook.jupyter.extension import loaded\nassert loaded().hooks.workers.wait(100)"
"""A runner kills a kernel that takes more than five seconds to end."""
METADATA = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def written(path: Path, sources: list[str]) -> Path:
    cells = [new_code_cell(source, id=f"c{number}") for number, source in enumerate(sources)]
    cells[1].metadata["tags"] = ["parameters"]
    nbformat.write(new_notebook(cells=cells, metadata=METADATA), path)
    return path


def run_by(folder: Path, *command: str) -> None:
    """In a process that knows no notebook of ours."""
    ours = ("TRACKBOOK_", "MLFLOW_", "JPY_", "PYTEST_")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environ |= {"IPYTHONDIR": str(folder / "ipython"), "TRACKBOOK_SYSTEM_METRICS": "0"}
    (folder / "pyproject.toml").touch()
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, env=environ, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr


def recorded(folder: Path) -> tuple[dict[str, str], dict[str, Any], list[str]]:
    """Tags of the only run, what is said of its last snapshot, and the snapshot's sources."""
    home = folder / ".trackbook"
    store = connect(str(home), journal=home / "journal")
    try:
        (run,) = store.runs.search(RunQuery()).items
        with store.artifacts.open(run.info.run_id, "trackbook/notebook.json") as file:
            about = json.loads(file.read())["snapshots"][-1]
        with store.artifacts.open(run.info.run_id, "trackbook/notebook.ipynb") as file:
            text = file.read().decode()
    finally:
        store.close()
    read = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
    nbformat.validate(read)
    return run.data.tags, about, [cell.source for cell in read.cells]


def runs_of(folder: Path) -> list[Run]:
    home = folder / ".trackbook"
    store = connect(str(home), journal=home / "journal")
    try:
        return list(store.runs.search(RunQuery()).items)
    finally:
        store.close()


@pytest.mark.soak
@pytest.mark.parametrize(
    ("options", "sources"),
    share([([], 4), (["--inject-paths", "-p", "lr", "0.5"], 5)], 2),
    ids=share(["known by the cells, which are those of its input too", "its paths are told"], 2),
)
def test_papermill_s_output_is_recorded_under_its_input_s_name(
    tmp_path: Path, options: list[str], sources: int
) -> None:
    written(tmp_path / "in.ipynb", [*SOURCES, WAIT])
    run_by(tmp_path, "papermill", "in.ipynb", "out.ipynb", "--no-progress-bar", *options)
    tags, about, kept = recorded(tmp_path)
    assert tags["trackbook.notebook.path"] == "in.ipynb"
    assert tags["trackbook.cell.line"] == "in.ipynb#c2"  # by its input's id, as in JupyterLab
    assert (about["origin"], about["path"]) == ("file", "out.ipynb")
    assert len(kept) == sources
    assert kept[-2:] == [TRACKED, WAIT]


@pytest.mark.soak
@long
def test_papermill_s_notebooks_are_found_in_other_folders_than_the_kernel_s(tmp_path: Path) -> None:
    project, made = tmp_path / "project", tmp_path / "made"
    for folder in (project, project / "notebooks", made):
        folder.mkdir()
    written(project / "notebooks" / "in.ipynb", [*SOURCES, WAIT])
    git = ["git", "-C", str(project), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for command in (["init", "-q"], ["add", "notebooks"], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *command], check=True)
    options = ("-p", "lr", "0.5", "--no-progress-bar")
    run_by(project, "papermill", "notebooks/in.ipynb", str(made / "out.ipynb"), *options)
    tags, about, kept = recorded(project)
    assert (tags["trackbook.notebook.path"], tags["trackbook.cell.line"]) == (
        "notebooks/in.ipynb",
        "notebooks/in.ipynb#c2",
    )
    assert tags["trackbook.git.dirty"] == "false"
    assert tags["trackbook.state"] == "reproducible"
    assert (about["origin"], about["path"], len(kept)) == ("file", "out.ipynb", 5)
    assert [run.data.params for run in runs_of(project)] == [{"lr": "0.5"}]
    assert list((project / ".trackbook" / "journal").iterdir()) == []
    assert not (made / ".trackbook").exists()


def test_what_papermill_makes_belongs_to_its_input_s_project_and_repository(
    bare: Notebook, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path_factory.mktemp("made")
    written(made / "out.ipynb", SOURCES)
    written(tmp_path / "in.ipynb", SOURCES)
    git = ["git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for command in (["init", "-q"], ["add", "in.ipynb"], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *command], check=True)
    monkeypatch.setenv("PAPERMILL_INPUT_PATH", str(tmp_path / "in.ipynb"))
    monkeypatch.setenv("PAPERMILL_OUTPUT_PATH", str(made / "out.ipynb"))
    for source in SOURCES:
        bare.ran(source)
    assert bare.hooks.workers.wait(20)
    assert bare.last.data.tags["trackbook.git.dirty"] == "false"  # though git does not know what is being made
    assert bare.last.data.tags["trackbook.cell.line"] == "in.ipynb#c2"
    assert [path.name for path in made.iterdir()] == ["out.ipynb"]


def test_a_runner_that_tells_nothing_is_known_by_the_cells(tmp_path: Path) -> None:
    written(tmp_path / "mine.ipynb", [*SOURCES, WAIT])
    written(tmp_path / "other.ipynb", ["%load_ext trackbook", "lr = 0.3", TRACKED, WAIT])
    run_by(tmp_path, "jupyter", "execute", "mine.ipynb")
    tags, about, kept = recorded(tmp_path)
    assert (tags["trackbook.notebook.path"], tags["trackbook.cell.line"]) == ("mine.ipynb", "mine.ipynb#c2")
    assert (about["origin"], kept) == ("file", [*SOURCES, WAIT])


@pytest.mark.soak
@long
def test_a_second_nbconvert_in_a_folder_with_its_first_output_knows_its_notebook(tmp_path: Path) -> None:
    written(tmp_path / "mine.ipynb", SOURCES)
    nbconvert = ("nbconvert", "--to", "notebook", "--execute", "--output", "out.ipynb", "mine.ipynb")
    for _ in range(2):
        run_by(tmp_path, "jupyter", *nbconvert)
    home = tmp_path / ".trackbook"
    store = connect(str(home), journal=home / "journal")
    found = [run.data.tags["trackbook.notebook.path"] for run in store.runs.search(RunQuery()).items]
    store.close()
    assert found == ["mine.ipynb", "mine.ipynb"]


def test_vs_code_names_its_file_and_has_ids_of_its_own(bare: Notebook, tmp_path: Path) -> None:
    path = written(tmp_path / "mine.ipynb", SOURCES)
    os.utime(path, (1e9, 1e9))
    named = f"__vsc_ipynb_file__ = {str(path)!r}"
    bare.shell.run_cell(named, silent=True, store_history=False)
    for number, source in enumerate(["%load_ext trackbook", "lr = 0.1", "lr = 0.2", TRACKED]):
        bare.ran(source, f"vscode-notebook-cell:/mine.ipynb#W{min(number, 1) + (number == 3)}sZmlsZQ%3D%3D")
    assert bare.last.data.tags["trackbook.notebook.path"] == "mine.ipynb"
    about = json.loads(bare.artifact(bare.last, "trackbook/notebook.json"))["snapshots"][-1]
    assert (about["origin"], about["replaced"], about["added"]) == ("file+history", ["c1"], [])
    read = nbformat.reads(bare.artifact(bare.last, "trackbook/notebook.ipynb"), as_version=4)
    assert [(cell.id, cell.source) for cell in read.cells][1:] == [("c1", "lr = 0.2"), ("c2", TRACKED)]


TRAIN = ["%%track --quiet\nC = 1.0\nscore = C * lr", "%%track --quiet\nC = 10.0\nscore2 = C * lr"]


def test_similar_cells_without_ids_have_those_of_the_file(
    notebook: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice = "%%track --quiet\nlr = 0.5"
    path = written(tmp_path / "mine.ipynb", ["lr = 0.1", *TRAIN, twice, twice])
    monkeypatch.setenv("TRACKBOOK_NOTEBOOK", str(path))
    for source in ("lr = 0.1", *TRAIN, twice):
        notebook.ran(source)
    found = [notebook.cell(run) for run in notebook.runs]
    assert [(one.line, one.cell_id, one.version, one.guessed) for one in found[:2]] == [
        ("mine.ipynb#c1", "c1", 1, False),
        ("mine.ipynb#c2", "c2", 1, False),
    ]
    assert (found[2].cell_id, found[2].guessed) == (None, True)  # which of the two it is nobody can tell


def test_cells_of_one_id_are_told_apart_by_their_sources_and_the_run_says_so(
    notebook: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "mine.ipynb", ["lr = 0.1", *TRAIN])
    path.write_text(path.read_text().replace('"c2"', '"c1"'))
    monkeypatch.setenv("TRACKBOOK_NOTEBOOK", str(path))
    notebook.ran("lr = 0.1", "c0")
    for source in (*TRAIN, TRAIN[1].replace("10.0", "20.0"), TRAIN[0]):
        notebook.ran(source, "c1")
        assert notebook.hooks.workers.wait(20)
    found = [notebook.cell(run) for run in notebook.runs]
    assert [(one.line.partition("#")[2], one.version, one.cell_id) for one in found] == [
        ("c1", 1, "c1"),
        ("c1-2", 1, "c1"),
        ("c1-2", 2, "c1"),
        ("c1", 2, "c1"),
    ]
    said = "2 cells of the notebook have the id c1: their lines are told apart by their sources; --cell names one"
    assert all(said in run.data.tags["trackbook.warnings"] for run in notebook.runs)
