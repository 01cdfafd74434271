"""Logged models on the wire: MLflow 3's models apart from runs.

The id of the model stands in the path of most requests, and is read from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from msgspec import Meta

from trackbook.core import logged_models as core
from trackbook.core.logged_models import MOST_FOUND, LoggedModelStatus
from trackbook.wire.artifacts import FileInfo
from trackbook.wire.messages import Digits, KeyValue, Message, Text, number, pairs
from trackbook.wire.metrics import Metric

STATUSES = {
    "LOGGED_MODEL_PENDING": LoggedModelStatus.PENDING,
    "LOGGED_MODEL_READY": LoggedModelStatus.READY,
    "LOGGED_MODEL_UPLOAD_FAILED": LoggedModelStatus.FAILED,
}
_WORDS = {status: word for word, status in STATUSES.items()}
Status = Literal["LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED", 1, 2, 3]
"""By name, or by its number as proto2 allows."""


class Info(Message):
    model_id: str
    experiment_id: str
    name: str
    creation_timestamp_ms: int
    last_updated_timestamp_ms: int
    artifact_uri: str
    status: str
    model_type: str
    source_run_id: str
    tags: list[KeyValue] = []


class Data(Message):
    params: list[KeyValue] = []
    metrics: list[Metric] = []


class Model(Message):
    info: Info
    data: Data


class Create(Message):
    experiment_id: Digits
    name: str = ""
    model_type: str = ""
    source_run_id: str = ""
    params: list[KeyValue] = []
    tags: list[KeyValue] = []


class Found(Message):
    model: Model


class One(Message):
    model_id: Text


class Get(One):
    allow_deleted: bool = False


class Finalize(One):
    status: Status

    @property
    def stored(self) -> LoggedModelStatus:
        return STATUSES[self.status] if isinstance(self.status, str) else list(STATUSES.values())[self.status - 1]


class LogParams(One):
    params: list[KeyValue] = []


class SetTags(One):
    tags: list[KeyValue] = []


class DeleteTag(One):
    tag_key: Text


class OnDataset(Message):
    dataset_name: str = ""
    dataset_digest: str = ""


class OrderBy(Message):
    field_name: Text
    ascending: bool = True
    dataset_name: str = ""
    dataset_digest: str = ""


class Search(Message):
    experiment_ids: Annotated[list[str], Meta(min_length=1)]
    filter: str = ""
    datasets: list[OnDataset] = []
    max_results: Annotated[int, Meta(ge=1, le=MOST_FOUND)] = 50
    order_by: list[OrderBy] = []
    page_token: str = ""


class Page(Message):
    models: list[Model] = []
    next_page_token: str = ""


class ListFiles(One):
    artifact_directory_path: str = ""
    page_token: str = ""


class ListedFiles(Message):
    root_uri: str
    files: list[FileInfo] = []


def model(one: core.LoggedModel, artifact_uri: str) -> Model:
    """`artifact_uri` is where a client finds the files."""
    info = Info(
        model_id=one.model_id,
        experiment_id=one.experiment_id,
        name=one.name,
        creation_timestamp_ms=one.creation_timestamp,
        last_updated_timestamp_ms=one.last_updated_timestamp,
        artifact_uri=artifact_uri,
        status=_WORDS[LoggedModelStatus(one.status)],
        model_type=one.model_type,
        source_run_id=one.source_run_id,
        tags=pairs(one.tags),
    )
    return Model(info=info, data=Data(params=pairs(one.params), metrics=_metrics(one.metrics)))


def _metrics(points: Sequence[core.ModelMetric]) -> list[Metric]:
    return [
        Metric(
            key=one.key,
            value=number(one.value),
            timestamp=one.timestamp,
            step=one.step,
            run_id=one.run_id,
            dataset_name=one.dataset_name,
            dataset_digest=one.dataset_digest,
            model_id=one.model_id,
        )
        for one in points
    ]
