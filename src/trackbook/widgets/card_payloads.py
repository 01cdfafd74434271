"""Payloads of the run card, field for field those of `js/src/bridge/card.ts`; see `payloads`."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from trackbook.widgets.payloads import CurvePiece, DiffLine, KeyValue, Num, RunHead
from trackbook.widgets.record_payloads import CardRecord


class CellHead(TypedDict):
    line: str
    label: str
    named: bool
    version: int
    guessed: bool
    previous_run_id: str | None
    previous_name: str | None


class CardParam(TypedDict):
    key: str
    value: str
    origin: str
    previous: str | None


class CardMetric(TypedDict):
    key: str
    last: Num
    step: int
    count: int
    min: Num
    max: Num
    delta: Num | None
    origin: str
    baseline: NotRequired[Num | None]


class Registered(TypedDict):
    name: str
    version: str
    aliases: list[str]


class CardModel(TypedDict):
    path: str
    flavor: str
    class_name: str
    registered: list[Registered]


class ArtifactEntry(TypedDict):
    path: str
    size: int | None


class CardError(TypedDict):
    type: str
    message: str
    traceback: str


class CardGit(TypedDict):
    commit: str
    branch: str
    dirty: bool


class CardEnvironment(TypedDict):
    python: str
    platform: str
    packages: int
    git: CardGit | None


class CardNotebook(TypedDict):
    path: str | None
    cells: int


class CardProgress(TypedDict):
    seen: int | None
    first: int
    total: int | None
    unit: str
    source: str


class CardGoal(TypedDict):
    key: str
    direction: str


class CardValue(TypedDict):
    key: str
    value: Num


class RelatedRun(TypedDict):
    run_id: str
    name: str
    status: str
    metric: CardValue | None


class CardAbout(TypedDict):
    note: str
    goal: CardGoal | None
    baseline: RelatedRun | None
    is_baseline: bool
    parent: RelatedRun | None
    children: list[RelatedRun]
    child_count: int
    progress: CardProgress | None
    trashed: bool


class Edited(TypedDict):
    saved: bool
    value: str | None


class Preview(TypedDict):
    kind: str
    text: str
    rows: list[list[str]]
    uri: str | None
    said: str


class Card(TypedDict):
    schema: int
    run: RunHead
    cell: CellHead | None
    params: list[CardParam]
    metrics: list[CardMetric]
    system: list[CardMetric]
    tags: list[KeyValue]
    models: list[CardModel]
    artifacts: list[ArtifactEntry]
    artifact_count: int
    diff: list[DiffLine] | None
    error: CardError | None
    environment: CardEnvironment | None
    notebook: CardNotebook | None
    warnings: list[str]
    left_out: NotRequired[list[str]]
    record: NotRequired[CardRecord | None]
    about: NotRequired[CardAbout]


class CardDelta(TypedDict):
    kind: Literal["delta"]
    seq: int
    status: str
    end_ms: int | None
    metrics: list[CardMetric]
    curves: list[CurvePiece]
    progress: NotRequired[CardProgress | None]
    system: NotRequired[list[CardMetric]]


class CardReplaced(TypedDict):
    kind: Literal["card"]
    card: Card
