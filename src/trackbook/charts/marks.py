"""What a view draws of a chart: two axes and a few kinds of marks, in columns, as JSON has them.

The same content as the Altair chart, small enough to travel with an output and drawn by the page itself in its own
colours.  Only finite numbers are in it.  On a band axis a place is the number of its label, counted from 0, and a mark
reaches from -0.5 to +0.5 of it.  Field for field these are the interfaces of `js/src/bridge/plot.ts`.
"""

from __future__ import annotations

from typing import Literal, TypedDict


class PlotAxis(TypedDict):
    title: str
    scale: Literal["linear", "log", "symlog", "band"]
    labels: list[str]
    low: float | None
    high: float | None


class PlotPoints(TypedDict):
    """One point a run, coloured as its run, by a category (`name`, `series`), by a number (`shades`) or as text is."""

    tone: Literal["run", "series", "shade", "ink"]
    name: str
    series: int
    x: list[float]
    y: list[float]
    runs: list[str | None]
    starts_ms: list[int]
    """When the runs began, by which they choose their colours; empty where these are not shown."""
    labels: list[str]
    shades: list[float]
    """Each 0 to 1."""


class PlotLine(TypedDict):
    """A polyline; a `quiet` one is a rule or a line of reference, and has no place in the legend."""

    x: list[float]
    y: list[float]
    name: str
    run: str | None
    start_ms: int
    """When the run began; 0 without one."""
    series: int
    quiet: bool


class PlotRects(TypedDict):
    """Boxes in data units; `shades`, each 0 to 1, fill them where there are any, else the colour of the run or series.

    `texts` stand in them, `ends` beyond their right edge.
    """

    x0: list[float]
    x1: list[float]
    y0: list[float]
    y1: list[float]
    labels: list[str]
    texts: list[str]
    ends: list[str]
    shades: list[float]
    run: str | None
    series: int


class PlotShade(TypedDict):
    """What the shades mean: 0 is `low`, 1 is `high`; a share is told by the depth of one colour."""

    title: str
    low: str
    high: str
    share: bool


class Plot(TypedDict):
    x: PlotAxis
    y: PlotAxis
    points: list[PlotPoints]
    lines: list[PlotLine]
    rects: list[PlotRects]
    shade: PlotShade | None
    square: bool


def axis(
    title: str,
    *,
    log: bool = False,
    labels: list[str] | None = None,
    low: float | None = None,
    high: float | None = None,
    positive: bool = True,
) -> PlotAxis:
    """An axis of numbers, or of `labels`; a log axis is symmetric where some values are not `positive`."""
    scale: Literal["linear", "log", "symlog", "band"] = "linear"
    if labels is not None:
        scale = "band"
    elif log:
        scale = "log" if positive else "symlog"
    return PlotAxis(title=title, scale=scale, labels=labels or [], low=low, high=high)


def plot(x: PlotAxis, y: PlotAxis, *, shade: PlotShade | None = None, square: bool = False) -> Plot:
    """A plot without marks."""
    return Plot(x=x, y=y, points=[], lines=[], rects=[], shade=shade, square=square)


def points(
    x: list[float],
    y: list[float],
    runs: list[str | None],
    labels: list[str],
    *,
    shades: list[float] | None = None,
    series: int | None = None,
    name: str = "",
    ink: bool = False,
    starts_ms: list[int] | None = None,
) -> PlotPoints:
    """Points of runs; see `PlotPoints`."""
    tone: Literal["run", "series", "shade", "ink"] = "run"
    if shades:
        tone = "shade"
    elif series is not None:
        tone = "series"
    elif ink:
        tone = "ink"
    return PlotPoints(
        tone=tone,
        name=name,
        series=series or 0,
        x=x,
        y=y,
        runs=runs,
        starts_ms=(starts_ms or []) if tone == "run" else [],
        labels=labels,
        shades=shades or [],
    )


def line(
    x: list[float],
    y: list[float],
    *,
    name: str = "",
    run: str | None = None,
    start_ms: int = 0,
    series: int = 0,
    quiet: bool = False,
) -> PlotLine:
    """A polyline."""
    return PlotLine(x=x, y=y, name=name, run=run, start_ms=start_ms, series=series, quiet=quiet)


def rects(
    x: tuple[list[float], list[float]],
    y: tuple[list[float], list[float]],
    labels: list[str],
    *,
    texts: list[str] | None = None,
    ends: list[str] | None = None,
    shades: list[float] | None = None,
    run: str | None = None,
    series: int = 0,
) -> PlotRects:
    """Boxes from the first to the second of `x` and of `y`."""
    return PlotRects(
        x0=x[0],
        x1=x[1],
        y0=y[0],
        y1=y[1],
        labels=labels,
        texts=texts or [],
        ends=ends or [],
        shades=shades or [],
        run=run,
        series=series,
    )
