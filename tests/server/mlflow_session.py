"""What an MLflow user does in a day, by the genuine client; prints what came back as one JSON object, by step.

    python mlflow_session.py http://127.0.0.1:5000 FOLDER

The same against our server and against MLflow's own must print the same.  Ids and times are left out or replaced.
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.update(MLFLOW_HTTP_REQUEST_MAX_RETRIES="1", MLFLOW_ENABLE_ASYNC_LOGGING="false", GIT_PYTHON_REFRESH="quiet")

import mlflow
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException
from mlflow_model_steps import models

FOLDER = Path(sys.argv[2])
STEPS: dict[str, Any] = {}
KEPT_TAGS = ("mlflow.runName", "mlflow.parentRunId", "kind", "team")


def step(work: Callable[[], Any]) -> Callable[[], Any]:
    """Do it, and note what it returned."""
    name = work.__name__
    try:
        STEPS[name] = work()
    except MlflowException as error:
        STEPS[name] = f"{error.error_code}"
    return work


def tags_of(run: Any) -> dict[str, str]:
    return {key: value for key, value in sorted(run.data.tags.items()) if key in KEPT_TAGS}


def shown(run: Any) -> list[Any]:
    metrics = {key: "NaN" if math.isnan(value) else value for key, value in sorted(run.data.metrics.items())}
    return [run.info.run_name, run.info.status, run.info.lifecycle_stage, metrics, run.data.params, tags_of(run)]


def version_shown(one: Any) -> list[Any]:
    return [one.name, str(one.version), one.current_stage, one.status, one.description or "", one.tags, one.aliases]


mlflow.set_tracking_uri(sys.argv[1])
client = mlflow.MlflowClient()


# --- experiments ----------------------------------------------------------------------------------
@step
def experiment_is_made_once():
    first, again = mlflow.set_experiment("lesson"), mlflow.set_experiment("lesson")
    return [first.experiment_id == again.experiment_id, first.name, first.lifecycle_stage]


lesson = client.get_experiment_by_name("lesson").experiment_id
assert client.get_experiment(lesson).artifact_location.startswith("mlflow-artifacts:/"), "clients use the proxy"


@step
def experiment_name_is_taken():
    return client.create_experiment("lesson")


@step
def experiment_is_missing():
    return [client.get_experiment_by_name("nowhere"), mlflow.get_experiment_by_name("nowhere")]


@step
def experiment_id_is_missing():
    return client.get_experiment("123456")


@step
def experiments_are_searched():
    for name in ("alpha", "beta"):
        client.create_experiment(name, tags={"team": name})
    found = client.search_experiments(filter_string="tags.team LIKE '%a'", order_by=["name DESC"])
    first = client.search_experiments(max_results=2, order_by=["name"])
    return [[one.name for one in found], [one.name for one in first], bool(first.token)]


@step
def experiment_lives_and_dies():
    made = client.create_experiment("gone")
    client.set_experiment_tag(made, "kind", "short")
    client.rename_experiment(made, "renamed")
    client.delete_experiment(made)
    dead = client.get_experiment(made)
    names = [one.name for one in client.search_experiments(view_type=ViewType.DELETED_ONLY)]
    try:
        client.create_experiment("renamed")
        taken = ""
    except MlflowException as error:
        taken = error.error_code
    client.restore_experiment(made)
    return [dead.name, dead.lifecycle_stage, dead.tags, names, taken, client.get_experiment(made).lifecycle_stage]


# --- runs -----------------------------------------------------------------------------------------
@step
def a_run_is_logged():
    with mlflow.start_run(run_name="first") as run:
        mlflow.log_param("C", 5.0)
        mlflow.log_params({"kernel": "rbf", "gamma": "scale"})
        mlflow.set_tag("kind", "svc")
        for n in range(5):
            mlflow.log_metric("loss", 1.0 / (n + 1), step=n)
        mlflow.log_metrics({"accuracy": 0.75, "odd": float("nan")}, step=3)
        mlflow.log_metric("late", 1.0, step=9)
        mlflow.log_metric("late", 2.0, step=2)
        with mlflow.start_run(run_name="child", nested=True):
            mlflow.log_metric("loss", 0.5)
    parent, child = client.get_run(run.info.run_id), mlflow.last_active_run()
    STEPS["_run"] = run.info.run_id
    return [shown(parent), child.info.status]


run_id = STEPS.pop("_run")
experiment_ids = [lesson]


@step
def failing_run_is_failed():
    try:
        with mlflow.start_run(run_name="broken") as run:
            raise RuntimeError("no")
    except RuntimeError:
        return client.get_run(run.info.run_id).info.status


@step
def history_has_every_point():
    points = client.get_metric_history(run_id, "loss")
    return [[(one.step, one.value) for one in points], len(client.get_metric_history(run_id, "unknown"))]


@step
def param_cannot_change():
    client.log_param(run_id, "C", 5.0)
    client.log_param(run_id, "C", 6.0)


@step
def a_batch_is_refused_whole():
    metrics, params = [Metric("whole", 1.0, 1, 0)], [Param("C", "7"), Param("new", "1")]
    try:
        client.log_batch(run_id, metrics=metrics, params=params, tags=[RunTag("whole", "1")])
    except MlflowException as error:
        run = client.get_run(run_id)
        return [error.error_code, "whole" in run.data.metrics, "new" in run.data.params, "whole" in run.data.tags]


@step
def a_large_batch_arrives():
    metrics = [Metric("many", float(n), 1000 + n, n) for n in range(2500)]
    client.log_batch(run_id, metrics=metrics, params=[Param(f"p{n}", str(n)) for n in range(120)])
    client.log_batch(run_id, metrics=metrics[:10])
    return [len(client.get_metric_history(run_id, "many")), client.get_run(run_id).data.metrics["many"]]


@step
def tags_come_and_go():
    client.set_tag(run_id, "team", "blue")
    before = tags_of(client.get_run(run_id))
    client.delete_tag(run_id, "team")
    return [before, tags_of(client.get_run(run_id))]


@step
def missing_tag_cannot_be_deleted():
    client.delete_tag(run_id, "never")


@step
def bad_key_is_refused():
    client.log_metric(run_id, "a//b", 1.0)


@step
def missing_run_is_told():
    client.get_run("0" * 32)


@step
def long_values_are_cut():
    client.log_param(run_id, "long", "x" * 6500)
    return len(client.get_run(run_id).data.params["long"])


@step
def run_is_renamed_and_ended():
    made = client.create_run(lesson, run_name="made", tags={"kind": "by hand"})
    client.update_run(made.info.run_id, status="FINISHED", name="remade")
    client.set_terminated(made.info.run_id, "KILLED", end_time=made.info.start_time + 1)
    found = client.get_run(made.info.run_id)
    return [shown(found), found.info.end_time - found.info.start_time]


@step
def deleted_run_takes_nothing():
    made = client.create_run(lesson, run_name="deleted")
    client.delete_run(made.info.run_id)
    stage = client.get_run(made.info.run_id).info.lifecycle_stage
    try:
        client.log_metric(made.info.run_id, "m", 1.0)
        refused = ""
    except MlflowException as error:
        refused = error.error_code
    client.restore_run(made.info.run_id)
    client.log_metric(made.info.run_id, "m", 1.0)
    client.delete_run(made.info.run_id)
    return [stage, refused]


@step
def runs_are_searched():
    def names(filter_string: str, **more: Any) -> list[str]:
        return [one.info.run_name for one in client.search_runs(experiment_ids, filter_string, **more)]

    return [
        names("metrics.loss < 0.3"),
        names("params.kernel = 'rbf' AND tags.kind ILIKE 'SVC'"),
        names("attributes.status = 'FAILED'"),
        names(f"attributes.run_id IN ('{run_id}')"),
        names("metrics.odd != 1"),
        names("", order_by=["metrics.loss ASC", "attributes.run_name ASC"]),
        names("", run_view_type=ViewType.DELETED_ONLY),
        names("", order_by=["attributes.run_name"], max_results=2),
    ]


@step
def pages_of_runs_end():
    page, seen = client.search_runs(experiment_ids, max_results=2, order_by=["attributes.run_name"]), []
    while True:
        seen += [one.info.run_name for one in page]
        if not page.token:
            return seen
        page = client.search_runs(
            experiment_ids, max_results=2, order_by=["attributes.run_name"], page_token=page.token
        )


@step
def bad_filter_is_refused():
    client.search_runs(experiment_ids, "metrics.loss < 'x'")


@step
def runs_are_a_frame():
    frame = mlflow.search_runs(experiment_ids, order_by=["attributes.run_name"])
    return [sorted(name for name in frame.columns if "mlflow." not in name and ".p" not in name), len(frame)]


@step
def inputs_are_kept_once():
    dataset = Dataset("iris", "abc123", "local", '{"uri": "iris.csv"}', schema="{}", profile='{"rows": 150}')
    given = DatasetInput(dataset, tags=[InputTag("mlflow.data.context", "train")])
    client.log_inputs(run_id, [given])
    client.log_inputs(run_id, [given])
    found = client.get_run(run_id).inputs.dataset_inputs
    named = client.search_runs(experiment_ids, "datasets.name = 'iris'")
    return [[one.dataset.to_dictionary(), {tag.key: tag.value for tag in one.tags}] for one in found] + [len(named)]


# --- artifacts ------------------------------------------------------------------------------------
@step
def artifacts_come_back():
    folder = FOLDER / "sent"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text("alpha")
    (folder / "deep" / "b ü.bin").write_bytes(bytes(range(256)) * 5000)
    client.log_artifact(run_id, str(folder / "a.txt"))
    client.log_artifacts(run_id, str(folder), "all")
    client.log_text(run_id, "text", "notes/one.txt")
    client.log_dict(run_id, {"a": [1, 2]}, "notes/two.json")
    listed = {path: [(one.path, one.is_dir, one.file_size) for one in client.list_artifacts(run_id, path)]
              for path in ("", "all", "all/deep", "nowhere", "a.txt")}  # fmt: skip
    local = Path(client.download_artifacts(run_id, "all", str(FOLDER)))
    same = (local / "deep" / "b ü.bin").read_bytes() == (folder / "deep" / "b ü.bin").read_bytes()
    return [listed, same, mlflow.artifacts.load_dict(f"runs:/{run_id}/notes/two.json")]


@step
def empty_file_comes_back():
    (FOLDER / "empty").write_bytes(b"")
    client.log_artifact(run_id, str(FOLDER / "empty"))
    return Path(client.download_artifacts(run_id, "empty", str(FOLDER / "sent"))).read_bytes() == b""


@step
def missing_artifact_is_told():
    client.download_artifacts(run_id, "nowhere.txt", str(FOLDER))


# --- registry -------------------------------------------------------------------------------------
@step
def model_is_registered():
    made = client.create_registered_model("churn", tags={"team": "blue"}, description="who leaves")
    return [made.name, made.description, made.tags, made.aliases, list(made.latest_versions)]


@step
def model_name_is_taken():
    client.create_registered_model("churn")


@step
def bad_model_name_is_refused():
    client.create_registered_model("a/b")


@step
def versions_count_up():
    sources = f"runs:/{run_id}/all"
    one = mlflow.register_model(sources, "churn")
    two = mlflow.register_model(sources, "churn", tags={"kind": "second"})
    return [version_shown(one), version_shown(two), one.run_id == run_id]


@step
def version_downloads():
    uri = client.get_model_version_download_uri("churn", "1")
    local = Path(mlflow.artifacts.download_artifacts("models:/churn/1", dst_path=str(FOLDER / "model")))
    return [uri.startswith("mlflow-artifacts:/"), (local / "a.txt").read_text()]


@step
def aliases_move():
    client.set_registered_model_alias("churn", "champion", "1")
    client.set_registered_model_alias("churn", "champion", "2")
    found = client.get_model_version_by_alias("churn", "champion")
    seen = client.get_registered_model("churn").aliases
    client.delete_registered_model_alias("churn", "champion")
    return [version_shown(found), seen, client.get_registered_model("churn").aliases]


@step
def unknown_alias_is_told():
    client.get_model_version_by_alias("churn", "nobody")


@step
def stages_archive():
    client.transition_model_version_stage("churn", "1", "production")
    client.transition_model_version_stage("churn", "2", "Production", archive_existing_versions=True)
    latest = client.get_latest_versions("churn")
    return [sorted([one.version, one.current_stage] for one in latest)]


@step
def unknown_stage_is_refused():
    client.transition_model_version_stage("churn", "1", "moon")


@step
def models_are_tagged_and_described():
    client.set_registered_model_tag("churn", "kind", "tree")
    client.delete_registered_model_tag("churn", "kind")
    client.delete_registered_model_tag("churn", "never")
    client.set_model_version_tag("churn", "1", "ok", "yes")
    client.update_model_version("churn", "1", "first try")
    client.update_registered_model("churn", "who stays")
    return [client.get_registered_model("churn").description, version_shown(client.get_model_version("churn", "1"))]


@step
def models_are_searched():
    client.create_registered_model("other")
    found = client.search_registered_models("name ILIKE 'CH%'")
    tagged = client.search_registered_models("tags.team = 'blue'")
    versions = client.search_model_versions("name = 'churn'", order_by=["version_number ASC"])
    everything = client.search_registered_models(order_by=["name ASC"], max_results=1)
    return [
        [one.name for one in found],
        [one.name for one in tagged],
        [str(one.version) for one in versions],
        [one.name for one in everything],
        bool(everything.token),
    ]


@step
def version_is_copied():
    copied = client.copy_model_version("models:/churn/1", "copied")
    uri = client.get_model_version_download_uri("copied", "1")
    return [version_shown(copied), uri == client.get_model_version_download_uri("churn", "1")]


@step
def source_of_the_machine_is_refused():
    client.create_model_version("churn", "/etc", run_id=run_id)


@step
def numbers_are_not_used_again():
    client.delete_model_version("churn", "2")
    again = client.create_model_version("churn", client.get_model_version("churn", "1").source, run_id=run_id)
    return str(again.version)


@step
def model_is_renamed_and_deleted():
    client.rename_registered_model("churn", "stay")
    versions = client.search_model_versions("name = 'stay'")
    client.delete_registered_model("stay")
    return len(versions)


@step
def missing_model_is_told():
    client.get_registered_model("churn")


@step
def missing_version_is_told():
    client.get_model_version("other", "7")


models(step, client, FOLDER)
print(json.dumps(STEPS, default=str))
