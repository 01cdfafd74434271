"""The ways in which a tracked cell is run: each runner for real, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from tests.share import share

from trackbook.connect import connect
from trackbook.core import tags
from trackbook.core.ports import RunQuery

if TYPE_CHECKING:
    from pathlib import Path

    from trackbook.core.entities import Run
    from trackbook.core.ports import Store

TRAIN = "import trackbook as tb\nwith tb.start_run():\n    tb.log_metric('inside', len(open('data.csv').read()))\n"
CELLS = (
    "%load_ext trackbook",
    "%%track --cell await\nimport asyncio\nasync def f(): return 0.5\nprint('heard')\nscore = await f()",
    (
        "%%track --cell loop\nimport trackbook as tb\nfor lr in (0.1, 0.2):\n"
        "    with tb.start_run():\n        tb.log_param('lr', lr)\nleft_open = tb.start_run()"
    ),
    "%%track --cell under\n%%time\nlr = 0.1\nloss = lr * 2",
    "%%time\n%%track --cell above\nlr = 0.2\nloss = lr * 2",
    "%%track --cell magics\n%matplotlib inline\nfiles = !echo a\n!echo from the shell\nn = len(files)",
    "%%track --cell run\n%run train.py",
    "%%track --cell outer\nget_ipython().run_cell('%%track --cell inner\\na = 1')\nb = 2",
    "%%track --cell semicolon\nx = 20\nx + 1;",
    "%%track --cell expression\ndef f(n):\n    def g(m):\n        return m * 2\n    return g(n)\ny = 3\nf(y)",
    "%run train.py",
)


def environ(folder: Path) -> dict[str, str]:
    names = ("TRACKBOOK_TRACKING_URI", "MLFLOW_TRACKING_URI", "PYTEST_CURRENT_TEST", "JPY_SESSION_NAME")
    kept = {key: value for key, value in os.environ.items() if key not in names}
    return {**kept, "IPYTHONDIR": str(folder / "ipython"), "TRACKBOOK_SYSTEM_METRICS": "0"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "data.csv").write_text("a,b\n")
    (tmp_path / "train.py").write_text(TRAIN)
    return tmp_path


def ran(project: Path, *command: str, given: str = "") -> str:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=project,
        env=environ(project),
        input=given,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def by_line(store: Store) -> dict[str, Run]:
    """The runs of cells, by the name of their line."""
    found = {}
    for run in store.runs.search(RunQuery()).items:
        cell = store.cells.of_run(run.info.run_id)
        if cell is not None:
            found[cell.line.partition("#")[2]] = run
    return found


def children(store: Store, parent: Run) -> list[Run]:
    runs = store.runs.search(RunQuery(order_by=("start_time ASC",))).items
    return [run for run in runs if run.data.tags.get(tags.PARENT_RUN_ID) == parent.info.run_id]


def text(store: Store, run: Run, path: str) -> str:
    with store.artifacts.open(run.info.run_id, path) as file:
        return file.read().decode()


NBCLIENT = "import nbformat, nbclient; nbclient.NotebookClient(nbformat.read('a.ipynb', 4)).execute()"
RUNNERS: dict[str, tuple[str, ...]] = {
    "nbclient": ("-c", NBCLIENT),
    "nbconvert": ("-m", "nbconvert", "--to", "notebook", "--execute", "--output", "out.ipynb", "a.ipynb"),
    "papermill": ("-m", "papermill", "a.ipynb", "out.ipynb", "--no-progress-bar"),
}


@pytest.mark.soak
@pytest.mark.parametrize("runner", share(RUNNERS, 3))
def test_a_whole_notebook(project: Path, runner: str) -> None:
    cells: list[Any] = [nbformat.v4.new_code_cell(source) for source in CELLS]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), project / "a.ipynb")
    ran(project, *RUNNERS[runner])
    store = connect(project / ".trackbook")
    runs = by_line(store)
    everything = store.runs.search(RunQuery(order_by=("start_time ASC",))).items
    assert [run.info.status for run in everything] == ["FINISHED"] * len(everything)
    assert runs["await"].data.metrics == {"score": 0.5}
    found = [run.data.params for run in children(store, runs["loop"])]  # those of one millisecond in any order
    assert sorted(found, key=str) == [{"lr": "0.1"}, {"lr": "0.2"}, {}]
    assert [runs[name].data.params for name in ("under", "above")] == [{"lr": "0.1"}, {"lr": "0.2"}]
    assert [runs[name].data.metrics for name in ("under", "above")] == [{"loss": 0.2}, {"loss": 0.4}]
    assert runs["magics"].data.metrics == {"n": 1.0}
    (by_script,) = children(store, runs["run"])
    assert by_script.data.metrics == {"inside": 4.0}
    assert [run.info.run_id for run in children(store, runs["outer"])] == [runs["inner"].info.run_id]
    assert runs["expression"].data.params == {"y": "3"}
    for run in runs.values():
        assert text(store, run, tags.SOURCE_FILE).startswith(("%%track", "%%time\n%%track"))
        assert tags.WARNINGS not in run.data.tags
    outputs = json.loads(text(store, runs["await"], tags.OUTPUTS_FILE))["outputs"]
    assert [one["text"] for one in outputs] == ["heard\n"]
    assert "from the shell" in text(store, runs["magics"], tags.OUTPUTS_FILE)
    assert [one.dataset.name for one in runs["run"].inputs.dataset_inputs] == ["data.csv"]
    alone = everything[-1]  # %run in a cell that is not tracked: a script's run
    assert (alone.data.tags[tags.SOURCE_NAME], text(store, alone, tags.SOURCE_FILE)) == ("train.py", TRAIN)
    store.close()


def test_scripts_that_ipython_runs(project: Path) -> None:
    (project / "train.ipy").write_text("files = !echo a\n" + TRAIN)
    for name in ("train.ipy", "train.py"):
        ran(project, "-m", "IPython", "--ext=trackbook", name)
    store = connect(project / ".trackbook")
    runs = store.runs.search(RunQuery(order_by=("start_time ASC",))).items
    assert [run.info.status for run in runs] == ["FINISHED", "FINISHED"]
    assert [run.data.tags[tags.SOURCE_NAME] for run in runs] == ["train.ipy", "train.py"]
    assert [text(store, run, tags.SOURCE_FILE) for run in runs] == ["files = !echo a\n" + TRAIN, TRAIN]
    assert "pytest==" in text(store, runs[0], tags.REQUIREMENTS_FILE)
    store.close()


def test_a_terminal_s_ipython(project: Path) -> None:
    lines = (
        "%load_ext trackbook\n"
        "cell = \"%%track --cell typed\\nlr = 0.5\\nprint('shown')\\nloss = lr * 2\"\n"
        "get_ipython().run_cell(cell, store_history=True)\n"
        "import trackbook as tb\n"
        "exit()\n"
    )
    ran(project, "-m", "IPython", "--simple-prompt", "--no-banner", given=lines)
    store = connect(project / ".trackbook")
    run = by_line(store)["typed"]
    assert (run.info.status, run.data.params, run.data.metrics) == ("FINISHED", {"lr": "0.5"}, {"loss": 1.0})
    assert "shown" in text(store, run, tags.OUTPUTS_FILE)
    store.close()


def test_start_run_in_a_shell_without_the_extension(project: Path) -> None:
    ran(
        project,
        "-m",
        "IPython",
        "--simple-prompt",
        "--no-banner",
        given="import trackbook as tb\ntb.log_metric('x', 1)\nexit()\n",
    )
    store = connect(project / ".trackbook")
    (run,) = store.runs.search(RunQuery()).items
    assert (run.info.status, run.data.tags[tags.SOURCE_TYPE]) == ("FINISHED", "NOTEBOOK")
    assert text(store, run, tags.SOURCE_FILE) == "tb.log_metric('x', 1)"
    store.close()
