"""The genuine `mlflow` package in a real kernel: what its functions log in a tracked cell is the cell's run."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import start_new_kernel

from trackbook.connect import connect

ROOT = Path(__file__).parents[2]
PEERS = Path(os.environ.get("TRACKBOOK_PEERS", ROOT / ".venv" / "peers"))
TWO_RUNS = """
with mlflow.start_run(run_name='named'):
    mlflow.log_metric('loss', 0.25)
    mlflow.log_text('hello', 'note.txt')
with mlflow.start_run():
    mlflow.log_metric('inner', 1.0)
"""
TRAIN = """
from sklearn.linear_model import LogisticRegression
LogisticRegression(C=2.0).fit([[0.0], [1.0], [0.1], [0.9]], [0, 1, 0, 1])
"""


@pytest.fixture
def entry_points(tmp_path: Path) -> Path:
    """What an installed trackbook would tell of its plugin."""
    folder = tmp_path / "installed" / "trackbook_plugin-0.dist-info"
    folder.mkdir(parents=True)
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    lines = [f"[{group}]\n" + "".join(f"{name} = {at}\n" for name, at in one.items()) for group, one in groups.items()]
    (folder / "entry_points.txt").write_text("\n".join(lines))
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: trackbook-plugin\nVersion: 0\n")
    return folder.parent


@pytest.fixture
def cell(entry_points: Path, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Executes a cell in a kernel that has mlflow behind its own packages; what it printed."""
    given = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW", "TRACKBOOK"))}
    given |= {"PYTHONPATH": f"{entry_points}:{ROOT / 'src'}", "GIT_PYTHON_REFRESH": "quiet"}
    given |= {"JPY_SESSION_NAME": str(tmp_path / "lesson.ipynb")}
    manager, client = start_new_kernel(env=given, cwd=str(tmp_path))

    def executed(code: str) -> str:
        printed: list[str] = []

        def output(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                printed.append(content["text"])
            assert message["msg_type"] != "error", "\n".join(content["traceback"])

        client.execute_interactive(code, timeout=250, output_hook=output)
        return "".join(printed)

    try:
        (site,) = PEERS.glob("lib/python3*/site-packages")
        executed(f"import sys; sys.path.append({str(site)!r}); import warnings; warnings.simplefilter('ignore')")
        yield executed
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.mark.timeout(300)
def test_mlflow_logs_into_the_run_of_its_cell(cell: Callable[[str], str], tmp_path: Path) -> None:
    cell("%load_ext trackbook")
    cell("%%track --quiet\nimport mlflow\nmlflow.log_metric('loss', 0.5, step=1)\nmlflow.log_param('depth', 3)")
    cell("%%track --quiet" + TWO_RUNS)
    cell("import mlflow.models\nmlflow.models.infer_pip_requirements = lambda *_, **__: []")
    cell("%%track --quiet\nmlflow.autolog(silent=True)" + TRAIN)
    cell("import trackbook as tb; tb.flush(); mlflow.autolog(disable=True, silent=True)")
    assert cell("import os; print(mlflow.get_tracking_uri(), os.environ.get('MLFLOW_TRACKING_URI'))").split() == [
        "trackbook:",
        "None",
    ]
    store: Any = connect(tmp_path / ".trackbook")
    runs = [store.runs.get(run.info.run_id) for run in store.runs.search(_oldest_first())]
    first, named, inner, trained = runs
    assert (first.data.metrics["loss"], first.data.params["depth"]) == (0.5, "3")
    assert {run.info.status for run in runs} == {"FINISHED"}
    assert (named.info.run_name, named.data.metrics["loss"]) == ("named", 0.25)
    with store.artifacts.open(named.info.run_id, "note.txt") as file:
        assert file.read() == b"hello"
    assert (inner.data.metrics, inner.data.tags["mlflow.parentRunId"]) == ({"inner": 1.0}, named.info.run_id)
    assert trained.data.metrics["training_accuracy_score"] == 1.0
    assert trained.data.params["C"] == "2.0"
    (made,) = trained.outputs.model_outputs
    model = store.logged_models.get(made.model_id)
    assert model.status == "READY"
    assert "MLmodel" in [one.path for one in store.model_files.list(made.model_id)]
    store.close()


@pytest.mark.timeout(300)
def test_a_server_of_the_users_own_is_told_which_cell_made_a_run(cell: Callable[[str], str]) -> None:
    told = cell("from mlflow.tracking.context import registry; import json; print(json.dumps(registry.resolve_tags()))")
    tags = json.loads(told.splitlines()[-1])
    assert tags["trackbook.notebook.path"].endswith("lesson.ipynb")
    assert len(tags["trackbook.cell.sha256"]) == 64
    assert (tags["mlflow.source.name"], tags["mlflow.source.type"]) == ("lesson.ipynb", "NOTEBOOK")


def _oldest_first() -> Any:
    from trackbook.core.ports import RunQuery

    return RunQuery(order_by=["start_time ASC"])
