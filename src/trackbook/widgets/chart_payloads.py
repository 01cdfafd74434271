"""Payloads of charts and their curves, field for field those of `js/src/bridge/chart.ts`; see `payloads`."""

from __future__ import annotations

from typing import Literal, TypedDict

from trackbook.charts.images import ImageSeries
from trackbook.charts.marks import Plot
from trackbook.charts.parallel import Parallel
from trackbook.widgets.payloads import Num


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
