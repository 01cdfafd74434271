"""What a client that is not MLflow's own, or is wrong, is told."""

import json
import time

import pytest


def test_both_prefixes_serve_the_same(served):
    answers = [
        served.ask("GET", f"/{prefix}/2.0/mlflow/experiments/get?experiment_id=0") for prefix in ("api", "ajax-api")
    ]
    assert answers[0].json == answers[1].json
    assert answers[0].json["experiment"]["artifact_location"] == "mlflow-artifacts:/0"


def test_an_unknown_endpoint_is_a_plain_404(served):
    answer = served.say("POST", "/nowhere")
    assert (answer.status, answer.body) == (404, b"Not Found")


def test_who_asks_for_what_is_not_there_is_told_which(served):
    answer = served.say("POST", "/traces")
    assert (answer.status, answer.code) == (404, "ENDPOINT_NOT_FOUND")
    assert "traces" in answer.json["message"]
    assert "evaluation datasets" in served.ask("POST", "/api/3.0/mlflow/datasets/create", b"{}").json["message"]


def test_another_method_is_a_405(served):
    assert served.ask("GET", "/api/2.0/mlflow/runs/create").status == 405


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'{"experiment_id": 5}', b'{"experiment_id": "0", "tags": {}}', b'{"start_time": "soon"}', b"\xff"],
)
def test_a_body_that_is_wrong_is_a_400_and_makes_nothing(served, body):
    answer = served.ask("POST", "/api/2.0/mlflow/runs/create", body, {"Content-Type": "application/json"})
    assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")


def test_another_content_type_is_refused(served):
    # A page of another site may send text/plain without asking the browser first.
    answer = served.ask(
        "POST", "/api/2.0/mlflow/runs/create", b'{"experiment_id": "0"}', {"Content-Type": "text/plain"}
    )
    assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")


def test_a_body_beyond_the_limit_is_refused_before_it_is_sent(served):
    headers = {"Content-Type": "application/json", "Content-Length": str(10**9)}
    answer = served.ask("POST", "/api/2.0/mlflow/runs/create", b"", headers)
    assert answer.status == 413


def test_a_batch_beyond_mlflows_limits_is_refused(served):
    run_id = served.new_run()
    tags = [{"key": f"k{n}", "value": ""} for n in range(101)]
    answer = served.say("POST", "/runs/log-batch", run_id=run_id, tags=tags)
    assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")
    twice = [{"key": "a", "value": "1"}, {"key": "a", "value": "1"}]
    assert served.say("POST", "/runs/log-batch", run_id=run_id, params=twice).status == 400


def test_a_run_gone_on_with_keeps_how_long_it_had_paused(served):
    run_id = served.new_run()
    served.say("POST", "/runs/update", run_id=run_id, status="FINISHED", end_time=5000)
    for _ in range(2):  # the second time it has not ended
        assert served.say("POST", "/runs/update", run_id=run_id, status="RUNNING").status == 200
    tags = served.say("GET", f"/runs/get?run_id={run_id}").json["run"]["data"]["tags"]
    (pause,) = (int(one["value"]) for one in tags if one["key"] == "trackbook.paused_ms")
    assert 0 <= time.time() * 1000 - pause - 5000 < 600_000


def test_a_batch_sent_again_changes_nothing(served):
    run_id = served.new_run()
    points = [{"key": "m", "value": value, "timestamp": 5, "step": 1} for value in (1.0, "NaN", 2.0)]
    for _ in range(2):
        assert served.say("POST", "/runs/log-batch", run_id=run_id, metrics=points + points[:1]).body == b"{}"
    late = {"key": "m", "value": 9.0, "timestamp": 1, "step": 0}
    served.say("POST", "/runs/log-batch", run_id=run_id, metrics=[late])
    path = f"/api/2.0/mlflow/metrics/get-history?run_id={run_id}&metric_key=m"
    # In order of time; NaN is the least of its moment in no one's order, so only the set is told of it.
    found = [point["value"] for point in served.ask("GET", path).json["metrics"]]
    assert found[0] == 9.0
    assert sorted(map(str, found)) == ["1.0", "2.0", "9.0", "NaN"]


