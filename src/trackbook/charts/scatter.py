"""Two values of runs against each other, a third as colour; and a third as a surface between the runs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from trackbook.charts import columns, marks, palette
from trackbook.charts.columns import RunColumn, is_finite
from trackbook.charts.figure import Figure, empty

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from trackbook.core.entities import Run

SCHEME: Any = "viridis"
GRID = 36
"""Cells of a surface along each axis."""
LEVELS = 9
"""Steps of a surface's colour, so that its borders are contours."""
TOO_FEW = "A surface needs four runs or more, with two values of each axis. Track more, or choose other axes."
NEAREST = 0.22
"""How far from a run a surface is drawn, in lengths of the axes."""


def scatter(
    runs: Sequence[Run],
    x: RunColumn,
    y: RunColumn,
    colour: RunColumn | None = None,
    *,
    log_x: bool = False,
    log: bool = False,
    width: int = 420,
    height: int = 280,
) -> Figure:
    """One point a run; `colour` a number or a category, else each run has its own."""

    title = f"{y.title} against {x.title}"
    log_x, log = log_x or x.wide, log or y.wide
    frame = _tidy(runs, x, y, colour)
    if frame.empty:
        return empty("scatter", title, "No run has both values. Choose another for one of the axes.")
    starts = {run_id: start for run_id, start in columns.starts_of(runs).items() if run_id in set(frame["run_id"])}

    def chart() -> Any:
        import altair as alt

        encodings: dict[str, object] = {
            "x": _channel(alt.X, x, "x", log_x),
            "y": _channel(alt.Y, y, "y", log),
            "tooltip": [alt.Tooltip("run:N"), _tip(alt, x, "x"), _tip(alt, y, "y")],
        }
        if colour is None:
            encodings["color"] = alt.Color("tone:N", scale=None)
        else:
            kind = "Q" if colour.numeric else "N"
            scale = alt.Scale(scheme=SCHEME) if colour.numeric else alt.Undefined
            encodings["color"] = alt.Color(f"colour:{kind}", title=colour.title, scale=scale)
        tones = frame.assign(tone=frame["run_id"].map(palette.run_colours(starts)))
        drawn = alt.Chart(tones).mark_circle(size=56, opacity=0.85).encode(**encodings).interactive()
        return drawn.properties(width=width, height=height)

    drawn = marks.plot(_axis(x, log_x), _axis(y, log), shade=_legend(colour))
    drawn["points"] += _points(frame, x, y, colour, starts)
    named = [x, y, *([colour] if colour is not None else [])]
    note = _left_out(len(runs) - len(frame))
    text = f"Scatter of {title} for {len(frame)} {'run' if len(frame) == 1 else 'runs'}"
    table = columns.table_of(runs, named)
    return Figure("scatter", title, text, chart, frame, table, drawn, note)


