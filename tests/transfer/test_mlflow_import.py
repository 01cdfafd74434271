"""What MLflow kept is here after the import, row by row."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from trackbook.core.entities import Run, ViewType
from trackbook.core.ports import RunQuery
from trackbook.errors import NotFound, StoreUnreadable
from trackbook.transfer.importing import import_from

if TYPE_CHECKING:
    from pathlib import Path

    from trackbook.core.ports import Store


def runs_by_name(store: Store) -> dict[str, Run]:
    page = store.runs.search(RunQuery(view=ViewType.ALL))
    return {run.info.run_name: run for run in page.items}


def test_runs_come_over_with_all_that_they_hold(store: Store, mlflow_store: Path) -> None:
    done = import_from(store, mlflow_store)
    runs = runs_by_name(store)
    assert done.runs == len(runs) == 8
    assert done.points == 3 * 21 + 3 + 1
    run = runs["seed-1"]
    assert run.info.status == "FINISHED"
    assert run.data.params == {"seed": "1", "kernel": "rbf", "nested/depth": "3"}
    assert run.data.tags["team"] == "blue"
    assert run.data.tags["mlflow.note.content"] == "a note"
    assert run.data.metrics["train/accuracy"] == pytest.approx(0.91)
    history = store.metrics.history(run.info.run_id, "loss")
    assert history.steps.tolist() == list(range(20))
    assert history.times.tolist() == [1_700_000_000_000 + step for step in range(20)]
    assert history.values.tolist() == [1.0 / (step + 2) for step in range(20)]
    with store.artifacts.open(run.info.run_id, "notes/hello.txt") as file:
        assert file.read() == b"hello"
    experiment = store.experiments.get(run.info.experiment_id)
    assert (experiment.name, experiment.tags["owner"]) == ("iris", "ann")


def test_odd_values_and_relations_survive(store: Store, mlflow_store: Path) -> None:
    import_from(store, mlflow_store)
    runs = runs_by_name(store)
    odd = runs["odd numbers"]
    values = store.metrics.history(odd.info.run_id, "x").values.tolist()
    assert math.isnan(values[0])
    assert values[1:] == [math.inf, -math.inf]
    assert runs["child"].data.tags["mlflow.parentRunId"] == odd.info.run_id
    assert runs["failed"].info.status == "FAILED"
    assert runs["in the trash"].info.lifecycle_stage == "deleted"
    gone = store.experiments.get_by_name("gone")
    assert gone is not None
    assert gone.lifecycle_stage == "deleted"


def test_inputs_come_over_with_their_tags(store: Store, mlflow_store: Path) -> None:
    import_from(store, mlflow_store)
    (entry,) = store.runs.get(runs_by_name(store)["odd numbers"].info.run_id).inputs.dataset_inputs
    assert entry.dataset.name == "points"
    assert entry.tags["mlflow.data.context"] == "train"


def test_the_registry_keeps_its_numbers(store: Store, mlflow_store: Path) -> None:
    done = import_from(store, mlflow_store)
    assert done.versions == 2
    model = store.registry.get_model("iris-model")
    assert (model.description, model.tags["domain"]) == ("a model", "flowers")
    versions = sorted(version.version for version in store.registry.search_versions("name = 'iris-model'").items)
    assert versions == ["1", "3"]
    champion = store.registry.get_version_by_alias("iris-model", "champion")
    assert (champion.version, champion.description, champion.tags["n"]) == ("3", "number 2", "2")
    assert champion.run_id == runs_by_name(store)["seed-2"].info.run_id


def test_importing_twice_adds_nothing(store: Store, mlflow_store: Path) -> None:
    import_from(store, mlflow_store)
    again = import_from(store, mlflow_store)
    assert (again.runs, again.known, again.points, again.files, again.versions) == (0, 8, 0, 0, 0)
    run = runs_by_name(store)["seed-0"]
    assert run.data.aggregates["loss"].count == 20


@pytest.mark.parametrize("content", [b"SQLite format 3\0nonsense", b"", b"hello"])
def test_what_is_no_store_is_refused_with_its_path(store: Store, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.file"
    path.write_bytes(content)
    with pytest.raises(Exception, match=r"other\.file"):
        import_from(store, path)
    with pytest.raises(NotFound, match=r"no file or folder '.*abs"):
        import_from(store, tmp_path / "absent")
    (tmp_path / "empty").mkdir()
    with pytest.raises(StoreUnreadable, match="empty"):
        import_from(store, tmp_path / "empty")
