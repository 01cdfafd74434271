"""Experiments on the wire."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from trackbook.core import entities
from trackbook.core.entities import ViewType
from trackbook.wire.messages import Digits, KeyValue, Limit, Message, Text, pairs

WORKSPACE = "default"
"""The one that every server of MLflow has."""
MOST_EXPERIMENTS = 20
"""Whose datasets are told at once."""


class Experiment(Message):
    experiment_id: str
    name: str
    artifact_location: str
    lifecycle_stage: str
    last_update_time: int
    creation_time: int
    tags: list[KeyValue] = []
    workspace: str = ""


class Create(Message):
    name: Text
    artifact_location: str = ""
    tags: list[KeyValue] = []
    workspace: str = ""


class Created(Message):
    experiment_id: str


class One(Message):
    """Names an experiment: get, delete, restore."""

    experiment_id: Digits


class ByName(Message):
    experiment_name: Text


class Found(Message):
    experiment: Experiment


class Search(Message):
    max_results: Limit = 1000
    page_token: str = ""
    filter: str = ""
    order_by: list[str] = []
    view_type: ViewType = ViewType.ACTIVE_ONLY


class Page(Message):
    experiments: list[Experiment] = []
    next_page_token: str = ""


class Update(Message):
    experiment_id: Text
    new_name: Text


class SearchDatasets(Message):
    experiment_ids: Annotated[list[str], Meta(min_length=1, max_length=MOST_EXPERIMENTS)]


class DatasetSummary(Message):
    experiment_id: str
    name: str
    digest: str
    context: str = ""


class DatasetSummaries(Message):
    dataset_summaries: list[DatasetSummary] = []


class SetTag(Message):
    experiment_id: Text
    key: Text
    value: str = field(default_factory=str)


class DeleteTag(Message):
    experiment_id: Text
    key: Text


def experiment(one: entities.Experiment, location: str) -> Experiment:
    """`location` is where a client finds the artifacts, which is seldom where they lie."""
    return Experiment(
        experiment_id=one.experiment_id,
        name=one.name,
        artifact_location=location,
        lifecycle_stage=one.lifecycle_stage,
        last_update_time=one.last_update_time,
        creation_time=one.creation_time,
        tags=pairs(one.tags),
        workspace=WORKSPACE,
    )
