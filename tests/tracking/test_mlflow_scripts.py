"""Scripts written for MLflow's tracking functions run after `import trackbook as mlflow`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import trackbook as tb
from trackbook.core.entities import Run

SCRIPTS = Path(__file__).parent / "scripts"
pytestmark = pytest.mark.usefixtures("session")


def run_script(name: str, folder: Path, *, fails: bool = False) -> list[Run]:
    """Run a script with the one changed line, and return the runs it made, oldest first."""
    source = (SCRIPTS / name).read_text().replace("import mlflow\n", "import trackbook as mlflow\n")
    (folder / name).write_text(source)
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning:trackbook", name],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode != 0) == fails, done.stderr
    runs = tb.search_runs(order_by=["start_time ASC"], output_format="list", search_all_experiments=True)
    assert isinstance(runs, list)
    return runs


def test_a_torch_loop_is_kept_with_every_step(tmp_path: Path) -> None:
    (run,) = run_script("torch_loop.py", tmp_path)
    assert run.info.status == "FINISHED"
    assert run.data.params == {"lr": "0.1", "epochs": "20", "momentum": "0.9"}
    assert run.data.tags["outcome"] == "converged"
    history = tb.TrackbookClient().get_metric_history(run.info.run_id, "train_loss")
    assert [point.step for point in history] == list(range(20))
    assert history[0].value > history[-1].value
    assert [file.path for file in tb.TrackbookClient().list_artifacts(run.info.run_id, "checkpoints")] == [
        "checkpoints/model.pt"
    ]


def test_a_grid_search_finds_its_own_children(tmp_path: Path) -> None:
    parent, *children = run_script("grid_search.py", tmp_path)
    assert parent.info.run_name == "parent"
    assert parent.data.tags["mlflow.note.content"] == "three values of C"
    assert {child.data.tags["mlflow.parentRunId"] for child in children} == {parent.info.run_id}
    best = max(children, key=lambda child: child.data.metrics["accuracy"])
    assert parent.data.params["best_C"] == best.data.params["C"]
    assert best.data.aggregates["fold_accuracy"].count == 3


def test_artifacts_of_every_kind_are_listed(tmp_path: Path) -> None:
    (run,) = run_script("artifacts_and_tables.py", tmp_path)
    client = tb.TrackbookClient()
    top = [file.path for file in client.list_artifacts(run.info.run_id)]
    assert [path for path in top if path != "trackbook"] == [
        "config.yaml",
        "eval.json",
        "images",
        "notes",
        "plots",
        "results",
    ]
    result = Path(client.download_artifacts(run.info.run_id, "results/deep/result.csv"))
    assert result.read_text() == "a,b\n1,2\n"


def test_a_script_that_raises_leaves_a_failed_run(tmp_path: Path) -> None:
    (run,) = run_script("fails_in_the_middle.py", tmp_path, fails=True)
    assert run.info.status == "FAILED"
    assert run.data.tags["trackbook.error.message"] == "loss is negative"
    assert run.data.metrics["loss"] == -1.0


def test_the_registry_and_the_life_of_runs(tmp_path: Path) -> None:
    parent, child = run_script("registry_and_life.py", tmp_path)
    assert (parent.data.tags["done"], child.data.metrics) == ("yes", {"auc": 0.75})
    version = tb.TrackbookClient().get_model_version("churn", "2")
    assert (version.run_id, version.aliases) == (child.info.run_id, ("champion",))
    experiment = tb.get_experiment_by_name("churn")
    assert experiment is not None
    assert experiment.tags == {"team": "blue"}
