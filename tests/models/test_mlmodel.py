"""The MLmodel file: written in MLflow's fields, read with the safe loader only."""

import pytest
import yaml

from trackbook.errors import InvalidValue
from trackbook.models.mlmodel import CLASS_KEY, MLmodel, parse

WRITTEN_BY_MLFLOW = """
artifact_path: model
flavors:
  python_function: {loader_module: mlflow.sklearn, model_path: model.pkl, predict_fn: predict}
  sklearn: {pickled_model: model.pkl, serialization_format: cloudpickle, code: null}
mlflow_version: 3.17.2
model_id: m-1234
model_size_bytes: 1200
model_uuid: abc
run_id: r1
signature: {inputs: '[{"type": "double", "name": "x"}]', outputs: null, params: null}
utc_time_created: '2026-01-01 00:00:00.000000'
prompts: null
"""


def test_file_reads_back_as_written():
    model = MLmodel("model", {"sklearn": {"a": [1, (2, 3)]}}, run_id="r1", metadata={CLASS_KEY: "x.Y"})
    read = parse(model.to_yaml())
    assert (read.artifact_path, read.run_id, read.model_uuid) == ("model", "r1", model.model_uuid)
    assert read.flavors == {"sklearn": {"a": [1, [2, 3]]}}
    assert (read.flavor, read.class_name) == ("sklearn", "x.Y")


def test_file_of_mlflow_passes_through_unharmed():
    read = parse(WRITTEN_BY_MLFLOW)
    assert read.flavor == "sklearn"
    before, after = yaml.safe_load(WRITTEN_BY_MLFLOW), yaml.safe_load(read.to_yaml())
    assert after == {key: value for key, value in before.items() if value is not None}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3",
        "- a",
        "flavors: 3",
        "{",
        "flavors: !!python/object/apply:os.system [echo]",
        b"\xff\xfe\x00",
        "a: &a [*a",
        "flavors: {}\n" + " " * 5_000_000,
    ],
)
def test_what_is_no_model_file_is_refused(text):
    with pytest.raises(InvalidValue):
        parse(text)


@pytest.mark.parametrize("text", ["flavors: {sklearn: null}", "flavors: {}", "flavors: {x: {}}\nmetadata: 3"])
def test_sparse_file_is_read(text):
    assert parse(text).class_name == ""
