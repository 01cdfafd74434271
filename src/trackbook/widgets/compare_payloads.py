"""Payloads of the comparison, field for field those of `js/src/bridge/compare.ts`; see `payloads`."""

from __future__ import annotations

from typing import TypedDict

from trackbook.charts.images import ImageSeries
from trackbook.widgets.chart_payloads import ChartCurves
from trackbook.widgets.payloads import CellPlace, Num, RunHead


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