def contour(
    runs: Sequence[Run],
    x: RunColumn,
    y: RunColumn,
    value: RunColumn,
    *,
    log_x: bool = False,
    log: bool = False,
    width: int = 420,
    height: int = 300,
) -> Figure:
    """A value as a surface over two numbers, interpolated between the runs and drawn near them only."""

    title = f"{value.title} over {x.title} and {y.title}"
    log_x, log = log_x or x.wide, log or y.wide
    if not (x.numeric and y.numeric and value.numeric):
        return empty("contour", title, "A surface needs three numbers. Choose params and a metric with numbers.")
    frame = _tidy(runs, x, y, value)
    frame = frame[[is_finite(one) for one in frame["colour"]]] if len(frame) else frame
    if len(frame) < 4 or frame["x"].nunique() < 2 or frame["y"].nunique() < 2:
        return empty("contour", title, TOO_FEW)
    surface = _surface(frame, log_x and x.positive, log and y.positive)

    def chart() -> Any:
        import altair as alt

        points = (
            alt.Chart(frame)
            .mark_circle(size=30, color="black", opacity=0.7)
            .encode(
                x=_channel(alt.X, x, "x", log_x),
                y=_channel(alt.Y, y, "y", log),
                tooltip=["run:N", "x:Q", "y:Q", alt.Tooltip("colour:Q", title=value.title)],
            )
        )
        tiles = (
            alt.Chart(surface)
            .mark_rect()
            .encode(
                x=_channel(alt.X, x, "x0", log_x),
                x2="x1:Q",
                y=_channel(alt.Y, y, "y0", log),
                y2="y1:Q",
                color=alt.Color("level:Q", title=value.title, scale=alt.Scale(scheme=SCHEME)),
            )
        )
        return (tiles + points).properties(width=width, height=height)

    drawn = marks.plot(_axis(x, log_x), _axis(y, log), shade=_legend(value))
    shades = _shades(surface["level"].to_numpy(float), frame["colour"].to_numpy(float))
    edges = {name: _round(surface[name]) for name in ("x0", "x1", "y0", "y1")}
    tiles_at = ((edges["x0"], edges["x1"]), (edges["y0"], edges["y1"]))
    drawn["rects"].append(marks.rects(*tiles_at, [], shades=shades))
    drawn["points"] += _points(frame, x, y, value)
    note = (
        f"Interpolated between {len(frame)} runs by inverse squared distance and left blank far from them: it shows "
        "where values were seen, and is no model of what lies between."
    )
    text = f"Contour of {title} for {len(frame)} runs"
    table = columns.table_of(runs, [x, y, value])
    return Figure("contour", title, text, chart, frame, table, drawn, note)


def _tidy(runs: Sequence[Run], x: RunColumn, y: RunColumn, colour: RunColumn | None) -> pd.DataFrame:
    import pandas as pd

    names = columns.run_names(runs)
    tones = colour.values if colour is not None else [None] * len(runs)
    rows = [
        (run.info.run_id, names[run.info.run_id], a, b, tone)
        for run, a, b, tone in zip(runs, x.values, y.values, tones, strict=True)
        if _drawable(x, a) and _drawable(y, b)
    ]
    return pd.DataFrame(rows, columns=["run_id", "run", "x", "y", "colour"])


def _drawable(one: RunColumn, value: float | str | None) -> bool:
    return is_finite(value) if one.numeric else value is not None


def _channel(make: object, one: RunColumn, field: str, log: bool) -> object:
    import altair as alt

    if not one.numeric:
        return make(f"{field}:N", title=one.title, sort=columns.categories(one.values))  # type: ignore[operator]
    scale = alt.Scale(zero=False, type="linear" if not log else "log" if one.positive else "symlog")
    return make(f"{field}:Q", title=one.title, scale=scale)  # type: ignore[operator]


def _tip(alt: object, one: RunColumn, field: str) -> object:
    return alt.Tooltip(f"{field}:{'Q' if one.numeric else 'N'}", title=one.title)  # type: ignore[attr-defined]


def _axis(one: RunColumn, log: bool) -> marks.PlotAxis:
    if not one.numeric:
        return marks.axis(one.title, labels=columns.categories(one.values))
    return marks.axis(one.title, log=log, positive=one.positive)


def _points(
    frame: pd.DataFrame, x: RunColumn, y: RunColumn, colour: RunColumn | None, starts: Mapping[str, int] | None = None
) -> list[marks.PlotPoints]:
    """One set of points, or one for each category of the colour; without `starts` (run id -> ms) in ink."""
    labels = []
    for run, a, b, tone in zip(frame["run"], frame["x"], frame["y"], frame["colour"], strict=True):
        said = [f"{one.title} {columns.label_of(value)}" for one, value in ((x, a), (y, b))]
        said += [f"{colour.title} {columns.label_of(_plain(tone))}"] if colour is not None else []
        labels.append(f"{run}: {', '.join(said)}")
    at_x, at_y, ids = _places(frame["x"], x), _places(frame["y"], y), frame["run_id"].tolist()
    if starts is None:
        return [marks.points(at_x, at_y, ids, labels, ink=True)]
    if colour is None:
        return [marks.points(at_x, at_y, ids, labels, starts_ms=[starts[run_id] for run_id in ids])]
    if colour.numeric:
        tones = np.array([one if is_finite(one) else np.nan for one in frame["colour"]], dtype=float)
        shades = [0.0 if np.isnan(one) else one for one in _shades(tones, tones)]
        return [marks.points(at_x, at_y, ids, labels, shades=shades)]
    found = []
    groups = [columns.label_of(_plain(tone)) for tone in frame["colour"]]
    for series, name in enumerate(dict.fromkeys(groups)):
        some = [index for index, group in enumerate(groups) if group == name]
        parts: Any = [[each[index] for index in some] for each in (at_x, at_y, ids, labels)]
        found.append(marks.points(*parts, series=series, name=name))
    return found


