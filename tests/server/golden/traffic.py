"""What is asked while the golden files are made: by the genuine client, and by hand where the client is too polite.

One function a noun.  Times and names are given wherever they can be, so that the files stay small and the same.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from mlflow.entities import (
    Dataset,
    DatasetInput,
    InputTag,
    LoggedModelInput,
    LoggedModelOutput,
    LoggedModelStatus,
    Metric,
    Param,
    RunTag,
    ViewType,
)
from mlflow.exceptions import MlflowException

Ask = Callable[..., Any]
API, AJAX = "/api/2.0/mlflow", "/ajax-api/2.0/mlflow"
NOBODY = "0" * 31 + "1"
refused = suppress(MlflowException)
"""An error that is asked for."""


def post(ask: Ask, path: str, /, **fields: Any) -> Any:
    return ask("POST", API + path, json=fields)


def get(ask: Ask, path: str, /, **fields: Any) -> Any:
    return ask("GET", API + path, params=fields)


def basics(client: Any, ask: Ask) -> None:
    for path in ("/health", "/version", "/api/3.0/mlflow/server-info"):
        ask("GET", path)
    for path in ("/api/2.0/mlflow/nowhere", "/api/2.0/preview/mlflow/experiments/get", "/api/9.0/mlflow/runs/get"):
        ask("GET", path)
    ask("GET", f"{API}/runs/create")
    ask("POST", f"{API}/runs/create", data=b"{", headers={"Content-Type": "application/json"})
    ask("POST", f"{API}/runs/create", data=b"[]", headers={"Content-Type": "application/json"})
    ask("POST", f"{API}/runs/create", data=b"{}", headers={"Content-Type": "application/json"})
    ask("POST", f"{API}/runs/create", data=b"", headers={"Content-Type": "application/json"})
    ask("POST", f"{API}/runs/create", data=b'{"experiment_id": "0"}', headers={"Content-Type": "text/plain"})
    ask(
        "POST",
        f"{API}/runs/search",
        data=b'{"experiment_ids": ["0"]}',
        headers={"Content-Type": "application/json; charset=utf-8"},
    )


def experiments(client: Any, ask: Ask) -> None:
    first = client.create_experiment("first", tags={"team": "blue", "mlflow.note.content": "why"})
    second = client.create_experiment("second")
    client.get_experiment("0")
    client.get_experiment(first)
    client.get_experiment_by_name("second")
    client.get_experiment_by_name("nobody")
    with refused:
        client.get_experiment("987654")
    client.set_experiment_tag(second, "team", "red")
    client.set_experiment_tag(second, "empty", "")
    client.delete_experiment_tag(second, "empty")
    with refused:
        client.delete_experiment_tag(second, "never")
    client.search_experiments(order_by=["name ASC"])
    client.search_experiments(filter_string="tags.team = 'blue'")
    client.search_experiments(filter_string="name LIKE 'sec%' AND tags.`team` ILIKE 'RED'")
    page = client.search_experiments(max_results=2, order_by=["experiment_id ASC"])
    client.search_experiments(max_results=2, order_by=["experiment_id ASC"], page_token=page.token)
    get(ask, "/experiments/search", max_results=1, order_by="name DESC", view_type="ALL")
    client.rename_experiment(second, "renamed")
    with refused:
        client.rename_experiment(second, "first")
    client.delete_experiment(second)
    for again in (client.delete_experiment, client.get_experiment):
        with refused:
            again(second)
    with refused:
        client.rename_experiment(second, "third")
    with refused:
        client.set_experiment_tag(second, "team", "none")
    with refused:
        client.create_experiment("renamed")
    client.search_experiments(view_type=ViewType.DELETED_ONLY)
    client.restore_experiment(second)
    with refused:
        client.restore_experiment(second)
    for fields in (
        {},
        {"name": ""},
        {"name": None},
        {"name": 5},
        {"name": "x" * 501},
        {"name": "tagged", "tags": [{"key": "k" * 251, "value": "v"}]},
        {"name": "tagged", "tags": {"a": "b"}},
        {"name": "unknown field", "surprise": 1},
    ):
        post(ask, "/experiments/create", **fields)
    for fields in (
        {"max_results": 0},
        {"max_results": -1},
        {"max_results": 50_001},
        {"max_results": "3"},
        {"max_results": "three"},
        {"max_results": 1, "page_token": "x"},
        {"filter": "nonsense = 'a'"},
        {"filter": "name > 'a'"},
        {"order_by": ["nonsense ASC"]},
        {"order_by": ["name UP"]},
        {"view_type": "SIDEWAYS"},
    ):
        post(ask, "/experiments/search", **fields)
    for path in ("get", "get-by-name"):
        get(ask, f"/experiments/{path}")
    for path in ("update", "delete", "restore", "set-experiment-tag", "delete-experiment-tag"):
        post(ask, f"/experiments/{path}")
    post(ask, "/experiments/update", experiment_id=first)
    post(ask, "/experiments/set-experiment-tag", experiment_id=first, key="only")
    post(ask, "/experiments/set-experiment-tag", experiment_id=first, key="", value="v")
    get(ask, "/experiments/get", experiment_id="x")


def runs(client: Any, ask: Ask) -> None:
    experiment = client.create_experiment("runs")
    run = client.create_run(experiment, start_time=1000, run_name="one", tags={"kind": "a"}).info.run_id
    client.get_run(run)
    client.log_param(run, "C", 1)
    client.log_param(run, "C", 1)
    with refused:
        client.log_param(run, "C", 2)
    client.log_metric(run, "loss", 0.5, timestamp=5, step=1)
    client.log_metric(run, "loss", float("nan"), timestamp=6, step=2)
    client.log_metric(run, "most", float("inf"), timestamp=6, step=-2)
    client.log_metric(run, "least", float("-inf"), timestamp=6)
    client.set_tag(run, "kind", "b")
    client.set_tag(run, "empty", "")
    client.delete_tag(run, "empty")
    with refused:
        client.delete_tag(run, "never")
    metrics = [Metric("many", float(n), 10 + n, n) for n in range(5)]
    client.log_batch(run, metrics, [Param("p", "1"), Param("q", "")], [RunTag("t", "1"), RunTag("t", "2")])
    client.log_batch(run, metrics, [Param("p", "1")])
    with refused:
        client.log_batch(
            run, [Metric("whole", 1.0, 1, 0)], [Param("p", "2"), Param("new", "1")], [RunTag("whole", "1")]
        )
    client.log_batch(run)
    client.get_run(run)
    get(ask, "/runs/get", run_uuid=run)
    client.update_run(run, name="renamed")
    client.set_tag(run, "mlflow.runName", "by tag")
    client.set_terminated(run, "FAILED", end_time=2000)
    client.get_run(run)
    client.update_run(run, name="")
    other = client.create_run(experiment, start_time=2000, run_name="two").info.run_id
    nameless = client.create_run(experiment, start_time=3000).info.run_id
    client.set_tag(nameless, "mlflow.runName", "three")
    client.log_metric(other, "loss", 0.25, timestamp=5)
    post(ask, "/runs/search", experiment_ids=[experiment], order_by=["attributes.start_time ASC"], max_results=2)
    for text in (
        "metrics.loss < 0.3",
        "params.C = '1'",
        "tags.kind LIKE 'b%'",
        "attributes.run_name IN ('two')",
        f"attributes.run_id IN ('{other}')",
        "attributes.status = 'RUNNING'",
        "attributes.start_time > 1500",
        "params.C IS NULL",
        "metrics.loss != 0.25",
        "run_name ILIKE 'T%'",
        "metrics.`loss` = 0.25",
        'tags."kind" != "c"',
        "metrics.loss < 'x'",
        "params.C > 1",
        "params.C = 1",
        "nonsense.a = 'b'",
        "metrics.loss",
        "metrics.loss <",
        "attributes.nothing = 'x'",
        "'",
    ):
        post(ask, "/runs/search", experiment_ids=[experiment], filter=text, order_by=["attributes.start_time ASC"])
    for order in (
        "metrics.loss DESC",
        "params.C",
        "tags.kind DESC",
        "start_time",
        "Created DESC",
        "metrics.`loss`",
        "x",
        "metrics.loss UP",
        "",
    ):
        post(ask, "/runs/search", experiment_ids=[experiment], order_by=[order, "attributes.start_time ASC"])
    page = client.search_runs([experiment], max_results=1, order_by=["attributes.start_time ASC"])
    client.search_runs([experiment], max_results=1, order_by=["attributes.start_time ASC"], page_token=page.token)
    for fields in (
        {},
        {"experiment_ids": []},
        {"experiment_ids": ["98765"]},
        {"experiment_ids": ["nonsense"]},
        {"experiment_ids": experiment},
        {"experiment_ids": [experiment], "max_results": 0},
        {"experiment_ids": [experiment], "max_results": 50_001},
        {"experiment_ids": [experiment], "max_results": 1.0},
        {"experiment_ids": [experiment], "page_token": "foreign"},
        {"experiment_ids": [experiment], "run_view_type": "NONE"},
        {"experiment_ids": [experiment], "run_view_type": 2},
    ):
        post(ask, "/runs/search", **fields)
    for status in ("SCHEDULED", "RUNNING", "SCHEDULED"):
        client.update_run(nameless, status=status)
    client.get_run(nameless)
    post(ask, "/runs/search", experiment_ids=[experiment], filter="attributes.status = 'SCHEDULED'")
    client.delete_run(other)
    client.get_run(other)
    for work in (client.delete_run, client.restore_run, client.restore_run):
        with refused:
            work(other)
    client.delete_run(other)
    for work in (
        lambda: client.log_metric(other, "m", 1.0, timestamp=1),
        lambda: client.log_param(other, "a", 1),
        lambda: client.set_tag(other, "a", 1),
        lambda: client.delete_tag(other, "a"),
        lambda: client.update_run(other, status="FINISHED"),
        lambda: client.log_batch(other, params=[Param("a", "1")]),
        lambda: client.get_run(NOBODY),
        lambda: client.delete_run(NOBODY),
        lambda: client.log_param(NOBODY, "a", 1),
    ):
        with refused:
            work()
    client.search_runs([experiment], run_view_type=ViewType.DELETED_ONLY)
    gone = client.create_experiment("gone")
    client.delete_experiment(gone)
    with refused:
        client.create_run(gone)
    with refused:
        client.create_run("98765")


def wrong_runs(client: Any, ask: Ask) -> None:
    """Requests that the client would not send."""
    run = client.create_run("0", start_time=1, run_name="one").info.run_id
    log = {"run_id": run, "key": "m", "value": 1.0, "timestamp": 1}
    for changed in (
        {"key": ""},
        {"key": None},
        {"key": "a//b"},
        {"key": "../a"},
        {"key": "/a"},
        {"key": "a?b"},
        {"key": "x" * 251},
        {"key": "ü é"},
        {"value": "1.5"},
        {"value": "NaN"},
        {"value": "Infinity"},
        {"value": "much"},
        {"value": None},
        {"value": True},
        {"value": [1]},
        {"timestamp": "5"},
        {"timestamp": "soon"},
        {"timestamp": -1},
        {"timestamp": 1.0},
        {"timestamp": 1.5},
        {"timestamp": 2**63},
        {"timestamp": None},
        {"step": "7"},
        {"step": 2.0},
        {"step": -3},
        {"step": 2**63},
        {"step": None},
        {"run_id": ""},
        {"run_id": NOBODY},
        {"run_id": "not an id"},
        {"surprise": {}},
    ):
        post(ask, "/runs/log-metric", **{**log, **changed})
    post(ask, "/runs/log-metric", run_uuid=run, key="old", value=1, timestamp=1)
    for changed in (
        {"value": 5},
        {"value": None},
        {"value": ""},
        {"key": "x" * 251},
        {"key": "new", "value": "x" * 6001},
    ):
        post(ask, "/runs/log-parameter", **{"run_id": run, "key": "p", "value": "v", **changed})
    post(ask, "/runs/log-parameter", run_id=run, key="bare")
    for changed in ({"value": "x" * 8001}, {"value": None}, {"value": 5}, {"key": "mlflow.runName", "value": ""}):
        post(ask, "/runs/set-tag", **{"run_id": run, "key": "t", "value": "v", **changed})
    point = {"key": "b", "value": 1.0, "timestamp": 1, "step": 0}
    for fields in (
        {},
        {"run_id": run},
        {"run_id": run, "params": [{"key": f"p{n}", "value": "1"} for n in range(101)]},
        {"run_id": run, "tags": [{"key": f"t{n}", "value": "1"} for n in range(101)]},
        {"run_id": run, "params": [{"key": "d", "value": "1"}, {"key": "d", "value": "1"}]},
        {"run_id": run, "params": [{"key": "d", "value": "1"}, {"key": "d", "value": "2"}]},
        {"run_id": run, "metrics": [point, {**point, "value": 2.0}, point]},
        {"run_id": run, "metrics": [{"key": "b", "value": 1.0, "timestamp": 2}]},
        {"run_id": run, "metrics": [{"key": "b", "value": 1.0}]},
        {"run_id": run, "metrics": [{"value": 1.0, "timestamp": 1}]},
        {"run_id": run, "metrics": [{**point, "value": "text"}]},
        {"run_id": run, "metrics": {}},
        {"run_id": run, "metrics": [5]},
        {"run_id": run, "params": [{"key": "p9"}]},
        {"run_id": run, "params": [{"value": "9"}]},
        {"run_id": run, "tags": [{"key": "t9"}]},
        {"run_id": run, "metrics": [point], "params": [{"key": "", "value": "1"}]},
        {"run_id": run, "metrics": [{**point, "key": "a//b"}, {**point, "key": "kept"}]},
    ):
        post(ask, "/runs/log-batch", **fields)
    client.get_run(run)
    for fields in ({}, {"run_id": run, "end_time": "7"}, {"run_id": NOBODY}):
        post(ask, "/runs/update", **fields)
    for fields in (
        {},
        {"experiment_id": "0", "start_time": "5", "run_name": "text"},
        {"experiment_id": "0", "start_time": "soon"},
        {"experiment_id": "0", "start_time": 5, "run_name": "n" * 300},
        {"experiment_id": "0", "start_time": 5, "run_name": "a", "tags": [{"key": "mlflow.runName", "value": "b"}]},
        {"experiment_id": "0", "start_time": 5, "tags": [{"key": "mlflow.runName", "value": "c"}], "user_id": "me"},
        {"experiment_id": 0},
        {"experiment_id": ""},
    ):
        post(ask, "/runs/create", **fields)
    for path in ("delete", "restore", "log-parameter", "set-tag", "delete-tag", "log-model", "log-inputs", "outputs"):
        post(ask, f"/runs/{path}")
    get(ask, "/runs/get")
    post(ask, "/runs/log-model", run_id=run, model_json="no json")
    post(ask, "/runs/log-model", run_id=run, model_json="{}")
    model = '{"artifact_path": "m", "flavors": {}, "utc_time_created": "t", "run_id": "r"}'
    post(ask, "/runs/log-model", run_id=run, model_json=model)


def metrics(client: Any, ask: Ask) -> None:
    run = client.create_run("0", start_time=1, run_name="one").info.run_id
    other = client.create_run("0", start_time=2, run_name="two").info.run_id
    client.log_batch(run, [Metric("loss", 1.0 / (n + 1), 100 + n, n) for n in range(12)])
    client.log_batch(
        run, [Metric("loss", 9.0, 50, 20), Metric("odd", float("nan"), 1, 0), Metric("odd", float("inf"), 2, 1)]
    )
    client.log_batch(other, [Metric("loss", float(n), 100 + n, 2 * n) for n in range(3)])
    client.get_metric_history(run, "loss")
    client.get_metric_history(run, "odd")
    client.get_metric_history(run, "unknown")
    client.get_metric_history(NOBODY, "loss")
    page = get(ask, "/metrics/get-history", run_id=run, metric_key="loss", max_results=5).json()
    get(ask, "/metrics/get-history", run_id=run, metric_key="loss", max_results=5, page_token=page["next_page_token"])
    get(ask, "/metrics/get-history", run_id=run, metric_key="loss", max_results=13)
    get(ask, "/metrics/get-history", run_uuid=run, metric_key="odd")
    for fields in (
        {"run_id": run},
        {"metric_key": "loss"},
        {"run_id": run, "metric_key": "loss", "max_results": "0"},
        {"run_id": run, "metric_key": "loss", "max_results": "-1"},
        {"run_id": run, "metric_key": "loss", "max_results": "x"},
        {"run_id": run, "metric_key": "loss", "max_results": "5", "page_token": "foreign"},
    ):
        get(ask, "/metrics/get-history", **fields)
    bulk, thinned = "/metrics/get-history-bulk", "/metrics/get-history-bulk-interval"
    for fields in (
        {"run_id": run, "metric_key": "loss"},
        {"run_id": [run, other], "metric_key": "loss", "max_results": 4},
        {"run_id": [other, NOBODY], "metric_key": "loss"},
        {"run_id": run},
        {"metric_key": "loss"},
        {"run_id": [f"{n:032x}" for n in range(101)], "metric_key": "loss"},
        {"run_id": run, "metric_key": "loss", "max_results": "x"},
    ):
        ask("GET", AJAX + bulk, params=fields)
    for fields in (
        {"run_ids": run, "metric_key": "loss"},
        {"run_ids": [run, other], "metric_key": "loss", "start_step": 1, "end_step": 4},
        {"run_ids": [run, other], "metric_key": "loss", "max_results": 3},
        {"run_ids": [other, NOBODY], "metric_key": "loss"},
        {"run_ids": run, "metric_key": "odd"},
        {"run_ids": run, "metric_key": "unknown"},
        {"run_ids": run},
        {"metric_key": "loss"},
        {"run_ids": run, "metric_key": "loss", "start_step": 1},
        {"run_ids": run, "metric_key": "loss", "start_step": 4, "end_step": 1},
        {"run_ids": run, "metric_key": "loss", "start_step": "x", "end_step": 1},
        {"run_ids": run, "metric_key": "loss", "max_results": 0},
        {"run_ids": run, "metric_key": "loss", "max_results": 2501},
        {"run_ids": [f"{n:032x}" for n in range(101)], "metric_key": "loss"},
    ):
        ask("GET", AJAX + thinned, params=fields)


def datasets(client: Any, ask: Ask) -> None:
    experiment = client.create_experiment("datasets")
    run = client.create_run(experiment, start_time=1, run_name="one").info.run_id
    other = client.create_run(experiment, start_time=2, run_name="two").info.run_id
    bare, full = Dataset("iris", "abc", "local", "iris.csv"), Dataset("wine", "def", "http", "{}", "{}", '{"rows": 1}')
    client.log_inputs(run, [DatasetInput(bare, [])])
    client.log_inputs(run, [DatasetInput(bare, [InputTag("mlflow.data.context", "train")])])
    client.log_inputs(other, [DatasetInput(full, [InputTag("mlflow.data.context", "eval"), InputTag("k", "")])])
    client.get_run(run)
    client.get_run(other)
    for text in (
        "dataset.name = 'iris'",
        "datasets.digest LIKE 'd%'",
        "dataset.context = 'eval'",
        "dataset.name IN ('wine')",
        "dataset.size = 1",
    ):
        post(ask, "/runs/search", experiment_ids=[experiment], filter=text)
    for fields in (
        {"experiment_ids": [experiment]},
        {"experiment_ids": ["0"]},
        {"experiment_ids": ["98765"]},
        {"experiment_ids": []},
        {},
        {"experiment_ids": ["0"] * 21},
    ):
        ask("POST", f"{AJAX}/experiments/search-datasets", json=fields)
    for dataset in (
        {"name": "a", "digest": "b"},
        {"name": "a", "digest": "b", "source_type": "c"},
        {"name": "n" * 501, "digest": "b", "source_type": "c", "source": "d"},
        {"name": "a", "digest": "d" * 37, "source_type": "c", "source": "d"},
        {"name": "a", "digest": "b", "source_type": "c", "source": "d", "profile": "p"},
    ):
        post(ask, "/runs/log-inputs", run_id=run, datasets=[{"dataset": dataset, "tags": []}])
    post(ask, "/runs/log-inputs", run_id=run)
    post(ask, "/runs/log-inputs", run_id=NOBODY, datasets=[])
    client.get_run(run)


def artifacts(client: Any, ask: Ask) -> None:
    proxy = "/api/2.0/mlflow-artifacts"
    run = client.create_run("0", start_time=1, run_name="one").info.run_id
    client.list_artifacts(run)
    client.log_text(run, "alpha", "a.txt")
    client.log_text(run, "", "deep/er/empty.txt")
    client.log_dict(run, {"a": 1}, "deep/ü b.json")
    for path in ("", "deep", "deep/er", "nowhere", "a.txt"):
        client.list_artifacts(run, path or None)
        get(ask, "/artifacts/list", run_id=run, path=path)
    get(ask, "/artifacts/list", run_id=run)
    get(ask, "/artifacts/list")
    get(ask, "/artifacts/list", run_id=NOBODY)
    for path in ("..", "../..", "/etc", "a/../../b", "%2e%2e", "file:///etc", "deep/../deep"):
        get(ask, "/artifacts/list", run_id=run, path=path)
    with tempfile.TemporaryDirectory() as folder:
        client.download_artifacts(run, "deep", folder)
        (Path(folder) / "sent.bin").write_text("bytes")
        client.log_artifact(run, f"{folder}/sent.bin", "sent")
        with refused:
            client.download_artifacts(run, "nowhere.txt", folder)
    root = f"{proxy}/artifacts/0/{run}/artifacts"
    for path in ("a.txt", "deep", "nowhere", "..%2F..%2Fa", "%252e%252e%252fa"):
        ask("GET", f"{root}/{path}")
    ask("PUT", f"{root}/raw.bin", data=b"raw", headers={"Content-Type": "application/octet-stream"})
    ask("PUT", f"{root}/raw.bin", data=b"again")
    ask("GET", f"{root}/raw.bin")
    ask("GET", f"{proxy}/artifacts", params={"path": f"0/{run}/artifacts"})
    ask("DELETE", f"{root}/raw.bin")
    ask("DELETE", f"{root}/sent")
    ask("DELETE", f"{root}/sent")
    ask("POST", f"{root}/raw.bin")
    for part in ("create", "complete", "abort"):
        ask(
            "POST",
            f"{proxy}/mpu/{part}/0/{run}/artifacts/big",
            json={"path": "big", "num_parts": 2, "upload_id": "u", "parts": []},
        )
    ask("GET", f"{proxy}/presigned/0/{run}/artifacts/a.txt")
    for query in (
        {"run_uuid": run, "path": "a.txt"},
        {"run_id": run, "path": "a.txt"},
        {"run_uuid": run, "path": "deep"},
        {"run_uuid": run, "path": "nowhere"},
        {"run_uuid": run, "path": "../a"},
        {"run_uuid": run},
        {"run_uuid": NOBODY, "path": "a"},
    ):
        ask("GET", "/get-artifact", params=query)
    upload = f"{AJAX}/upload-artifact"
    ask("POST", upload, params={"run_uuid": run, "path": "up/loaded.txt"}, data=b"up")
    ask("GET", "/get-artifact", params={"run_uuid": run, "path": "up/loaded.txt"})
    for query in (
        {"run_uuid": run},
        {"path": "a"},
        {"run_uuid": run, "path": "../a"},
        {"run_uuid": NOBODY, "path": "a"},
    ):
        ask("POST", upload, params=query, data=b"up")
    ask("POST", upload, params={"run_uuid": run, "path": "none.txt"})


def logged_models(client: Any, ask: Ask) -> None:
    experiment = client.create_experiment("models")
    run = client.create_run(experiment, start_time=1, run_name="one").info.run_id
    model = client.create_logged_model(experiment, "clf", run, {"team": "blue"}, {"depth": "3"}, "classifier").model_id
    client.get_logged_model(model)
    client.finalize_logged_model(model, LoggedModelStatus.READY)
    client.set_logged_model_tags(model, {"a": "1", "b": ""})
    client.delete_logged_model_tag(model, "b")
    with refused:
        client.delete_logged_model_tag(model, "never")
    for value in ("1", "2"):
        post(ask, f"/logged-models/{model}/params", model_id=model, params=[{"key": "late", "value": value}])
    client.log_metric(run, "acc", 0.5, timestamp=5, step=1, model_id=model)
    client.log_metric(run, "acc", 0.75, timestamp=6, step=2, model_id=model, dataset_name="iris", dataset_digest="abc")
    client.log_inputs(run, models=[LoggedModelInput(model)])
    client.log_outputs(run, [LoggedModelOutput(model, 3)])
    client.get_run(run)
    client.get_logged_model(model)
    bare = post(ask, "/logged-models", experiment_id=experiment).json()["model"]["info"]["model_id"]
    for fields in (
        {},
        {"experiment_id": "98765", "name": "x"},
        {"experiment_id": experiment, "name": "a/b"},
        {"experiment_id": experiment, "name": ""},
        {"experiment_id": experiment, "name": "p", "params": [{"key": "k"}]},
        {"experiment_id": experiment, "name": "p", "source_run_id": NOBODY},
    ):
        post(ask, "/logged-models", **fields)
    for fields in (
        {"filter": "name = 'clf'"},
        {"filter": "metrics.acc > 0.6"},
        {"filter": "params.depth = '3' AND tags.team = 'blue'"},
        {"filter": "model_type = 'classifier'"},
        {"filter": "status = 'READY'"},
        {"filter": "metrics.acc > 0.6", "datasets": [{"dataset_name": "iris"}]},
        {"filter": "metrics.acc > 0.6", "datasets": [{"dataset_name": "wine"}]},
        {"filter": "nonsense = 1"},
        {"filter": "name > 'a'"},
        {"datasets": [{}]},
        {"max_results": 1, "order_by": [{"field_name": "creation_timestamp", "ascending": True}]},
        {"max_results": 0},
        {"max_results": 51},
        {"order_by": [{"field_name": "metrics.acc", "ascending": False}]},
        {"order_by": [{"field_name": "nonsense"}]},
        {"order_by": [{}]},
        {"page_token": "foreign"},
    ):
        post(ask, "/logged-models/search", experiment_ids=[experiment], **fields)
    post(ask, "/logged-models/search")
    post(ask, "/logged-models/search", experiment_ids=["98765"])
    page = client.search_logged_models(
        [experiment], max_results=1, order_by=[{"field_name": "creation_timestamp", "ascending": True}]
    )
    client.search_logged_models(
        [experiment],
        max_results=1,
        order_by=[{"field_name": "creation_timestamp", "ascending": True}],
        page_token=page.token,
    )
    nobody = "m-" + "0" * 32
    for path in (
        f"/logged-models/{nobody}",
        "/logged-models/x",
        f"/logged-models/{model}/artifacts/directories",
        f"/logged-models/{nobody}/artifacts/directories",
    ):
        get(ask, path)
    for body in ({"status": "LOGGED_MODEL_UPLOAD_FAILED"}, {"status": 2}, {}):
        ask("PATCH", f"{API}/logged-models/{bare}", json={"model_id": bare, **body})
    ask("PATCH", f"{API}/logged-models/{nobody}", json={"model_id": nobody, "status": 2})
    ask("PATCH", f"{API}/logged-models/{nobody}/tags", json={"model_id": nobody, "tags": [{"key": "a", "value": "1"}]})
    post(ask, "/runs/outputs", run_id=run, models=[{"model_id": nobody, "step": 1}])
    post(ask, "/runs/outputs", run_id=run, models=[{}])
    files = f"/api/2.0/mlflow-artifacts/artifacts/{experiment}/models/{model}/artifacts"
    ask("PUT", f"{files}/MLmodel", data=b"flavors: {}")
    ask("PUT", f"{files}/data/x.bin", data=b"x")
    get(ask, f"/logged-models/{model}/artifacts/directories")
    get(ask, f"/logged-models/{model}/artifacts/directories", artifact_directory_path="data")
    for path in ("MLmodel", "data", "nowhere", "../x", ""):
        ask("GET", f"{AJAX}/logged-models/{model}/artifacts/files", params={"artifact_file_path": path})
    client.delete_logged_model(bare)
    with refused:
        client.get_logged_model(bare)
    get(ask, f"/logged-models/{bare}", allow_deleted="true")
    with refused:
        client.delete_logged_model(bare)


def registry(client: Any, ask: Ask) -> None:
    run = client.create_run("0", start_time=1, run_name="one").info.run_id
    client.create_registered_model("churn", {"team": "blue"}, "who leaves")
    with refused:
        client.create_registered_model("churn")
    source = f"mlflow-artifacts:/0/{run}/artifacts/model"
    client.log_text(run, "flavors: {}", "model/MLmodel")
    client.create_model_version("churn", source, run, {"ok": "yes"}, description="first", await_creation_for=0)
    client.create_model_version("churn", source, run, await_creation_for=0)
    post(ask, "/model-versions/create", name="churn", source=f"runs:/{run}/model", run_id=run, run_link="http://l")
    client.get_model_version("churn", "1")
    client.get_model_version_download_uri("churn", "1")
    client.get_model_version_download_uri("churn", "3")
    client.set_registered_model_alias("churn", "champion", "1")
    client.set_registered_model_alias("churn", "champion", "2")
    client.set_registered_model_alias("churn", "rival", "2")
    client.get_model_version_by_alias("churn", "champion")
    with refused:
        client.get_model_version_by_alias("churn", "nobody")
    with refused:
        client.get_model_version_by_alias("nobody", "champion")
    client.transition_model_version_stage("churn", "1", "production")
    client.transition_model_version_stage("churn", "2", "Production", archive_existing_versions=True)
    client.get_latest_versions("churn")
    client.get_latest_versions("churn", ["Production"])
    get(ask, "/registered-models/get-latest-versions", name="churn", stages=["Production", "None"])
    with refused:
        client.get_latest_versions("churn", ["Moon"])
    with refused:
        client.get_latest_versions("nobody")
    client.get_registered_model("churn")
    client.set_registered_model_tag("churn", "k", "v")
    client.delete_registered_model_tag("churn", "k")
    client.delete_registered_model_tag("churn", "never")
    client.set_model_version_tag("churn", "1", "k", "v")
    client.delete_model_version_tag("churn", "1", "k")
    client.delete_model_version_tag("churn", "1", "never")
    client.update_model_version("churn", "1", "better")
    client.update_registered_model("churn", "who stays")
    ask("PATCH", f"{API}/registered-models/update", json={"name": "churn"})
    client.create_registered_model("other")
    client.search_registered_models("name LIKE 'ch%'", order_by=["name ASC"])
    client.search_registered_models(order_by=["name DESC"])
    page = client.search_registered_models(max_results=1, order_by=["name ASC"])
    client.search_registered_models(max_results=1, order_by=["name ASC"], page_token=page.token)
    for fields in (
        {"filter": "tags.team = 'blue'"},
        {"filter": "name ILIKE 'CH%'"},
        {"filter": "nonsense = 'x'"},
        {"filter": "name > 'x'"},
        {"max_results": 0},
        {"max_results": 1001},
        {"max_results": "x"},
        {"order_by": "nonsense"},
        {"order_by": "last_updated_timestamp DESC", "max_results": 1},
        {"order_by": "timestamp"},
        {"page_token": "foreign"},
    ):
        get(ask, "/registered-models/search", **fields)
    client.search_model_versions("name = 'churn'", order_by=["version_number ASC"])
    client.search_model_versions(f"run_id = '{run}'", max_results=1)
    for fields in (
        {"filter": "tags.ok = 'yes'"},
        {"filter": "version_number > 2"},
        {"filter": "version_number = 'x'"},
        {"filter": f"run_id IN ('{run}')", "order_by": "version_number DESC"},
        {"filter": f"source_path = '{source}'", "order_by": "version_number ASC"},
        {"filter": "nonsense = 'x'"},
        {"max_results": 0},
        {"max_results": 200_001},
        {"order_by": "nonsense"},
        {"page_token": "foreign"},
    ):
        get(ask, "/model-versions/search", **fields)
    client.copy_model_version("models:/churn/1", "copied")
    client.get_model_version_download_uri("copied", "1")
    client.rename_registered_model("other", "renamed")
    for work in (
        lambda: client.rename_registered_model("renamed", "churn"),
        lambda: client.rename_registered_model("renamed", ""),
        lambda: client.rename_registered_model("nobody", "x"),
        lambda: client.get_registered_model("nobody"),
        lambda: client.delete_registered_model("nobody"),
        lambda: client.get_model_version("churn", "99"),
        lambda: client.get_model_version("churn", "x"),
        lambda: client.transition_model_version_stage("churn", "1", "moon"),
        lambda: client.transition_model_version_stage("churn", "99", "Staging"),
        lambda: client.set_registered_model_alias("churn", "latest", "1"),
        lambda: client.set_registered_model_alias("churn", "v1", "1"),
        lambda: client.set_registered_model_alias("churn", "a b", "1"),
        lambda: client.set_registered_model_alias("churn", "good", "99"),
        lambda: client.set_registered_model_alias("nobody", "good", "1"),
        lambda: client.delete_registered_model_alias("churn", "nobody"),
        lambda: client.set_registered_model_tag("nobody", "k", "v"),
        lambda: client.set_model_version_tag("churn", "99", "k", "v"),
        lambda: client.update_registered_model("nobody", "x"),
    ):
        with refused:
            work()
    for path in (
        "/registered-models/get",
        "/registered-models/alias",
        "/model-versions/get",
        "/model-versions/get-download-uri",
    ):
        get(ask, path)
    for name in ("", "a/b", "a:b", ".", 5, None):
        post(ask, "/registered-models/create", name=name)
    post(ask, "/registered-models/create", name="tagged", tags=[{"key": "k" * 251, "value": "v"}])
    post(ask, "/registered-models/set-tag", name="churn", key="bare")
    for fields in (
        {},
        {"name": "churn"},
        {"name": "nobody", "source": source, "run_id": run},
        {"name": "churn", "source": "/etc/passwd"},
        {"name": "churn", "source": "file:///etc"},
        {"name": "churn", "source": "s3://bucket/model"},
        {"name": "churn", "source": "mlflow-artifacts:/../x"},
        {"name": "churn", "source": "models:/nobody/1"},
    ):
        post(ask, "/model-versions/create", **fields)
    for query in (
        {"name": "churn", "version": "1", "path": "MLmodel"},
        {"name": "churn", "version": "1", "path": "nowhere"},
        {"name": "churn", "version": "1", "path": "../x"},
        {"name": "churn", "version": "99", "path": "x"},
        {"name": "churn", "version": "1"},
        {"version": "1", "path": "x"},
    ):
        ask("GET", "/model-versions/get-artifact", params=query)
    client.delete_model_version("churn", "3")
    with refused:
        client.get_model_version("churn", "3")
    post(ask, "/model-versions/create", name="churn", source=source, run_id=run)
    client.get_registered_model("churn")
    client.delete_model_version("churn", "2")
    client.get_registered_model("churn")
    client.delete_registered_model("churn")
    client.search_model_versions("name = 'churn'")


HOOK = "https://93.184.216.34/hook"
"""An address that needs no look-up; nothing is sent there while this is recorded or replayed."""


def webhooks(client: Any, ask: Ask) -> None:
    made = client.create_webhook("ci", HOOK, ["model_version.created", "model_version_alias.created"], "why")
    client.get_webhook(made.webhook_id)
    second = client.create_webhook("idle", HOOK, ["registered_model.created"], status="DISABLED")
    page = client.list_webhooks(max_results=1)
    client.list_webhooks(max_results=1, page_token=page.token)
    client.list_webhooks()
    client.update_webhook(second.webhook_id, name="idler", description="", events=["prompt_tag.set"])
    client.update_webhook(second.webhook_id, status="DISABLED", url=f"{HOOK}/other")
    client.delete_webhook(second.webhook_id)
    nobody = "00000000-0000-0000-0000-000000000001"
    with refused:
        client.get_webhook(second.webhook_id)
    event = {"entity": "MODEL_VERSION", "action": "CREATED"}
    given = {"name": "x", "url": HOOK, "events": [event]}
    for fields in (
        {},
        {**given, "name": ""},
        {**given, "name": "-x"},
        {**given, "name": "x" * 64},
        {**given, "url": ""},
        {**given, "url": "ftp://93.184.216.34/"},
        {**given, "url": "http://93.184.216.34/"},
        {**given, "url": "no url"},
        {**given, "url": "https://127.0.0.1/"},
        {**given, "events": []},
        {**given, "events": [{"entity": "MODEL_VERSION", "action": "DELETED"}]},
        {**given, "events": [{"entity": "NOTHING", "action": "CREATED"}]},
        {**given, "events": "model_version.created"},
        {**given, "description": 5},
    ):
        post(ask, "/webhooks", **fields)
    for query in ({"max_results": "0"}, {"max_results": "1001"}, {"max_results": "-1"}, {"page_token": "x"}):
        get(ask, "/webhooks", **query)
    ask("PATCH", f"{API}/webhooks/{made.webhook_id}", json={"status": "ASLEEP"})
    for number in (made.webhook_id, nobody):
        for fields in ({}, {"name": "-"}, {"url": "http://93.184.216.34/"}, {"description": "new"}):
            ask("PATCH", f"{API}/webhooks/{number}", json=fields)
    ask("DELETE", f"{API}/webhooks/{nobody}")
    post(ask, f"/webhooks/{nobody}/test")
    post(ask, f"/webhooks/{made.webhook_id}/test", event={"entity": "NOTHING", "action": "CREATED"})
    get(ask, f"/webhooks/{made.webhook_id}")


SCENES: dict[str, Callable[..., None]] = {
    scene.__name__: scene
    for scene in (
        basics,
        experiments,
        runs,
        wrong_runs,
        metrics,
        datasets,
        artifacts,
        logged_models,
        registry,
        webhooks,
    )
}
