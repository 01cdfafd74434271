"""Runs on the wire: their life, and what is logged into them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from msgspec import Meta, field

from trackbook.core import entities
from trackbook.core.entities import RunStatus, ViewType
from trackbook.core.names import INT64_MAX
from trackbook.wire.messages import Digits, Int64, KeyValue, Limit, Message, Text, number, pairs
from trackbook.wire.metrics import Given, Metric

Time = Annotated[int, Meta(ge=0, le=INT64_MAX)]


class OfRun(Message):
    """Base of what names a run, by the field's name or by its old one; read it from `run`."""

    run_id: str = ""
    run_uuid: str = ""

    def __post_init__(self) -> None:
        if not self.run:
            raise ValueError("Object missing required field `run_id`")

    @property
    def run(self) -> str:
        return self.run_id or self.run_uuid


class RunInfo(Message):
    run_uuid: str
    experiment_id: str
    run_name: str
    user_id: str
    status: str
    start_time: int
    artifact_uri: str
    lifecycle_stage: str
    run_id: str
    end_time: int | None = None


class RunData(Message):
    metrics: list[Metric] = []
    params: list[KeyValue] = []
    tags: list[KeyValue] = []


class Dataset(Message):
    name: Annotated[str, Meta(min_length=1, max_length=500)]
    digest: Annotated[str, Meta(min_length=1, max_length=36)]
    source_type: str = field(default_factory=str)
    source: Annotated[str, Meta(max_length=65_535)] = field(default_factory=str)
    schema: Annotated[str, Meta(max_length=1_048_575)] = ""
    profile: Annotated[str, Meta(max_length=16_777_215)] = ""


class DatasetInput(Message):
    dataset: Dataset
    tags: list[KeyValue] = []


class ModelInput(Message):
    model_id: Text


class ModelOutput(Message):
    model_id: Text
    step: Int64 = 0


class MadeModel(Message):
    """As it is answered: the step is always there."""

    model_id: str
    step: int


class Inputs(Message):
    dataset_inputs: list[DatasetInput] = []
    model_inputs: list[ModelInput] = []


class Outputs(Message):
    model_outputs: list[MadeModel] = []


class Run(Message):
    info: RunInfo
    data: RunData
    inputs: Inputs
    outputs: Outputs | None = None
    """None of a run that was just made."""


class Create(Message):
    experiment_id: Digits
    user_id: str = ""
    run_name: str = ""
    start_time: Time | None = None
    tags: list[KeyValue] = []


class One(OfRun):
    """Names a run: get, delete, restore."""


class Found(Message):
    run: Run


class Update(OfRun):
    status: RunStatus | None = None
    end_time: Time | None = None
    run_name: str = ""


class Updated(Message):
    run_info: RunInfo


class Search(Message):
    experiment_ids: list[Digits] = []
    filter: str = ""
    run_view_type: ViewType = ViewType.ACTIVE_ONLY
    max_results: Limit = 1000
    order_by: list[str] = []
    page_token: str = ""


class Page(Message):
    runs: list[Run] = []
    next_page_token: str = ""


class LogMetric(OfRun, kw_only=True):
    key: Text
    value: float
    timestamp: Int64
    step: Int64 = 0
    model_id: str = ""
    dataset_name: str = ""
    dataset_digest: str = ""


class LogParam(OfRun, kw_only=True):
    key: Text
    value: str = field(default_factory=str)


class SetTag(OfRun, kw_only=True):
    key: Text
    value: str = field(default_factory=str)


class DeleteTag(OfRun, kw_only=True):
    key: Text


class LogBatch(OfRun):
    metrics: list[Given] = []
    params: list[KeyValue] = []
    tags: list[KeyValue] = []


class LogModel(OfRun, kw_only=True):
    """What clients of MLflow 2 tell of a model that they put among the run's artifacts."""

    model_json: Text


class LogInputs(OfRun):
    datasets: list[DatasetInput] = []
    models: list[ModelInput] = []


class LogOutputs(OfRun):
    models: list[ModelOutput] = []


def info(one: entities.RunInfo, artifact_uri: str) -> RunInfo:
    """`artifact_uri` is where a client finds the artifacts."""
    return RunInfo(
        run_uuid=one.run_id,
        experiment_id=one.experiment_id,
        run_name=one.run_name,
        user_id=one.user_id,
        status=str(one.status),
        start_time=one.start_time,
        end_time=one.end_time,
        artifact_uri=artifact_uri,
        lifecycle_stage=str(one.lifecycle_stage),
        run_id=one.run_id,
    )


def run(one: entities.Run, artifact_uri: str) -> Run:
    """With the latest point of each metric."""
    data = one.data
    return Run(
        info=info(one.info, artifact_uri),
        data=RunData(metrics=_latest(data.aggregates), params=pairs(data.params), tags=pairs(data.tags)),
        inputs=Inputs(
            dataset_inputs=[_dataset_input(given) for given in one.inputs.dataset_inputs],
            model_inputs=[ModelInput(model_id=given.model_id) for given in one.inputs.model_inputs],
        ),
        outputs=_outputs(one.outputs.model_outputs),
    )


def _outputs(models: Sequence[entities.LoggedModelOutput]) -> Outputs:
    return Outputs(model_outputs=[MadeModel(model_id=one.model_id, step=one.step) for one in models])


def _latest(aggregates: Mapping[str, entities.MetricAggregate]) -> list[Metric]:
    return [
        Metric(key=key, value=number(one.last), timestamp=one.last_timestamp, step=one.last_step)
        for key, one in aggregates.items()
    ]


def _dataset_input(given: entities.DatasetInput) -> DatasetInput:
    one = given.dataset
    dataset = Dataset(
        name=one.name,
        digest=one.digest,
        source_type=one.source_type,
        source=one.source,
        schema=one.schema,
        profile=one.profile,
    )
    return DatasetInput(tags=pairs(given.tags), dataset=dataset)
