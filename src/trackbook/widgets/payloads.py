"""The payloads that travel to the views, field for field those of `js/src/bridge/payloads.ts`.

A change is made in both files, in one commit; `tests/widgets/test_payloads.py` compares them.  Times are ms since the
epoch.  JSON has no NaN and no infinities, so numbers pass through `num`.
"""

from __future__ import annotations

import math
from typing import Any, Literal, NotRequired, TypedDict

from trackbook.charts.images import ImageSeries
from trackbook.charts.marks import Plot
from trackbook.charts.parallel import Parallel

Num = float | Literal["NaN", "Infinity", "-Infinity"]


class RunHead(TypedDict):
    run_id: str
    name: str
    experiment_id: str
    experiment: str
    status: str
    start_ms: int
    end_ms: int | None
    user: str


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


class DiffLine(TypedDict):
    op: str
    text: str


class KeyValue(TypedDict):
    key: str
    value: str


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


class CardInput(TypedDict):
    name: str
    digest: str
    size: int | None
    shape: list[int]
    seen: str
    remark: str


class CardReason(TypedDict):
    cell: str
    line: str
    text: str


class CardRerun(TypedDict):
    verdict: str
    reasons: list[CardReason]
    label: str
    cells: int
    program: str | None


class WrittenFile(TypedDict):
    path: str
    size: int
    kept: str | None


class CardSnapshot(TypedDict):
    when: str
    origin: str
    unsaved: bool
    taken_ms: int
    path: str


class CardSecret(TypedDict):
    kind: str
    place: str
    line: int | None


class PackageChange(TypedDict):
    name: str
    before: str | None
    after: str | None


class CardExecution(TypedDict):
    number: int
    status: str
    start_ms: int
    source: str
    folder: str


class CardRecord(TypedDict):
    inputs: list[CardInput]
    input_count: int
    rerun: CardRerun | None
    written: list[WrittenFile]
    written_count: int
    snapshots: list[CardSnapshot]
    secrets: list[CardSecret]
    packages: list[PackageChange] | None
    executions: NotRequired[list[CardExecution]]


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


class CurvePiece(TypedDict):
    key: str
    steps: list[int]
    times: list[int]
    values: list[Num]


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


class Column(TypedDict):
    key: str
    kind: str
    label: str
    runs: int


class Order(TypedDict):
    key: str
    desc: bool


class CellPlace(TypedDict):
    line: str
    label: str
    named: bool
    version: int


class TableRow(TypedDict):
    run: RunHead
    cell: CellPlace | None
    values: dict[str, str | Num]


class TableState(TypedDict):
    schema: int
    title: str
    filter: str
    order_by: list[Order]
    columns: list[str]
    total: int
    unfiltered: int
    rows: list[TableRow]


class CompareRow(TypedDict):
    key: str
    values: list[str | Num | None]
    differs: bool
    numeric: bool


class CompareSection(TypedDict):
    title: str
    aggregate: str | None
    rows: list[CompareRow]


class SideLine(TypedDict):
    left_no: int | None
    left: str | None
    right_no: int | None
    right: str | None
    op: str


class CompareRun(RunHead):
    cell: CellPlace | None


class CellPair(TypedDict):
    op: str
    kind: str
    lines: list[SideLine]


class CodePair(TypedDict):
    run_id: str
    cells: list[CellPair]


class CompareGroup(TypedDict):
    name: str
    runs: list[str]
    seeds: int


class GroupValue(TypedDict):
    n: int
    mean: Num
    deviation: float | None
    low: float | None
    high: float | None


class GroupTest(TypedDict):
    n: int
    difference: Num
    p: float | None
    effect: float | None
    verdict: str


class GroupRow(TypedDict):
    key: str
    values: list[GroupValue | None]
    tests: list[GroupTest | None]


class CompareGroups(TypedDict):
    by: str
    groups: list[CompareGroup]
    rows: list[GroupRow]
    note: str


class CompareState(TypedDict):
    schema: int
    runs: list[CompareRun]
    sections: list[CompareSection]
    code: list[CodePair]
    groups: CompareGroups | None
    curves: ChartCurves | None
    images: list[ImageSeries] | None


class ChartRun(TypedDict):
    run_id: str
    name: str
    group: str | None
    running: bool
    start_ms: int


class CurveSeries(TypedDict):
    run_id: str
    key: str
    steps: list[int]
    times: list[int]
    values: list[Num]
    count: int


class ChartCurves(TypedDict):
    keys: list[str]
    runs: list[ChartRun]
    series: list[CurveSeries]
    x: str
    log: bool
    log_x: bool
    smoothing: float
    clip: bool
    grouped: bool


class ChartTable(TypedDict):
    heads: list[str]
    numeric: list[bool]
    rows: list[list[str | Num | None]]
    total: int


class ChartState(TypedDict):
    schema: int
    kind: str
    title: str
    note: str
    table: ChartTable
    plot: Plot | None
    parallel: Parallel | None
    images: list[ImageSeries] | None
    curves: ChartCurves | None


class ChartPoints(TypedDict):
    kind: Literal["points"]
    series: list[CurveSeries]
    ended: list[str]


class RequestError(TypedDict):
    type: str
    message: str
    position: NotRequired[int]
    expected: NotRequired[str]
    hint: NotRequired[str]


class Response(TypedDict):
    kind: Literal["response"]
    id: str
    result: NotRequired[Any]
    error: NotRequired[RequestError]


def num(value: float) -> Num:
    """A float64 as JSON has it: "NaN", "Infinity" and "-Infinity" as text."""
    if math.isfinite(value):
        return float(value)
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def nums(values: Any) -> list[Num]:
    """A column of float64, shape (n,), as JSON has it."""
    listed: list[float] = values.tolist()
    if all(map(math.isfinite, listed)):  # nearly all columns are, and this is done beside training loops
        return [*listed]
    return [value if math.isfinite(value) else num(value) for value in listed]
