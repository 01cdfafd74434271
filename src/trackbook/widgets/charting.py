"""From a chart (`charts.figure.Figure`) to what its view draws, and to what a saved notebook shows of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from trackbook.charts import drawing, grouping, making, marks
from trackbook.charts.curves import CurveStyle, panels
from trackbook.charts.figure import Figure
from trackbook.widgets.chart_payloads import ChartCurves, ChartRun, ChartState, CurveSeries
from trackbook.widgets.charttables import chart_table
from trackbook.widgets.markup import escape, folded, quiet, root, table
from trackbook.widgets.payloads import nums
from trackbook.widgets.texts import number_text

if TYPE_CHECKING:
    import pandas as pd

    from trackbook.charts.making import ChartRequest
    from trackbook.core.entities import Run
    from trackbook.core.ports import Curve, Store

SAVED_PANELS = 6
"""Pictures of one saved chart."""
SAVED_ROWS = 60
SAVED_IMAGES = 6
PICTURE = (420, 240)
SMALL = (300, 180)

ImageReader = Callable[[str, str], str | None]
"""Run id and path to the picture as a `data:` address."""


def made_chart(store: Store, runs: Sequence[Run], asked: ChartRequest, caption: str) -> tuple[Figure, ChartState]:
    """A chart, and its payload.  Raises as `making.make`."""
    figure = making.make(store, runs, asked, caption)
    is_grouped = asked.kind == "curve" and asked.group_by is not None and bool(runs)
    groups = grouping.groups_of(runs, asked.group_by or grouping.SEED) if is_grouped else None
    return figure, chart_state(figure, runs, asked.style, groups)


def chart_state(figure: Figure, runs: Sequence[Run], style: CurveStyle, groups: Mapping[str, str] | None) -> ChartState:
    """The payload of a chart."""
    parallel = figure.extra if figure.kind == "parallel" else None
    pictures = figure.extra["series"] if figure.kind == "images" and figure.extra else None
    is_curve = figure.kind == "curve" and not figure.frame.empty
    return ChartState(
        schema=1,
        kind=figure.kind,
        title=figure.title,
        note=figure.note,
        table=chart_table(figure.table),
        plot=figure.plot,
        parallel=parallel,
        images=pictures,
        curves=_curves(figure.frame, runs, style, groups) if is_curve else None,
    )


def _curves(
    frame: pd.DataFrame, runs: Sequence[Run], style: CurveStyle, groups: Mapping[str, str] | None
) -> ChartCurves:
    names = dict(zip(frame["run_id"], frame["run"], strict=True))
    counts = {(run.info.run_id, key): item.count for run in runs for key, item in run.data.aggregates.items()}
    return ChartCurves(
        keys=list(dict.fromkeys(frame["metric"])),
        runs=[_run(run, names[run.info.run_id], groups) for run in runs if run.info.run_id in names],
        series=[
            _series(str(run_id), str(key), one, counts.get((str(run_id), str(key)), len(one)))
            for (run_id, key), one in frame.groupby(["run_id", "metric"], sort=False)
        ],
        x=style.x,
        log=style.log,
        log_x=style.log_x,
        smoothing=style.smoothing,
        clip=style.clip,
        grouped=groups is not None,
    )


def _run(run: Run, name: str, groups: Mapping[str, str] | None) -> ChartRun:
    group = None if groups is None else groups.get(run.info.run_id)
    running = str(run.info.status) == "RUNNING"
    return ChartRun(run_id=run.info.run_id, name=name, group=group, running=running, start_ms=run.info.start_time)


def _series(run_id: str, key: str, rows: pd.DataFrame, count: int) -> CurveSeries:
    times = rows["time"].astype("datetime64[ms, UTC]").astype(np.int64)
    return CurveSeries(
        run_id=run_id,
        key=key,
        steps=rows["step"].tolist(),
        times=times.tolist(),
        values=nums(rows["value"].to_numpy(float)),
        count=count,
    )


def series_of(curve: Curve) -> CurveSeries:
    """A curve as the view takes it."""
    return CurveSeries(
        run_id=curve.run_id,
        key=curve.key,
        steps=curve.steps.tolist(),
        times=curve.times.tolist(),
        values=nums(curve.values),
        count=curve.count,
    )


# -- what a saved notebook shows -------------------------------------------------------------------------------------


def static_chart(figure: Figure, state: ChartState, style: CurveStyle, read: ImageReader) -> str:
    """Title, picture, note, and the table behind a click; no script."""
    pictures = _pictures(figure, style, _groups(state), None, PICTURE) or _images(state, read)
    parts = [f"<div><strong>{escape(figure.title, 200)}</strong></div>", pictures]
    if figure.note:
        parts.append(f"<div>{quiet(escape(figure.note, 600))}</div>")
    rows = state["table"]["rows"][:SAVED_ROWS]
    if rows:
        cells = [[escape(number_text(value), 80) for value in row] for row in rows]
        heads = [escape(head, 60) for head in state["table"]["heads"]]
        more = state["table"]["total"] - len(rows)
        left = f"<div>{quiet(f'… {more} more rows')}</div>" if more > 0 else ""
        parts.append(folded("as a table", table(heads, cells, state["table"]["numeric"]) + left))
    return root("chart", parts)


def picture_of(figure: Figure, state: ChartState, style: CurveStyle) -> str | None:
    """The chart as one SVG of its own ink and ground, the first panel of several; None for what is no drawing."""
    return _pictures(figure, style, _groups(state), "#ffffff", PICTURE, 1) or None


def _groups(state: ChartState) -> dict[str, str] | None:
    """Run id -> group, where means are drawn."""
    curves = state["curves"]
    if curves is None or not curves["grouped"]:
        return None
    return {run["run_id"]: run["group"] or "all runs" for run in curves["runs"]}


def _pictures(
    figure: Figure,
    style: CurveStyle,
    groups: Mapping[str, str] | None,
    ground: str | None,
    size: tuple[int, int],
    most: int = SAVED_PANELS,
) -> str:
    if figure.kind == "curve":
        keys = list(dict.fromkeys(figure.frame["metric"]))
        drawn = panels(figure.frame, keys[:most], style, groups)
        if len(drawn) == 1:
            return drawing.svg(_with_title(*drawn[0]), *size, ground=ground)
        boxes = [f'<div style="flex:0 1 auto">{drawing.svg(_with_title(key, one), *SMALL)}</div>' for key, one in drawn]
        left = len(keys) - len(drawn)
        more = f"<div>{quiet(f'and {left} more')}</div>" if left > 0 else ""
        return f'<div style="display:flex;flex-wrap:wrap;gap:8px 16px">{"".join(boxes)}</div>{more}' if boxes else ""
    plot = _lines_of(figure.extra) if figure.kind == "parallel" and figure.extra else figure.plot
    return drawing.svg(plot, *size, ground=ground) if plot is not None else ""


def _with_title(key: str, plot: marks.Plot) -> marks.Plot:
    """Bars name their metric along x, and their runs along y."""
    return plot if plot["y"]["scale"] == "band" else {**plot, "y": {**plot["y"], "title": key}}


def _lines_of(found: Any) -> marks.Plot:
    """Parallel coordinates as plain lines between 0 and 1."""
    titles = [axis["title"] for axis in found["axes"]]
    drawn = marks.plot(marks.axis("", labels=titles), marks.axis("from least to greatest", low=0, high=1))
    for run_id, row in zip(found["runs"][:200], found["values"], strict=False):
        kept = [(place, _share(found["axes"][place], value)) for place, value in enumerate(row) if value is not None]
        if len(kept) > 1:
            drawn["lines"].append(marks.line([float(at) for at, _ in kept], [share for _, share in kept], run=run_id))
    return drawn


def _share(axis: Any, value: float) -> float:
    low, high = axis["low"], axis["high"]
    if axis["log"]:
        low, high, value = (float(np.log10(one)) for one in (low, high, value))
    return float((value / 2 - low / 2) / (high / 2 - low / 2))


def _images(state: ChartState, read: ImageReader) -> str:
    """The last picture of the first few series."""
    parts = []
    for one in (state["images"] or [])[:SAVED_IMAGES]:
        last = one["images"][-1]
        uri = read(one["run"], last["path"])
        name = f"{one['name']} · {one['key']} · step {last['step']}"
        if uri is not None:
            picture = f'<img src="{escape(uri, None)}" alt="{escape(name)}" style="max-width:160px;max-height:160px">'
            parts.append(f'<div style="flex:0 1 auto">{picture}<div>{quiet(escape(name, 60))}</div></div>')
    return f'<div style="display:flex;flex-wrap:wrap;gap:8px 16px">{"".join(parts)}</div>' if parts else ""
