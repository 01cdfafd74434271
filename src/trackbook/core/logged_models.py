"""Logged models, MLflow 3's: a model apart from runs, with files, params, tags and metrics of its own.

A run makes one (its *output*), others read it (their *input*).  Its files lie beside those of the experiment's runs,
under an id that is never a run's: `m-` and 32 hexadecimal digits.  The contract of what keeps them stands here too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from trackbook.core.clock import new_id
from trackbook.core.entities import Page
from trackbook.core.names import check_artifact_path
from trackbook.errors import InvalidName, InvalidValue, NotFound, shown

MOST_FOUND = 50_000
FOLDER = "models"
"""Below an experiment's place: `models/<model id>/artifacts`."""
VERSIONS_TAG = "mlflow.modelVersions"
"""The registered versions that were made of a model, as JSON: `[{"name": ..., "version": ...}]`."""
_MODEL_ID = re.compile(r"m-[0-9a-f]{32}\Z")
_FORBIDDEN = ("/", ":", ".", "%", '"', "'")


class LoggedModelStatus(StrEnum):
    """PENDING until whoever makes it says that its files are there, or that they are not."""

    PENDING = "PENDING"
    READY = "READY"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class ModelMetric:
    """A point that a run measured of a model, perhaps on a dataset."""

    model_id: str
    key: str
    value: float
    timestamp: int
    step: int = 0
    run_id: str = ""
    dataset_name: str = ""
    dataset_digest: str = ""


def measured(run_id: str, metrics: Iterable[Any]) -> list[ModelMetric]:
    """Of a run's metrics, as MLflow's protocol or its client has them, those that were measured of a logged model."""
    return [
        ModelMetric(
            model_id=one.model_id,
            key=one.key,
            value=one.value,
            timestamp=one.timestamp,
            step=one.step,
            run_id=run_id,
            dataset_name=one.dataset_name or "",
            dataset_digest=one.dataset_digest or "",
        )
        for one in metrics
        if one.model_id
    ]


@dataclass(frozen=True, slots=True)
class LoggedModel:
    model_id: str
    experiment_id: str
    name: str
    artifact_location: str
    creation_timestamp: int
    last_updated_timestamp: int
    status: str = LoggedModelStatus.PENDING
    model_type: str = ""
    source_run_id: str = ""
    is_deleted: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    metrics: Sequence[ModelMetric] = ()


@dataclass(frozen=True, slots=True)
class ModelOrder:
    """One thing to order by: an attribute, or `metrics.<key>`, of its latest value on a dataset where one is named."""

    field: str
    ascending: bool = True
    dataset_name: str = ""
    dataset_digest: str = ""


@dataclass(frozen=True, slots=True)
class ModelQuery:
    """Which logged models, in which order; newest first without any.

    `datasets` are (name, digest or ""): metrics count only where they were measured on one of these.
    """

    experiment_ids: Sequence[str]
    filter: str = ""
    datasets: Sequence[tuple[str, str]] = ()
    order_by: Sequence[ModelOrder] = ()
    limit: int = 50
    page_token: str | None = None


@dataclass(frozen=True, slots=True)
class NewModel:
    """What a model is made of."""

    experiment_id: str
    name: str
    model_type: str = ""
    source_run_id: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    model_id: str = ""
    """For one that was made elsewhere and keeps its id; a new one where it is empty."""
    creation_timestamp: int | None = None
    """ms; now, where it is None."""


class LoggedModels(Protocol):
    """All calls raise `NotFound` for a model that is not there, or is deleted where nothing else is said."""

    def create(self, new: NewModel) -> LoggedModel:
        """PENDING.  Raises `InvalidName`, `InvalidValue` for an experiment that is deleted, `NotFound` for none,
        `AlreadyExists` for an id that is here, also of a deleted one.
        """

    def get(self, model_id: str, *, deleted: bool = False) -> LoggedModel:
        """With `deleted`, deleted ones too."""

    def search(self, query: ModelQuery) -> Page[LoggedModel]:
        """Active ones; `total` is exact.  Raises `FilterSyntaxError`, `InvalidValue`."""

    def finalize(self, model_id: str, status: str) -> LoggedModel:
        """Its files are there (READY), or will not come (FAILED)."""

    def delete(self, model_id: str) -> None:
        """Soft, and no error where it was already."""

    def log_params(self, model_id: str, params: Mapping[str, str]) -> None:
        """Write-once.  Raises `AlreadyExists` for a param that is there, and then keeps none of them."""

    def set_tags(self, model_id: str, tags: Mapping[str, str]) -> None: ...

    def delete_tag(self, model_id: str, key: str) -> None:
        """Raises `NotFound` for a tag that is not there."""

    def log_metrics(self, metrics: Sequence[ModelMetric]) -> None:
        """A point that is there already (same model, key, time, step and run) is left as it is."""

    def link(self, run_id: str, *, inputs: Sequence[str] = (), outputs: Sequence[tuple[str, int]] = ()) -> None:
        """A run read these models; it made those, at these steps.  Saying it again changes nothing."""


def new_model_id() -> str:
    return f"m-{new_id()}"


def is_model_id(text: str) -> bool:
    return _MODEL_ID.match(text) is not None


def check_logged_name(name: str) -> str:
    """MLflow's rule: not empty, none of `/ : . % " '`.  Raises `InvalidName`."""
    if not name or any(one in name for one in _FORBIDDEN):
        raise InvalidName("logged model", name, f"leave {' '.join(_FORBIDDEN)} out")
    return name


def check_model_status(status: str) -> LoggedModelStatus:
    if status not in LoggedModelStatus.__members__:
        raise InvalidValue(f"status {shown(status)} is unknown: use one of {', '.join(LoggedModelStatus)}")
    return LoggedModelStatus(status)


def place_of_model(uri: str) -> tuple[str, str] | None:
    """Model id and path of `models:/m-<id>[/<path>]`; None for every other text.  Raises `UnsafePath`."""
    scheme, separator, rest = uri.partition(":/")
    if scheme != "models" or not separator:
        return None
    model_id, _, path = rest.lstrip("/").partition("/")
    return (model_id, check_artifact_path(path)) if is_model_id(model_id) else None


def missing_model(model_id: str) -> NotFound:
    return NotFound("logged model", model_id, "look for it with mlflow.search_logged_models()")
