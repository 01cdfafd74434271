"""Messages as MLflow's own server and client write them."""

import json

import pytest

from trackbook.core import entities
from trackbook.errors import InvalidValue
from trackbook.wire import codec, experiments, logged_models, metrics, registry, runs
from trackbook.wire.messages import KeyValue, Nothing


def test_what_is_not_set_and_what_is_empty_is_left_out():
    info = entities.RunInfo("a" * 32, "first", "1", "RUNNING", 1000)
    written = json.loads(codec.encode(runs.Found(run=runs.run(entities.Run(info), "mlflow-artifacts:/1/a"))))
    assert set(written["run"]) == {"info", "data", "inputs", "outputs"}
    assert written["run"]["data"] == {}
    assert "end_time" not in written["run"]["info"]
    assert written["run"]["info"]["run_uuid"] == written["run"]["info"]["run_id"]
    assert codec.encode(Nothing()) == b"{}"
    assert codec.encode(runs.Page()) == b"{}"


def test_numbers_that_are_set_are_written_also_where_they_are_zero():
    point = metrics.Metric(key="loss", value=0.0, timestamp=0, step=0)
    assert json.loads(codec.encode(point)) == {"key": "loss", "value": 0.0, "timestamp": 0, "step": 0}


@pytest.mark.parametrize(("value", "text"), [("nan", "NaN"), ("inf", "Infinity"), ("-inf", "-Infinity")])
def test_numbers_that_json_lacks_are_text_in_both_directions(value, text):
    aggregate = entities.MetricAggregate("m", 1, float(value), 0, 5, 0, 0, 0, 0, 0)
    info = entities.RunInfo("a", "first", "1", "RUNNING", 1000)
    run = runs.run(entities.Run(info, entities.RunData(aggregates={"m": aggregate})), "")
    assert json.loads(codec.encode(run))["data"]["metrics"][0]["value"] == text
    body = json.dumps({"run_id": "a", "key": "m", "value": text, "timestamp": 5}).encode()
    assert repr(codec.from_body(runs.LogMetric, body).value) == value


def test_integers_may_be_text_and_go_up_to_64_bits():
    body = b'{"run_id": "a", "key": "m", "value": 1, "timestamp": "9223372036854775807", "step": "-3"}'
    asked = codec.from_body(runs.LogMetric, body)
    assert (asked.timestamp, asked.step) == (2**63 - 1, -3)
    with pytest.raises(InvalidValue, match="step"):
        codec.from_body(runs.LogMetric, b'{"run_id": "a", "key": "m", "value": 1, "timestamp": 1, "step": 1e30}')


def test_unknown_fields_and_nulls_are_as_if_they_were_not_there():
    body = b'{"name": "x", "artifact_location": null, "tags": [{"key": "a", "value": "b", "more": 1}], "new": {}}'
    asked = codec.from_body(experiments.Create, body)
    assert asked == experiments.Create(name="x", tags=[KeyValue(key="a", value="b")])


@pytest.mark.parametrize("kind", [experiments.One, runs.Create, logged_models.Create])
def test_an_id_that_is_no_number_is_the_callers_mistake(kind):
    with pytest.raises(InvalidValue, match="'experiment_id': give its number, in digits"):
        codec.from_body(kind, b'{"experiment_id": "lesson"}')


def test_no_points_of_several_runs_are_an_empty_list():
    assert codec.encode(metrics.ListedOfRuns(metrics=[])) == b'{"metrics":[]}'


@pytest.mark.parametrize(
    "body",
    [b"{}", b"", b'{"experiment_id": ""}', b'{"experiment_id": null}'],
)
def test_a_missing_field_is_named_in_mlflows_words(body):
    with pytest.raises(InvalidValue, match=r"Missing value for required parameter 'experiment_id'\."):
        codec.from_body(experiments.One, body)


def test_a_missing_field_inside_a_list_is_named():
    with pytest.raises(InvalidValue, match="required parameter 'key'"):
        codec.from_body(runs.LogBatch, b'{"run_id": "a", "params": [{"value": "1"}]}')


def test_runs_are_named_by_the_old_field_too():
    assert codec.from_body(runs.One, b'{"run_uuid": "a"}').run == "a"
    with pytest.raises(InvalidValue, match="required parameter 'run_id'"):
        codec.from_body(runs.One, b"{}")


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"1", b"null", b"\xff\xfe", b'{"experiment_id": 5}', b'{"experiment_id": {}}', b"[" * 100_000],
)
def test_what_is_no_such_object_is_refused(body):
    with pytest.raises(InvalidValue):
        codec.from_body(experiments.One, body)


def test_enums_travel_by_name():
    assert codec.from_body(runs.Update, b'{"run_id": "a", "status": "FINISHED"}').status == "FINISHED"
    with pytest.raises(InvalidValue):
        codec.from_body(runs.Update, b'{"run_id": "a", "status": "WONDERFUL"}')


def test_queries_repeat_what_is_a_list():
    asked = codec.from_query(metrics.Interval, {"run_ids": ["a", "b"], "metric_key": ["loss"], "max_results": ["20"]})
    assert (asked.run_ids, asked.metric_key, asked.max_results) == (["a", "b"], "loss", 20)
    with pytest.raises(InvalidValue, match="metric_key"):
        codec.from_query(metrics.Interval, {"run_ids": ["a"]})


@pytest.mark.parametrize("number", ["0", "50001", "x"])
def test_page_sizes_have_bounds(number):
    with pytest.raises(InvalidValue, match="max_results"):
        codec.from_query(experiments.Search, {"max_results": [number]})


def test_a_registered_model_is_written_as_mlflow_reads_it():
    version = entities.ModelVersion("m", "3", "runs:/a/model", "a", aliases=("best",), tags={"k": "v"})
    model = entities.RegisteredModel("m", aliases={"best": "3"}, latest_versions=(version,))
    written = json.loads(codec.encode(registry.model(model)))
    assert written["aliases"] == [{"alias": "best", "version": "3"}]
    assert written["latest_versions"][0] == {
        "name": "m",
        "version": "3",
        "creation_timestamp": 0,
        "last_updated_timestamp": 0,
        "description": "",
        "run_link": "",
        "current_stage": "None",
        "source": "runs:/a/model",
        "status": "READY",
        "run_id": "a",
        "tags": [{"key": "k", "value": "v"}],
        "aliases": ["best"],
    }
