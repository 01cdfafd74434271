"""Parallel coordinates: one line a run through its params to its metric."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from trackbook.charts import columns
from trackbook.charts.columns import RunColumn, is_finite
from trackbook.charts.figure import Figure, empty

if TYPE_CHECKING:
    from trackbook.core.entities import Run

MAX_AXES = 12
MAX_RUNS = 1000


class ParallelAxis(TypedDict):
    title: str
    labels: list[str]
    """Of a category, from the bottom; empty for numbers."""
    low: float
    high: float
    log: bool


class Parallel(TypedDict):
    axes: list[ParallelAxis]
    runs: list[str]
    names: list[str]
    values: list[list[float | None]]
    """One row a run: numbers, places of categories, None where it has none."""
    texts: list[list[str]]


def parallel(runs: Sequence[Run], shown: Sequence[RunColumn], *, width: int = 640, height: int = 260) -> Figure:
    """One axis a column, the last one colours the lines."""
    import pandas as pd

    runs, shown = runs[:MAX_RUNS], [_first(one) for one in shown[:MAX_AXES]]
    title = f"Parallel coordinates of {', '.join(one.title for one in shown)}"
    if len(shown) < 2 or not runs:
        return empty("parallel", "Parallel coordinates", "Two values that differ are needed. Name params or metrics.")
    axes = [_axis(one) for one in shown]
    values = [[_place(one, axis, index) for one, axis in zip(shown, axes, strict=True)] for index in range(len(runs))]
    names = columns.run_names(runs)
    titles = _apart([one.title for one in shown])
    rows = [
        (run.info.run_id, names[run.info.run_id], titles[place], _share(axes[place], value), label, row[-1])
        for run, row, index in zip(runs, values, range(len(runs)), strict=True)
        for place, value in enumerate(row)
        if value is not None and (label := columns.label_of(shown[place].values[index]))
    ]
    frame = pd.DataFrame(rows, columns=["run_id", "run", "axis", "share", "value", "colour"])

    def chart() -> Any:
        import altair as alt

        last = [alt.Tooltip("colour:Q", title=shown[-1].title)] if shown[-1].numeric else []
        base = alt.Chart(frame).encode(
            x=alt.X("axis:N", title=None, sort=titles, axis=alt.Axis(labelAngle=0, labelLimit=120)),
            y=alt.Y("share:Q", axis=None),
            color=alt.Color("colour:Q", title=shown[-1].title, scale=alt.Scale(scheme="viridis")),
        )
        # A line has one tip for all of its length: where it is told apart by axis is at its points.
        lines = base.mark_line(opacity=0.6, strokeWidth=1.4).encode(detail="run_id:N", tooltip=["run:N", *last])
        points = base.mark_circle(opacity=0.6, size=24).encode(tooltip=["run:N", "axis:N", "value:N"])
        return (lines + points).properties(width=width, height=height)

    texts = [[columns.label_of(one.values[index]) for one in shown] for index in range(len(runs))]
    ids = [run.info.run_id for run in runs]
    extra: Any = Parallel(axes=axes, runs=ids, names=[names[one] for one in ids], values=values, texts=texts)
    text = f"{title} for {len(runs)} runs"
    return Figure("parallel", title, text, chart, frame, columns.table_of(runs, shown), None, "", extra)


def _first(one: RunColumn) -> RunColumn:
    return RunColumn(one.kind, one.key, one.values[:MAX_RUNS], one.numeric)


def _apart(titles: list[str]) -> list[str]:
    return [title if titles.index(title) == index else f"{title} ({index + 1})" for index, title in enumerate(titles)]


def _axis(one: RunColumn) -> ParallelAxis:
    if not one.numeric:
        names = columns.categories(one.values)
        return ParallelAxis(title=one.title, labels=names, low=0.0, high=float(max(1, len(names) - 1)), log=False)
    finite = [value for value in one.values if is_finite(value)] or [0.0]
    low, high = min(finite), max(finite)
    log = one.wide
    if low == high:
        low, high = low - (abs(low) * 0.1 or 1), high + (abs(high) * 0.1 or 1)
    return ParallelAxis(title=one.title, labels=[], low=low, high=high, log=log)


def _place(one: RunColumn, axis: ParallelAxis, index: int) -> float | None:
    value = one.values[index]
    if one.numeric:
        return value if is_finite(value) else None
    label = columns.label_of(value)
    return float(axis["labels"].index(label) if label in axis["labels"] else len(axis["labels"]) - 1)


def _share(axis: ParallelAxis, value: float) -> float:
    """0 at the bottom, 1 at the top; halves first, since the span may overflow."""
    low, high = axis["low"], axis["high"]
    if axis["log"]:
        low, high, value = (math.log10(one) for one in (low, high, value))
    return (value / 2 - low / 2) / (high / 2 - low / 2)
