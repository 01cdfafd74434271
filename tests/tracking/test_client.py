"""`TrackbookClient`: what a script gets from MLflow's client, it gets here."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import trackbook as tb
from trackbook.core.entities import Dataset, DatasetInput, Metric, Param, RunTag
from trackbook.errors import AlreadyExists, InvalidState, InvalidValue, NotFound, ParamConflict, UnstorableValue

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def client() -> tb.TrackbookClient:
    return tb.TrackbookClient()


@pytest.fixture
def run_id(client: tb.TrackbookClient) -> str:
    return client.create_run("0", run_name="calm fox").info.run_id


def test_a_runs_life(client: tb.TrackbookClient) -> None:
    run = client.create_run("0", start_time=1000, tags={"team": "blue"}, run_name="calm fox")
    assert (run.info.status, run.info.run_name, run.info.start_time) == ("RUNNING", "calm fox", 1000)
    assert run.info.run_uuid == run.info.run_id
    assert tb.active_run() is None
    client.update_run(run.info.run_id, name="wild fox")
    client.set_terminated(run.info.run_id, "failed", end_time=5000)
    stored = client.get_run(run.info.run_id)
    assert (stored.info.run_name, stored.info.status, stored.info.end_time) == ("wild fox", "FAILED", 5000)
    for status in ("RUNNING", "SCHEDULED"):
        client.update_run(run.info.run_id, status=status)
        assert client.get_run(run.info.run_id).info.status == status
    client.set_terminated(run.info.run_id)
    assert [one.info.run_id for one in client.search_runs(["0"], "duration < 3600000 AND duration >= 4000")]
    client.delete_run(run.info.run_id)
    assert client.search_runs(["0"]).items == []
    client.restore_run(run.info.run_id)
    assert len(client.search_runs(["0"])) == 1


def test_a_batch_is_kept_whole_or_not_at_all(client: tb.TrackbookClient, run_id: str) -> None:
    metrics = [Metric("loss", 0.5, 10, 0), Metric("loss", 0.25, 20, 1)]
    client.log_batch(run_id, metrics, [Param("C", "1")], [RunTag("t", "v")])
    bad = [
        ([Metric("x", "high", 1, 0)], [], []),  # type: ignore[arg-type]
        ([Metric("x", 1.0, -5, 0)], [], []),
        ([Metric("x", 1.0, 1, 2**70)], [], []),
        ([Metric("x", 1.0, 1, 0)], [Param("C", "2")], []),
        ([Metric("x", 1.0, 1, 0)], [], [RunTag("a//b", "v")]),
    ]
    for some_metrics, params, tags in bad:
        with pytest.raises(InvalidValue):
            client.log_batch(run_id, some_metrics, [*params, Param("new", "1")], [*tags, RunTag("new", "1")])
    stored = client.get_run(run_id)
    assert (stored.data.params, stored.data.metrics) == ({"C": "1"}, {"loss": 0.25})
    assert "new" not in stored.data.tags
    assert [point.value for point in client.get_metric_history(run_id, "loss")] == [0.5, 0.25]


def test_tags_and_params(client: tb.TrackbookClient, run_id: str) -> None:
    assert client.log_param(run_id, "C", 1) == 1
    with pytest.raises(ParamConflict):
        client.log_param(run_id, "C", 2)
    client.set_tag(run_id, "k", 1)
    client.delete_tag(run_id, "k")
    with pytest.raises(NotFound):
        client.delete_tag(run_id, "k")
    with pytest.raises(NotFound):
        client.log_param("nobody", "C", 1)


def test_datasets_come_in_any_form(client: tb.TrackbookClient, run_id: str) -> None:
    ours = DatasetInput(Dataset("a", "1"), {"mlflow.data.context": "train"})
    client.log_inputs(run_id, [ours, np.arange(3)])
    found = client.get_run(run_id).inputs.dataset_inputs
    assert (found[0].dataset.name, found[0].tags) == ("a", {"mlflow.data.context": "train"})
    assert len(found) == 2


def test_nested_runs_know_their_parent(client: tb.TrackbookClient) -> None:
    with tb.start_run() as parent, tb.start_run(nested=True) as child:
        pass
    found = client.get_parent_run(child.run_id)
    assert found is not None
    assert found.info.run_id == parent.run_id
    assert tb.get_parent_run(parent.run_id) is None


def test_experiments(client: tb.TrackbookClient) -> None:
    number = client.create_experiment("churn", tags={"mlflow.note.content": "who leaves"})
    client.set_experiment_tag(number, "k", 1)
    client.delete_experiment_tag(number, "k")
    with pytest.raises(NotFound):
        client.delete_experiment_tag(number, "k")
    client.rename_experiment(number, "leavers")
    assert client.get_experiment(number).tags == {"mlflow.note.content": "who leaves"}
    run = client.create_run(number)
    client.delete_experiment(number)
    assert client.get_run(run.info.run_id).info.lifecycle_stage == "deleted"
    taken = client.create_experiment("leavers")
    with pytest.raises(AlreadyExists, match="rename"):
        client.restore_experiment(number)
    client.rename_experiment(taken, "others")
    client.restore_experiment(number)
    assert client.get_run(run.info.run_id).info.lifecycle_stage == "active"
    assert client.get_experiment_by_name("nobody") is None
    client.move_runs([run.info.run_id], taken)
    assert client.get_run(run.info.run_id).info.experiment_id == taken


def test_the_registry(client: tb.TrackbookClient, run_id: str) -> None:
    client.create_registered_model("churn", {"k": "v"}, "who leaves")
    version = client.create_model_version("churn", f"runs:/{run_id}/model", run_id, run_link="https://example.org")
    assert (version.version, version.status, version.run_link) == ("1", "READY", "https://example.org")
    assert client.get_model_version_download_uri("churn", 1) == f"runs:/{run_id}/model"
    assert client.get_model_version_stages("churn", 1) == ["None", "Staging", "Production", "Archived"]
    client.create_model_version("churn", "s3://x")
    client.transition_model_version_stage("churn", 2, "staging", archive_existing_versions=True)
    assert [one.version for one in client.get_latest_versions("churn", ["Staging"])] == ["2"]
    client.set_model_version_tag("churn", 2, "a", 1)
    client.set_model_version_tag("churn", key="b", value="2", stage="Staging")
    client.delete_model_version_tag("churn", "2", "a")
    assert client.get_model_version("churn", "2").tags == {"b": "2"}
    with pytest.raises(InvalidValue, match="version or the stage"):
        client.set_model_version_tag("churn", key="b", value="2")
    assert client.update_model_version("churn", 2, "better").description == "better"
    assert client.update_registered_model("churn", "gone").description == "gone"
    client.set_registered_model_alias("churn", "champion", 2)
    assert client.get_model_version_by_alias("churn", "champion").version == "2"
    copied = client.copy_model_version("models:/churn@champion", "prod")
    assert (copied.name, copied.version, copied.source) == ("prod", "1", "models:/churn/2")
    with pytest.raises(InvalidValue, match="models:/"):
        client.copy_model_version(f"runs:/{run_id}/model", "prod")
    client.delete_model_version("churn", 2)
    assert client.rename_registered_model("churn", "leavers").aliases == {}
    client.set_registered_model_tag("leavers", "n", 1)
    client.delete_registered_model_tag("leavers", "k")
    assert client.get_registered_model("leavers").tags == {"n": "1"}
    found = client.search_registered_models(order_by=["name DESC"], max_results=1)
    assert ([model.name for model in found], found.token is not None) == (["prod"], True)
    assert [one.name for one in tb.search_model_versions(order_by=["name"])] == ["leavers", "prod"]
    assert [one.name for one in tb.search_registered_models(filter_string="name LIKE 'p%'")] == ["prod"]
    client.delete_registered_model("leavers")
    with pytest.raises(NotFound):
        client.get_registered_model("leavers")


def test_files_of_every_kind(client: tb.TrackbookClient, run_id: str, tmp_path: Path) -> None:
    client.log_text(run_id, "hello", "notes/a.txt")
    client.log_dict(run_id, {"a": 1}, "a.json")
    client.log_stream(run_id, io.BytesIO(b"\0" * 3_000_000), "big.bin")
    client.log_image(run_id, np.zeros((4, 4), np.uint8), "black.png")
    sizes = {info.path: info.file_size for info in client.list_artifacts(run_id)}
    assert sizes["big.bin"] == 3_000_000
    assert Path(client.download_artifacts(run_id, "notes/a.txt", tmp_path)).read_text() == "hello"
    assert tb.artifacts.load_text(f"runs:/{run_id}/notes/a.txt") == "hello"
    assert tb.artifacts.load_dict(f"runs:/{run_id}/a.json") == {"a": 1}
    assert tb.artifacts.load_image(f"runs:/{run_id}/black.png").size == (4, 4)
    assert [info.path for info in tb.artifacts.list_artifacts(f"runs:/{run_id}/notes")] == ["notes/a.txt"]
    uri = client.get_run(run_id).info.artifact_uri
    assert json.loads(Path(tb.artifacts.download_artifacts(f"{uri}/a.json")).read_text()) == {"a": 1}
    for arguments in ({}, {"artifact_uri": "runs:/r/a", "run_id": "r"}, {"artifact_uri": "gopher://x"}):
        with pytest.raises(InvalidValue):
            tb.artifacts.download_artifacts(**arguments)
    with pytest.raises(InvalidValue, match="JSON"):
        tb.artifacts.load_dict(f"runs:/{run_id}/notes/a.txt")
    with pytest.raises(NotFound):
        tb.artifacts.load_text(str(tmp_path / "nothing"))


def test_tables_come_back_as_one(client: tb.TrackbookClient) -> None:
    runs = [client.create_run("0", start_time=n).info.run_id for n in (1, 2, 3)]
    for n, run in enumerate(runs[:2]):
        client.log_param(run, "C", n)
        client.log_table(run, {"q": [f"q{n}"], "run_id": [n]}, "eval.json")
    found = client.load_table("0", "eval.json", extra_columns=["run_id", "params.C"])
    assert found.columns.tolist() == ["q", "run_id", "run_id_", "params.C"]
    assert found["run_id_"].tolist() == [runs[1], runs[0]]
    assert found["params.C"].tolist() == ["1", "0"]
    tb.set_experiment("Default")
    assert tb.load_table("eval.json", run_ids=runs[1:])["q"].tolist() == ["q1"]
    with pytest.raises(NotFound, match="other"):
        client.load_table("0", "other.json")
    with pytest.raises(NotFound, match="shoe"):
        client.load_table("0", "eval.json", extra_columns=["shoe"])


def test_a_run_as_plain_data(client: tb.TrackbookClient, run_id: str) -> None:
    client.log_param(run_id, "C", 1)
    client.log_inputs(run_id, [pd.DataFrame({"a": [1]})])
    plain = json.loads(json.dumps(client.get_run(run_id).to_dictionary()))
    assert plain["info"]["run_id"] == plain["info"]["run_uuid"] == run_id
    assert (plain["info"]["status"], plain["data"]["params"]) == ("RUNNING", {"C": "1"})
    assert plain["inputs"]["dataset_inputs"][0]["dataset"]["name"]


def test_fluent_upkeep() -> None:
    experiment = tb.set_experiment("churn")
    tb.set_experiment_tags({"a": 1, "b": 2})
    tb.delete_experiment_tag("a")
    assert tb.get_experiment(experiment.experiment_id).tags == {"b": "2"}
    with tb.start_run(tags={"gone": "1"}) as run:
        tb.delete_tag("gone")
        tb.log_inputs([np.arange(3), np.arange(4)], ["train", "test"], [None, {"k": "v"}])
        with pytest.raises(InvalidValue, match="same length"):
            tb.log_inputs([np.arange(3)], [], [])
        tb.log_stream(io.BytesIO(b"x"), "f.bin")
    assert "gone" not in tb.get_run(run.run_id).data.tags
    assert len(run.inputs.dataset_inputs) == 2
    tb.delete_run(run.run_id)
    tb.restore_run(run.run_id)
    tb.delete_experiment(experiment.experiment_id)
    with pytest.raises(InvalidState, match="restore"):
        tb.set_experiment(experiment_id=experiment.experiment_id)
    tb.restore_experiment(experiment.experiment_id)
    tb.flush_async_logging()
    assert tb.get_run(run.run_id).info.lifecycle_stage == "active"


def test_one_store_keeps_runs_and_models(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tb.get_registry_uri() == tb.get_tracking_uri()
    tb.set_registry_uri(tb.get_tracking_uri())
    with pytest.raises(InvalidValue, match="set_tracking_uri"):
        tb.set_registry_uri("sqlite:///elsewhere.db")
    assert not tb.is_tracking_uri_set()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "x")
    assert tb.is_tracking_uri_set()


def test_what_is_not_there(client: tb.TrackbookClient) -> None:
    for call in (client.get_run, client.delete_run, client.restore_run, client.get_parent_run, client.set_terminated):
        with pytest.raises(NotFound, match="nobody"):
            call("nobody")
    with pytest.raises(InvalidValue, match="FINISHED"):
        client.set_terminated(client.create_run("0").info.run_id, "DONE")
    with pytest.raises(InvalidValue, match="ACTIVE_ONLY"):
        client.search_runs(["0"], run_view_type=7)
    with pytest.raises(UnstorableValue):
        client.create_run("0", start_time="yesterday")  # type: ignore[arg-type]