@pytest.mark.parametrize("path", ["log-metric", "log-batch"])
def test_a_point_of_a_logged_model_that_is_not_there_is_kept_nowhere(served, path):
    run_id, model_id = served.new_run(), "m-" + "0" * 32
    point = {"key": "acc", "value": 0.5, "timestamp": 1, "step": 0, "model_id": model_id}
    fields = point if path == "log-metric" else {"metrics": [point], "params": [{"key": "lr", "value": "1"}]}
    answer = served.say("POST", f"/runs/{path}", run_id=run_id, **fields)
    assert (answer.status, answer.code) == (404, "RESOURCE_DOES_NOT_EXIST")
    data = served.ask("GET", f"/api/2.0/mlflow/runs/get?run_id={run_id}").json["run"]["data"]
    assert not data.keys() & {"metrics", "params"}


def test_a_history_comes_in_pages_and_thinned(served):
    run_id = served.new_run()
    points = [{"key": "m", "value": float(n), "timestamp": n, "step": n} for n in range(100)]
    served.say("POST", "/runs/log-batch", run_id=run_id, metrics=points)
    path = f"/api/2.0/mlflow/metrics/get-history?run_id={run_id}&metric_key=m&max_results=40"
    seen, token = [], ""
    for _ in range(3):
        page = served.ask("GET", f"{path}&page_token={token}").json
        seen += [point["step"] for point in page["metrics"]]
        token = page.get("next_page_token", "")
    assert (seen, token) == (list(range(100)), "")
    bulk = "/ajax-api/2.0/mlflow/metrics/get-history-bulk"
    assert len(served.ask("GET", f"{bulk}?run_id={run_id}&metric_key=m").json["metrics"]) == 100
    assert len(served.ask("GET", f"{bulk}?run_id={run_id}&run_id={run_id}&metric_key=m").json["metrics"]) == 100
    sampled = served.ask("GET", f"{bulk}-interval?run_ids={run_id}&metric_key=m&max_results=10").json["metrics"]
    assert [sampled[0]["step"], sampled[-1]["step"], len(sampled)] == [0, 99, 10]
    part = served.ask("GET", f"{bulk}-interval?run_ids={run_id}&metric_key=m&start_step=3&end_step=5").json["metrics"]
    assert [one["step"] for one in part] == [3, 4, 5]
    assert served.ask("GET", f"{bulk}-interval?run_ids={run_id}&metric_key=m&start_step=3").status == 400


def test_nothing_of_runs_that_are_not_there(served):
    path = "/api/2.0/mlflow/metrics/get-history?run_id=nobody&metric_key=m"
    assert served.ask("GET", path).json == {}
    assert served.say("POST", "/runs/search", experiment_ids=["999999"]).json == {}
    assert served.say("POST", "/runs/search").json == {}


@pytest.mark.parametrize("of", ["experiments", "runs", "logged-models"])
def test_an_order_of_too_many_fields_is_the_callers_mistake(served, of):
    order = [{"field_name": "metrics.m"}] if of == "logged-models" else ["name" if of == "experiments" else "metrics.m"]
    answer = served.say("POST", f"/{of}/search", experiment_ids=["0"], order_by=order * 3000)
    assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")


def test_a_name_and_a_tag_that_differ_are_refused(served):
    tags = [{"key": "mlflow.runName", "value": "a"}]
    answer = served.say("POST", "/runs/create", experiment_id="0", run_name="b", tags=tags)
    assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize(
    "location",
    [
        "/etc",
        "file:///etc",
        "mlflow-artifacts:/../..",
        "s3://bucket/../other",
        "a",
        "s3://bucket/a?b=c",
        "s3://bucket#a",
    ],
)
def test_an_experiment_cannot_point_into_the_servers_files(served, location):
    answer = served.say("POST", "/experiments/create", name=f"at {location}", artifact_location=location)
    assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")


