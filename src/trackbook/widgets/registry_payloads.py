"""What the registry's view and Python say to each other: the other half is `js/src/bridge/registry.ts`."""

from __future__ import annotations

from typing import TypedDict

from trackbook.widgets.payloads import CellPlace, KeyValue, Num, RunHead
from trackbook.widgets.record_payloads import CardInput


class AliasPlace(TypedDict):
    alias: str
    version: str


class Champion(TypedDict):
    version: str
    how: str
    metrics: dict[str, Num]


class ModelRow(TypedDict):
    name: str
    description: str
    versions: int
    latest: str | None
    aliases: list[AliasPlace]
    champion: Champion | None
    updated_ms: int


class Effect(TypedDict):
    what: str
    old: str | None
    new: str | None


class AuditRow(TypedDict):
    id: int
    time_ms: int
    effect: Effect
    user: str
    client: str
    place: str
    reason: str


class AuditPage(TypedDict):
    rows: list[AuditRow]
    token: str | None


class VersionRow(TypedDict):
    version: str
    aliases: list[str]
    stage: str
    description: str
    tags: list[KeyValue]
    created_ms: int
    user: str
    source: str
    run: RunHead | None
    cell: CellPlace | None
    metrics: dict[str, Num]


class VersionPage(TypedDict):
    rows: list[VersionRow]
    total: int


class RequestRow(TypedDict):
    id: str
    words: str
    user: str
    reason: str
    time_ms: int


class ModelDetail(TypedDict):
    name: str
    description: str
    tags: list[KeyValue]
    created_ms: int
    updated_ms: int
    aliases: list[AliasPlace]
    champion: Champion | None
    versions: VersionPage
    audit: AuditPage
    approvers: list[str]
    requests: list[RequestRow]
    seen: int


class MetricBeside(TypedDict):
    key: str
    value: Num | None
    champion: Num | None
    delta: Num | None


class VersionDetail(TypedDict):
    row: VersionRow
    champion: str | None
    metrics: list[MetricBeside]
    inputs: list[CardInput]
    notebook: str | None
    copied_from: list[str]


class RegistryState(TypedDict):
    schema: int
    models: list[ModelRow]
    total: int
    model: ModelDetail | None


class RunModels(TypedDict):
    run: RunHead
    paths: list[str]


class Plan(TypedDict):
    effects: list[Effect]
    notes: list[str]
    problem: str
    seen: int


class Changed(TypedDict):
    said: str
    state: RegistryState


class RegistryChanged(TypedDict):
    kind: str