def _plain(value: Any) -> Any:
    return None if value is None or value != value else value


def _places(values: pd.Series[Any], one: RunColumn) -> list[float]:
    if one.numeric:
        return [float(value) for value in values]
    names = columns.categories(one.values)
    return [float(names.index(str(value)) if value in names else len(names) - 1) for value in values]


def _legend(one: RunColumn | None) -> marks.PlotShade | None:
    if one is None or not one.numeric:
        return None
    finite = [value for value in one.values if is_finite(value)]
    if not finite:
        return None
    low, high = (columns.number_label(float(f"{one:.4g}")) for one in (min(finite), max(finite)))
    return marks.PlotShade(title=one.title, low=low, high=high, share=False)


def _shades(values: NDArray[np.float64], among: NDArray[np.float64]) -> list[float]:
    """Where values lie between the least and the greatest, 0 to 1; halves first, since the span may overflow."""
    low, high = float(np.nanmin(among)) / 2, float(np.nanmax(among)) / 2
    if not high > low:
        return [0.5] * len(values)
    return [round(float(share), 3) for share in np.clip((values / 2 - low) / (high - low), 0, 1)]


def _surface(frame: pd.DataFrame, log_x: bool, log_y: bool) -> pd.DataFrame:
    """Tiles near runs with the level of their colour."""
    import pandas as pd

    u, edges_u = _unit(frame["x"].to_numpy(float), log_x)
    v, edges_v = _unit(frame["y"].to_numpy(float), log_y)
    values = frame["colour"].to_numpy(float)
    middles = (np.arange(GRID) + 0.5) / GRID
    gu, gv = np.meshgrid(middles, middles)
    squared = (gu[..., None] - u) ** 2 + (gv[..., None] - v) ** 2
    weights = 1 / (squared + 1e-6)
    with np.errstate(over="ignore", invalid="ignore"):
        surface = (weights * values).sum(-1) / weights.sum(-1)
    near = (np.sqrt(squared.min(-1)) <= NEAREST) & np.isfinite(surface)
    low, high = values.min(), values.max()
    step = (high / LEVELS - low / LEVELS) or 1.0
    with np.errstate(invalid="ignore", over="ignore"):
        levels = np.where(near, np.clip(np.floor((surface - low) / step), 0, LEVELS - 1), -1)
    tiles = [
        (edges_u[start], edges_u[end], edges_v[row], edges_v[row + 1], low + (level + 0.5) * step)
        for row in range(GRID)
        for level, start, end in _stretches(levels[row])
    ]
    return pd.DataFrame(tiles, columns=["x0", "x1", "y0", "y1", "level"])


def _stretches(levels: NDArray[np.float64]) -> Iterator[tuple[float, int, int]]:
    """Level, first place and the place behind the last, of each stretch of equal levels; below 0 is blank."""
    ends = [*(np.flatnonzero(np.diff(levels)) + 1).tolist(), len(levels)]
    for start, end in itertools.pairwise([0, *ends]):
        if levels[start] >= 0:
            yield float(levels[start]), start, end


def _unit(values: NDArray[np.float64], log: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places between 0 and 1, and the edges of the grid in the values' own unit."""
    scaled = np.log10(values) if log else values
    low, high = scaled.min(), scaled.max()
    edges = np.linspace(low, high, GRID + 1)
    return (scaled - low) / (high - low), 10**edges if log else edges


def _round(values: pd.Series[float]) -> list[float]:
    return [float(f"{value:.6g}") for value in values]


def _left_out(count: int) -> str:
    return f"{count} {'run' if count == 1 else 'runs'} without both values left out" if count else ""
