"""What trackbook talks about: plain frozen data, in MLflow's words.

Names of classes and fields are those of MLflow's entities where it has one (`Run.info`, `Run.data`, `Metric`,
`ModelVersion` ...), so that code written for MLflow reads ours.  Times are integer milliseconds since the Unix
epoch (UTC), sizes are bytes, ids are text.  Nothing here knows how to store, log or display itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Generic, TypeVar

T = TypeVar("T")

EMPTY: Mapping[str, Any] = MappingProxyType({})


class RunStatus(StrEnum):
    """MLflow's five; a dead process's run is KILLED."""

    RUNNING = "RUNNING"
    SCHEDULED = "SCHEDULED"
    FINISHED = "FINISHED"
    FAILED = "FAILED"
    KILLED = "KILLED"

    @property
    def ended(self) -> bool:
        return self in (RunStatus.FINISHED, RunStatus.FAILED, RunStatus.KILLED)


class LifecycleStage(StrEnum):
    ACTIVE = "active"
    DELETED = "deleted"


class ViewType(StrEnum):
    """Which lifecycle stages a search sees."""

    ACTIVE_ONLY = "ACTIVE_ONLY"
    DELETED_ONLY = "DELETED_ONLY"
    ALL = "ALL"


@dataclass(frozen=True, slots=True)
class Experiment:
    experiment_id: str
    name: str
    artifact_location: str
    lifecycle_stage: str = LifecycleStage.ACTIVE
    creation_time: int = 0
    last_update_time: int = 0
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunInfo:
    run_id: str
    run_name: str
    experiment_id: str
    status: str
    start_time: int
    end_time: int | None = None
    user_id: str = ""
    artifact_uri: str = ""
    lifecycle_stage: str = LifecycleStage.ACTIVE

    @property
    def run_uuid(self) -> str:
        """MLflow's old name for `run_id`."""
        return self.run_id


@dataclass(frozen=True, slots=True)
class Metric:
    """One point of a metric's history."""

    key: str
    value: float
    timestamp: int
    step: int = 0


@dataclass(frozen=True, slots=True)
class Param:
    """A param as `TrackbookClient.log_batch` takes it."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class RunTag:
    """A tag as `TrackbookClient.log_batch` takes it."""

    key: str
    value: str


@dataclass(slots=True)
class MetricAggregate:
    """What tables and searches read instead of a history.  Not frozen: that makes one five times as slow to build.

    `last` belongs to the greatest (step, timestamp, value), which is MLflow's "latest", not to the last written.
    `min`, `max` and `mean` leave NaN out and are NaN where no other value came; `count` counts every point.
    """

    key: str
    count: int
    last: float
    last_step: int
    last_timestamp: int
    min: float
    min_step: int
    max: float
    max_step: int
    mean: float


@dataclass(frozen=True, slots=True)
class RunData:
    params: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    aggregates: Mapping[str, MetricAggregate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dataset:
    """An input of a run; `digest` names the content, `source` says where it lies."""

    name: str
    digest: str
    source_type: str = ""
    source: str = ""
    schema: str = ""
    profile: str = ""


@dataclass(frozen=True, slots=True)
class DatasetInput:
    dataset: Dataset
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LoggedModelInput:
    """A logged model that a run read."""

    model_id: str


@dataclass(frozen=True, slots=True)
class LoggedModelOutput:
    """A logged model that a run made, at a step."""

    model_id: str
    step: int = 0


@dataclass(frozen=True, slots=True)
class RunInputs:
    dataset_inputs: Sequence[DatasetInput] = ()
    model_inputs: Sequence[LoggedModelInput] = ()


@dataclass(frozen=True, slots=True)
class RunOutputs:
    model_outputs: Sequence[LoggedModelOutput] = ()


@dataclass(frozen=True, slots=True)
class Run:
    info: RunInfo
    data: RunData = field(default_factory=RunData)
    inputs: RunInputs = field(default_factory=RunInputs)
    outputs: RunOutputs = field(default_factory=RunOutputs)

    def to_dictionary(self) -> dict[str, Any]:
        """Plain dicts in the shape of MLflow's `Run.to_dictionary`."""
        info, data = self.info, self.data
        inputs = [
            {
                "dataset": asdict(one.dataset),
                "tags": [{"key": key, "value": value} for key, value in one.tags.items()],
            }
            for one in self.inputs.dataset_inputs
        ]
        return {
            "info": {**asdict(info), "run_uuid": info.run_uuid, "status": str(info.status)},
            "data": {"metrics": dict(data.metrics), "params": dict(data.params), "tags": dict(data.tags)},
            "inputs": {
                "dataset_inputs": inputs,
                "model_inputs": [asdict(one) for one in self.inputs.model_inputs],
            },
            "outputs": {"model_outputs": [asdict(one) for one in self.outputs.model_outputs]},
        }


@dataclass(frozen=True, slots=True)
class CellVersion:
    """One execution of a notebook cell: the run it made and its place in its cell line.

    `line` names the cell line (one cell through all its executions), `version` counts from 1 within it;
    `guessed` is true where no cell id or `--cell` name was there and the most similar earlier source chose the line.
    """

    run_id: str
    line: str
    version: int
    source: str
    cell_id: str | None = None
    notebook: str | None = None
    guessed: bool = False
    execution_count: int | None = None


@dataclass(frozen=True, slots=True)
class FileInfo:
    """One entry of an artifact listing; `path` is relative to the run's artifact root, with `/`."""

    path: str
    is_dir: bool
    file_size: int | None = None


@dataclass(frozen=True, slots=True)
class ModelVersion:
    name: str
    version: str
    source: str
    run_id: str | None = None
    status: str = "READY"
    current_stage: str = "None"
    description: str = ""
    creation_timestamp: int = 0
    last_updated_timestamp: int = 0
    aliases: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    location: str = ""
    """Where its files lie: the source, or for a copied version the source of the one it was copied from."""
    run_link: str = ""
    model_id: str | None = None
    user_id: str = ""
    status_message: str = ""


@dataclass(frozen=True, slots=True)
class RegisteredModel:
    name: str
    description: str = ""
    creation_timestamp: int = 0
    last_updated_timestamp: int = 0
    aliases: Mapping[str, str] = field(default_factory=dict)
    """alias -> version"""
    tags: Mapping[str, str] = field(default_factory=dict)
    latest_versions: Sequence[ModelVersion] = ()
    """The newest version in each stage that has one."""
    approvers: tuple[str, ...] = ()
    """With any the model is protected (`core.approvals`)."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change of the registry.  It outlives what it tells of, and cannot be edited."""

    id: int
    """Grows with time within a model."""
    timestamp: int
    name: str
    """Of the model, as it was called then."""
    action: str
    """One of `core.audit.ACTIONS`."""
    version: str | None = None
    subject: str = ""
    """The alias or the tag's key; "" for other changes."""
    old: str | None = None
    """None where there was nothing."""
    new: str | None = None
    """None where nothing is left."""
    user: str = ""
    client: str = ""
    """What it was made with: "Python", "registry view", the name of a client of a server."""
    place: str = ""
    """From where: "cell [7] of lesson.ipynb", a script."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a listing; `next_page_token` is None on the last page, `total` counts all that match, where known."""

    items: Sequence[T]
    next_page_token: str | None = None
    total: int | None = None

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> T:
        return self.items[index]

    @property
    def token(self) -> str | None:
        """The name that MLflow's `PagedList` has for the next page's token."""
        return self.next_page_token
