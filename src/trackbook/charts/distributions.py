"""How one value is spread over runs: a histogram, and boxes by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from trackbook.charts import columns, marks, palette
from trackbook.charts.columns import RunColumn, is_finite
from trackbook.charts.figure import Figure, empty
from trackbook.charts.palette import COLOURS

if TYPE_CHECKING:
    import pandas as pd

    from trackbook.core.entities import Run

NOT_FINITE = "No run has a finite number to draw. Choose another value."
MAX_BINS = 40
HALF_BOX = 0.2
"""Of a box, in widths of a band."""
JITTER = 0.12
"""Of a point beside its box, in widths of a band."""


def histogram(runs: Sequence[Run], value: RunColumn, *, width: int = 420, height: int = 240) -> Figure:
    """How many runs lie in each stretch of a value; of text, how many have each."""
    import pandas as pd

    title = f"Histogram of {value.title}"
    if not value.numeric:
        return _counts(runs, value, title, width, height)
    numbers = np.array([number for number in value.values if is_finite(number)], dtype=float)
    if not len(numbers):
        return empty("histogram", title, NOT_FINITE)
    low, high, counts = _binned(numbers)
    frame = pd.DataFrame({"low": low, "high": high, "runs": counts})

    def chart() -> Any:
        import altair as alt

        return (
            alt.Chart(frame)
            .mark_bar(color=COLOURS[0], stroke="white", strokeWidth=0.5)
            .encode(
                x=alt.X("low:Q", title=value.title, scale=alt.Scale(zero=False), bin="binned"),
                x2="high:Q",
                y=alt.Y("runs:Q", title="runs", axis=alt.Axis(tickMinStep=1)),
                tooltip=["low:Q", "high:Q", "runs:Q"],
            )
            .properties(width=width, height=height)
        )

    drawn = marks.plot(marks.axis(value.title), marks.axis("runs", low=0))
    labels = [f"{_n(a)} to {_n(b)}: {_runs(c)}" for a, b, c in zip(low, high, counts, strict=True)]
    drawn["rects"].append(_bars(low, high, counts, labels))
    note = _left_out(len(runs) - len(numbers), "no finite value")
    return Figure("histogram", title, f"{title} over {_runs(len(numbers))}", chart, frame, frame, drawn, note)


def _binned(numbers: np.ndarray) -> tuple[list[float], list[float], list[int]]:
    """Edges and counts; few distinct values get a bin each, and numbers too far apart for float64 only one."""
    lowest, highest = float(numbers.min()), float(numbers.max())
    span = highest - lowest
    if span == 0 or not np.isfinite(span):
        half = abs(lowest) * 0.05 or 0.5
        edges = np.array([lowest - half if span == 0 else lowest, highest + half if span == 0 else highest])
        return [float(edges[0])], [float(edges[1])], [len(numbers)]
    counts, edges = np.histogram(numbers, bins=min(MAX_BINS, max(5, int(np.ceil(np.sqrt(len(numbers)) * 1.5)))))
    return edges[:-1].tolist(), edges[1:].tolist(), counts.tolist()


def _counts(runs: Sequence[Run], value: RunColumn, title: str, width: int, height: int) -> Figure:
    import pandas as pd

    names = columns.categories(value.values)
    at = [_place(columns.label_of(each), names) for each in value.values]
    counts = [at.count(index) for index in range(len(names))]
    frame = pd.DataFrame({"value": names, "runs": counts})

    def chart() -> Any:
        import altair as alt

        return (
            alt.Chart(frame)
            .mark_bar(color=COLOURS[0])
            .encode(x=alt.X("value:N", title=value.title, sort=names), y=alt.Y("runs:Q"), tooltip=["value:N", "runs:Q"])
            .properties(width=width, height=height)
        )

    drawn = marks.plot(marks.axis(value.title, labels=names), marks.axis("runs", low=0))
    places = list(range(len(names)))
    labels = [f"{name}: {_runs(count)}" for name, count in zip(names, counts, strict=True)]
    drawn["rects"].append(_bars([p - 0.4 for p in places], [p + 0.4 for p in places], counts, labels))
    return Figure("histogram", title, f"{title} over {_runs(len(runs))}", chart, frame, frame, drawn)


def _bars(low: list[float], high: list[float], counts: list[int], labels: list[str]) -> marks.PlotRects:
    zeros, tops = [0.0] * len(counts), [float(count) for count in counts]
    return marks.rects((low, high), (zeros, tops), labels)


def box(
    runs: Sequence[Run], value: RunColumn, by: RunColumn, *, log: bool = False, width: int = 420, height: int = 240
) -> Figure:
    """A box of quartiles for each group, with every run as a point beside it."""

    title = f"{value.title} by {by.title}"
    frame = _tidy(runs, value, by)
    if frame.empty:
        return empty("box", title, NOT_FINITE)
    names = list(dict.fromkeys([name for name in columns.categories(by.values) if name in set(frame["group"])]))
    starts = {run_id: start for run_id, start in columns.starts_of(runs).items() if run_id in set(frame["run_id"])}

    def chart() -> Any:
        import altair as alt

        kind: Any = "linear" if not log else "log" if value.positive else "symlog"
        scale = alt.Scale(zero=False, type=kind)
        tones = frame.assign(tone=frame["run_id"].map(palette.run_colours(starts)))
        drawn = (
            alt.Chart(frame)
            .mark_boxplot(size=24, extent="min-max", color=COLOURS[0], opacity=0.5)
            .encode(x=alt.X("group:N", title=by.title, sort=names), y=alt.Y("value:Q", title=value.title, scale=scale))
        ) + (
            alt.Chart(tones)
            .mark_circle(size=28, opacity=0.8)
            .encode(
                x=alt.X("group:N", sort=names),
                y=alt.Y("value:Q", scale=scale),
                color=alt.Color("tone:N", scale=None),
                tooltip=["run:N", "value:Q"],
            )
        )
        return drawn.properties(width=width, height=height)

    groups = [(name, frame.loc[frame["group"] == name]) for name in names]
    drawn = marks.plot(marks.axis(by.title, labels=names), marks.axis(value.title, log=log, positive=value.positive))
    for index, (name, rows) in enumerate(groups):
        _draw_box(drawn, index, name, rows, starts)
    table = _summary(groups, by.title)
    note = _left_out(len(runs) - len(frame), "no finite value")
    text = f"Boxes of {title}: {len(names)} {'group' if len(names) == 1 else 'groups'}, {_runs(len(frame))}"
    return Figure("box", title, text, chart, frame, table, drawn, note)


def _tidy(runs: Sequence[Run], value: RunColumn, by: RunColumn) -> pd.DataFrame:
    import pandas as pd

    names, groups = columns.run_names(runs), columns.categories(by.values)
    rows = [
        (run.info.run_id, names[run.info.run_id], groups[_place(columns.label_of(group), groups)], number)
        for run, number, group in zip(runs, value.values, by.values, strict=True)
        if is_finite(number)
    ]
    return pd.DataFrame(rows, columns=["run_id", "run", "group", "value"])


def _draw_box(drawn: marks.Plot, index: int, name: str, rows: pd.DataFrame, starts: Mapping[str, int]) -> None:
    values = rows["value"].to_numpy(float)
    low, first, middle, third, high = np.quantile(values, [0, 0.25, 0.5, 0.75, 1]).tolist()
    label = f"{name}: {_runs(len(values))}, median {_n(middle)}, from {_n(low)} to {_n(high)}"
    if len(values) > 1:
        drawn["rects"].append(marks.rects(([index - HALF_BOX], [index + HALF_BOX]), ([first], [third]), [label]))
        for ends in ((low, first), (third, high)):
            drawn["lines"].append(_rule([index, index], list(ends)))
        drawn["lines"].append(_rule([index - HALF_BOX, index + HALF_BOX], [middle, middle]))
    spread = [index + JITTER * ((number * 7) % 5 / 2 - 1) for number in range(len(values))]
    points = [f"{run}: {_n(value)}" for run, value in zip(rows["run"], values, strict=True)]
    ids = rows["run_id"].tolist()
    begun = [starts[run_id] for run_id in ids]
    drawn["points"].append(marks.points(spread, values.tolist(), ids, points, starts_ms=begun))


def _rule(x: list[float], y: list[float]) -> marks.PlotLine:
    return marks.line(x, y, quiet=True)


def _summary(groups: list[tuple[str, pd.DataFrame]], by: str) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for name, one in groups:
        values = one["value"].to_numpy(float)
        spread = float(np.std(values, ddof=1)) if len(values) > 1 else None
        quartiles = np.quantile(values, [0, 0.25, 0.5, 0.75, 1]).tolist()
        rows.append((name, len(values), float(values.mean()), spread, *quartiles))
    heads = [by or "group", "runs", "mean", "standard deviation", "min", "25 %", "median", "75 %", "max"]
    return pd.DataFrame(rows, columns=heads)


def _place(label: str, names: list[str]) -> int:
    return names.index(label) if label in names else len(names) - 1


def _n(value: float) -> str:
    return columns.number_label(float(value))


def _runs(count: int) -> str:
    return f"{count} {'run' if count == 1 else 'runs'}"


def _left_out(count: int, why: str) -> str:
    return f"{_runs(count)} with {why} left out" if count else ""