def test_prompts_are_models_with_a_tag_and_others_match_without_it(served):
    served.say("POST", "/registered-models/create", name="plain")
    prompt = [{"key": "mlflow.prompt.is_prompt", "value": "true"}]
    served.say("POST", "/registered-models/create", name="prompt", tags=prompt)
    query = "filter=tag.%60mlflow.prompt.is_prompt%60%20!%3D%20%27true%27"
    found = served.ask("GET", f"/api/2.0/mlflow/registered-models/search?{query}").json["registered_models"]
    names = [model["name"] for model in found]
    assert "plain" in names
    assert "prompt" not in names


def test_every_model_has_an_alias_of_its_latest_version(served):
    path = "/api/2.0/mlflow/registered-models/alias?name=newest&alias="
    served.say("POST", "/registered-models/create", name="newest")
    assert served.ask("GET", path + "latest").code == "RESOURCE_DOES_NOT_EXIST"
    for _ in range(2):
        served.say("POST", "/model-versions/create", name="newest", source="s3://bucket/model")
    served.say("POST", "/model-versions/transition-stage", name="newest", version="2", stage="Staging")
    assert [served.ask("GET", path + one).json["model_version"]["version"] for one in ("latest", "LATEST")] == ["2"] * 2


def test_a_prompt_has_versions_without_files(served):
    is_prompt = [{"key": "mlflow.prompt.is_prompt", "value": "true"}]
    text = {"key": "mlflow.prompt.text", "value": "hi {{name}}"}
    served.say("POST", "/registered-models/create", name="greeting", tags=is_prompt)
    prompt = {"name": "greeting", "source": "dummy-source", "tags": [*is_prompt, text]}
    version = served.say("POST", "/model-versions/create", **prompt).json["model_version"]
    assert (version["version"], text in version["tags"]) == ("1", True)
    assert served.ask("GET", "/model-versions/get-artifact?name=greeting&version=1&path=x").status in (400, 404)


def test_the_audit_trail_names_the_client(served):
    from trackbook.connect import connect

    served.say("POST", "/registered-models/create", headers={"User-Agent": "mine/1.0"}, name="audited")
    store = connect(served.home)
    entry = store.registry.audit("audited").items[0]
    store.close()
    assert (entry.client, entry.place) == ("mine/1.0", "127.0.0.1")


def test_models_of_mlflow_2_are_kept_in_the_runs_tag(served):
    run_id = served.new_run()
    for number in range(3):
        model = {
            "artifact_path": f"model{number}",
            "flavors": {"x": "y" * 5000},
            "utc_time_created": "",
            "run_id": run_id,
        }
        answer = served.say("POST", "/runs/log-model", run_id=run_id, model_json=json.dumps(model))
        assert answer.body == b"{}"
    tags = served.ask("GET", f"/api/2.0/mlflow/runs/get?run_id={run_id}").json["run"]["data"]["tags"]
    (history,) = [json.loads(tag["value"]) for tag in tags if tag["key"] == "mlflow.log-model.history"]
    assert [model["artifact_path"] for model in history] == ["model0", "model1", "model2"]
    for wrong in ("{", "[]", "{}"):
        assert served.say("POST", "/runs/log-model", run_id=run_id, model_json=wrong).status == 400


def test_datasets_of_experiments_are_told_once_for_each_use(served):
    made = served.say("POST", "/experiments/create", name="datasets").json["experiment_id"]
    for context in ("train", "train", "eval"):
        run_id = served.say("POST", "/runs/create", experiment_id=made).json["run"]["info"]["run_id"]
        given = {"dataset": {"name": "iris", "digest": "d1", "source_type": "local", "source": "{}"}}
        given["tags"] = [{"key": "mlflow.data.context", "value": context}]
        assert served.say("POST", "/runs/log-inputs", run_id=run_id, datasets=[given]).status == 200
    found = served.say("POST", "/experiments/search-datasets", experiment_ids=[made]).json["dataset_summaries"]
    named = {"experiment_id": made, "name": "iris", "digest": "d1"}
    assert found == [{**named, "context": "eval"}, {**named, "context": "train"}]
    assert served.say("POST", "/experiments/search-datasets", experiment_ids=[]).status == 400
    assert served.say("POST", "/experiments/search-datasets", experiment_ids=[made] * 21).status == 400
