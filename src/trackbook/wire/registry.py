"""The model registry on the wire."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from trackbook.core import entities
from trackbook.wire.messages import Digits, KeyValue, Message, Text, pairs

MOST_MODELS = 1000
MOST_VERSIONS = 200_000


class Alias(Message):
    alias: str
    version: str


class Version(Message):
    name: str
    version: str
    creation_timestamp: int
    last_updated_timestamp: int
    current_stage: str
    source: str
    status: str
    user_id: str = ""
    description: str = field(default_factory=str)
    run_id: str = field(default_factory=str)
    status_message: str = ""
    tags: list[KeyValue] = []
    run_link: str = field(default_factory=str)
    aliases: list[str] = []
    model_id: str = ""


class Model(Message):
    name: str
    creation_timestamp: int
    last_updated_timestamp: int
    description: str = ""
    latest_versions: list[Version] = []
    tags: list[KeyValue] = []
    aliases: list[Alias] = []


class CreateModel(Message):
    name: Text
    tags: list[KeyValue] = []
    description: str = ""


class OneModel(Message):
    name: Text


class FoundModel(Message):
    registered_model: Model


class UpdateModel(Message):
    name: Text
    description: str = ""


class RenameModel(Message):
    name: Text
    new_name: Text


class SearchModels(Message):
    filter: str = ""
    max_results: Annotated[int, Meta(ge=1, le=MOST_MODELS)] = 100
    order_by: list[str] = []
    page_token: str = ""


class ModelPage(Message):
    registered_models: list[Model] = []
    next_page_token: str = ""


class Latest(Message):
    name: Text
    stages: list[str] = []


class LatestVersions(Message):
    model_versions: list[Version] = []


class SetModelTag(Message):
    name: Text
    key: Text
    value: str = field(default_factory=str)


class DeleteModelTag(Message):
    name: Text
    key: Text


class SetAlias(Message):
    name: Text
    alias: Text
    version: Digits


class OneAlias(Message):
    name: Text
    alias: Text


class CreateVersion(Message):
    name: Text
    source: Text
    run_id: str = ""
    tags: list[KeyValue] = []
    run_link: str = ""
    description: str = ""
    model_id: str = ""


class OneVersion(Message):
    name: Text
    version: Digits


class FoundVersion(Message):
    model_version: Version


class UpdateVersion(Message):
    name: Text
    version: Digits
    description: str = ""


class Transition(Message):
    name: Text
    version: Digits
    stage: Text
    archive_existing_versions: bool = False


class SearchVersions(Message):
    filter: str = ""
    max_results: Annotated[int, Meta(ge=1, le=MOST_VERSIONS)] = 200_000
    order_by: list[str] = []
    page_token: str = ""


class VersionPage(Message):
    model_versions: list[Version] = []
    next_page_token: str = ""


class SetVersionTag(Message):
    name: Text
    version: Digits
    key: Text
    value: str = field(default_factory=str)


class DeleteVersionTag(Message):
    name: Text
    version: Digits
    key: Text


class DownloadUri(Message):
    artifact_uri: str


def version(one: entities.ModelVersion) -> Version:
    return Version(
        name=one.name,
        version=one.version,
        creation_timestamp=one.creation_timestamp,
        last_updated_timestamp=one.last_updated_timestamp,
        user_id=one.user_id,
        current_stage=one.current_stage,
        description=one.description,
        source=one.source,
        run_id=one.run_id or "",
        status=one.status,
        status_message=one.status_message,
        tags=pairs(one.tags),
        run_link=one.run_link,
        aliases=list(one.aliases),
        model_id=one.model_id or "",
    )


def model(one: entities.RegisteredModel) -> Model:
    return Model(
        name=one.name,
        creation_timestamp=one.creation_timestamp,
        last_updated_timestamp=one.last_updated_timestamp,
        description=one.description,
        latest_versions=[version(newest) for newest in one.latest_versions],
        tags=pairs(one.tags),
        aliases=[Alias(alias=alias, version=str(number)) for alias, number in one.aliases.items()],
    )
