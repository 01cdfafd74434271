"""Curves of metrics: several runs and several keys in one chart.

User-given names are data here, never field names or expressions, so that a run called `<script>` or `datum.x` is only
a label.  The number of points is bounded by the chart, not by the runs: the store down-samples to what can be seen.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from trackbook.charts import bars, labels, marks, palette, smoothing
from trackbook.charts.figure import Figure, empty
from trackbook.charts.frames import curve_frame
from trackbook.charts.means import mean_curves
from trackbook.errors import InvalidValue, shown

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

    from trackbook.core.entities import Run
    from trackbook.core.ports import Curve, Store

SYSTEM = "system/"
MAX_RUNS = 20
"""Lines of one chart: runs, or groups of them."""
MAX_MEMBERS = 200
"""Runs of a chart that draws the means of groups."""
MAX_METRICS = 12
SUGGESTED = 5
GREY = "#808080"
"""Reads on light and dark pages."""
MAX_POINTS = 4000
"""Of one chart, over all series; each of very many keeps `FEWEST_POINTS`."""
FEWEST_POINTS = 20
MARKED_POINTS = 60
"""A series of at most this many points shows each of them."""
NO_METRICS = "No metrics to draw. Log some with tb.log_metric(key, value, step)."
NO_POINTS = "No points to draw. Choose another metric, or other runs."
X_AXES = {"step": ("step", "step"), "time": ("time", "time (UTC)"), "relative": ("relative_s", "seconds since start")}


@dataclass(frozen=True, slots=True)
class CurveStyle:
    """How curves are drawn; `smoothing` is the weight of the moving average, 0 for none."""

    x: str = "step"
    log: bool = False
    log_x: bool = False
    smoothing: float = 0.0
    clip: bool = False
    width: int = 420
    height: int = 240

    def __post_init__(self) -> None:
        if self.x not in X_AXES:
            raise InvalidValue(f"x={self.x!r} is none of {', '.join(map(repr, X_AXES))}")
        if not 0 <= self.smoothing < 1:
            raise InvalidValue(f"smoothing={self.smoothing!r} is no weight: give 0 (none) to 0.99")


def keys_of(runs: Sequence[Run], metrics: str | Iterable[str] | None) -> list[str]:
    """The keys to draw: those named (`"train/"` means all that begin so), else those with a history, else all.

    Raises `InvalidValue` for one that none of the runs has; no runs have none to miss.
    """
    if metrics is None:
        return _keys_with_curves(runs)
    known = list(dict.fromkeys(key for run in runs for key in run.data.aggregates))
    found: list[str] = []
    for name in [metrics] if isinstance(metrics, str) else metrics:
        matching = sorted(key for key in known if name.endswith("/") and key.startswith(name)) or [name]
        _check_key(runs, known, matching[0])
        found += matching
    return list(dict.fromkeys(found))


def have_history(runs: Sequence[Run], metrics: str | Iterable[str] | None) -> bool:
    """Whether some run has more than one point of a key to draw, so that there is a line.  Raises `InvalidValue`."""
    keys = keys_of(runs, metrics)
    return any(key in keys and one.count > 1 for run in runs for key, one in run.data.aggregates.items())


def _check_key(runs: Sequence[Run], known: list[str], key: str) -> None:
    if not runs or key in known:
        return
    near = difflib.get_close_matches(key, known, n=3, cutoff=0.4) or known[:SUGGESTED]
    hint = f"nearest: {', '.join(map(shown, near))}" if near else "they have no metrics"
    those = "the run has no metric" if len(runs) == 1 else f"none of the {len(runs)} runs has a metric"
    raise InvalidValue(f"{those} {shown(key)}; {hint}")


def points(
    store: Store, runs: Sequence[Run], keys: Sequence[str], x: str = "step", *, means: bool = False
) -> pd.DataFrame:
    """The frame of the curves, down-sampled so that all of them together stay within `MAX_POINTS`.

    `means` are to be drawn of groups: each curve is averaged then, and not thinned to what is least and greatest.
    """
    series = max(1, sum(key in run.data.aggregates for run in runs for key in keys))
    number = max(FEWEST_POINTS, min(1000, MAX_POINTS // series))
    ids = [run.info.run_id for run in runs]
    if means:
        curves: Sequence[Curve] = mean_curves(store, ids, keys, number, x=_store_x(x))
    else:
        curves = store.metrics.curves(ids, keys, x=_store_x(x), buckets=number // 2)
    names = labels.unique({run.info.run_id: run.info.run_name for run in runs})
    return curve_frame(curves, names, {run.info.run_id: run.info.start_time for run in runs})


def draw(
    frame: pd.DataFrame,
    keys: Sequence[str],
    style: CurveStyle | None = None,
    *,
    note: str = "",
    groups: Mapping[str, str] | None = None,
) -> Figure:
    """The chart of a frame of `charts.frames.curve_frame`; with `groups` (run id -> group) means and their bands."""
    style = style or CurveStyle()
    names = list(dict.fromkeys(frame["run"]))
    named = labels.unique({key: key for key in keys})
    if frame.empty:
        return empty("curve", ", ".join(named.values()) or "Curve", NO_POINTS if keys else NO_METRICS, frame)
    text = _text(keys, names)
    text = f"{text} ({note.partition(';')[0]})" if note else text

    def chart() -> Any:
        return _altair(frame, named, style, note, groups)

    return Figure("curve", ", ".join(named.values()), text, chart, frame, summary(frame, named), None, note)


def _altair(
    frame: pd.DataFrame,
    named: Mapping[str, str],
    style: CurveStyle,
    note: str,
    groups: Mapping[str, str] | None,
) -> Any:
    """One view, or one below each other for several keys."""
    import altair as alt

    alone = bars.single(frame, list(named))
    there = set(frame["metric"])
    curved = {key: name for key, name in named.items() if key in there and key not in alone}
    parts = [_barred(frame, {key: named[key]}, style, groups) for key in alone]
    if curved:
        parts = [_curved(frame[frame["metric"].isin(curved)], curved, style, groups), *parts]
    base: Any = parts[0] if len(parts) == 1 else alt.vconcat(*parts)
    title = alt.TitleParams(note, anchor="start", fontSize=11, fontWeight="normal", color=GREY)
    return base.properties(title=title) if note else base


def _barred(frame: pd.DataFrame, named: Mapping[str, str], style: CurveStyle, groups: Mapping[str, str] | None) -> Any:
    """One view with a bar a run, of a metric with one value a run."""
    [(key, name)] = named.items()
    drawn = bars.values(frame[frame["metric"] == key], _run_slots(frame), log=style.log, groups=groups)
    return bars.chart(drawn, name, style.width, log=style.log)


def _curved(frame: pd.DataFrame, named: Mapping[str, str], style: CurveStyle, groups: Mapping[str, str] | None) -> Any:
    import altair as alt

    base: Any = _banded(frame, named, groups, style) if groups else _lines(frame, named, style)
    if len(named) > 1:
        base = base.properties(width=style.width // 2 + 40, height=style.height * 3 // 4)
        facet = alt.Facet("metric:N", title=None, sort=list(named.values()), header=alt.Header(labelLimit=style.width))
        base = base.facet(facet, columns=2).resolve_scale(y="independent")
    else:
        base = base.properties(width=style.width, height=style.height)
    return base


def _lines(frame: pd.DataFrame, named: Mapping[str, str], style: CurveStyle) -> Any:
    """One view with a line a run; x zooms by wheel and drag (y as well where there is one metric)."""
    import altair as alt

    many = len(named) > 1
    slots, names = _run_slots(frame), _names(frame)
    colour, dash = _told_apart("run:N", {name: slots[run_id] for run_id, name in names.items()})
    per_series = frame.groupby(["run_id", "metric"], sort=False).size().max()
    dots = {"size": 18} if per_series <= MARKED_POINTS else False
    rows = _rows(frame, named, style)
    base = alt.Chart(rows).encode(x=_x(style), y=_y(rows["value"], named, style), color=colour, strokeDash=dash)
    tips = [
        alt.Tooltip("run:N", title="run"),
        alt.Tooltip("metric:N", title="metric"),
        alt.Tooltip("x:T" if style.x == "time" else "x:Q", title=X_AXES[style.x][1]),
        alt.Tooltip("value:Q", title="value", format=".6g"),
    ]
    zoom = alt.selection_interval(bind="scales", encodings=["x"] if many else ["x", "y"])
    faint = 0.25 if style.smoothing else 1.0
    lines: alt.Chart = base.mark_line(
        strokeWidth=1.8, strokeJoin="round", point=dots, opacity=faint, clip=style.clip
    ).encode(tooltip=tips)
    if not style.smoothing:
        return lines.add_params(zoom)
    smooth = base.mark_line(strokeWidth=1.8, strokeJoin="round", clip=style.clip).encode(
        y=_y(rows["value"], named, style, "smooth")
    )
    layered: Any = alt.layer(lines.add_params(zoom), smooth)
    return layered


def _banded(frame: pd.DataFrame, named: Mapping[str, str], groups: Mapping[str, str], style: CurveStyle) -> Any:
    """A line for each group's mean, one standard deviation shaded on each side."""
    import altair as alt
    import pandas as pd

    found = smoothing.bands(frame, X_AXES[style.x][0], dict(groups))
    rows = found.assign(metric=found["metric"].map(named))
    for name in ("mean", "low", "high"):
        rows[name] = [_plain(value) for value in rows[name]]
    if style.x == "time":
        rows["x"] = pd.to_datetime(rows["x"], unit="ms")
    names = list(dict.fromkeys(rows["group"]))
    colour, dash = _told_apart("group:N", {name: place for place, name in enumerate(names)})
    base = alt.Chart(rows).encode(x=_x(style), color=colour)
    band = base.mark_area(opacity=0.18).encode(y=_y(rows["low"], named, style, "low"), y2="high:Q")
    line = base.mark_line(strokeWidth=1.8).encode(
        y=_y(rows["low"], named, style, "mean"),
        strokeDash=dash,
        tooltip=["group:N", "x", "mean:Q", "low:Q", "high:Q", "n:Q"],
    )
    layered: Any = band + line
    return layered


def _names(frame: pd.DataFrame) -> dict[str, str]:
    """Run id -> its name, which is its alone."""
    first = frame.drop_duplicates("run_id")
    return dict(zip(first["run_id"].astype(str), first["run"].astype(str), strict=True))


def _run_slots(frame: pd.DataFrame) -> dict[str, int]:
    """The number of each run's colour; by when it began."""
    first = frame.drop_duplicates("run_id")
    starts = first["time"].astype("datetime64[ms, UTC]").astype("int64") - (first["relative_s"] * 1000).round()
    return palette.run_slots(dict(zip(first["run_id"].astype(str), starts.tolist(), strict=True)))


def _told_apart(field: str, slots: Mapping[str, int]) -> tuple[alt.Color, alt.StrokeDash]:
    """Colours, and dashes where these run out; name -> number of both.

    The same legend, word for word: Vega-Lite makes one of both, and would warn where they differ.
    """
    import altair as alt

    names = list(slots)
    legend = None if len(names) < 2 else alt.Legend(labelLimit=240, orient="bottom", columns=2)
    colours = alt.Scale(domain=names, range=[palette.colour(slot) for slot in slots.values()])
    dashes = alt.Scale(domain=names, range=[palette.dash(slot) for slot in slots.values()])
    return (
        alt.Color(field, title=None, sort=names, scale=colours, legend=legend),
        alt.StrokeDash(field, title=None, sort=names, legend=legend, scale=dashes),
    )


def _x(style: CurveStyle) -> alt.X:
    import altair as alt

    kind = "x:T" if style.x == "time" else "x:Q"
    scale = alt.Scale(type="symlog", zero=False) if style.log_x and style.x != "time" else alt.Undefined
    return alt.X(kind, title=X_AXES[style.x][1], axis=alt.Axis(grid=False, tickCount=6), scale=scale)


def _y(values: pd.Series[float], named: Mapping[str, str], style: CurveStyle, field: str = "value") -> alt.Y:
    import altair as alt

    positive = bool((values.dropna() > 0).all())
    kind: Any = ("log" if positive else "symlog") if style.log else "linear"
    clipped = smoothing.clipped_range(values.to_numpy(float)) if style.clip else None
    domain = alt.Undefined if clipped is None or clipped[0] == clipped[1] else list(clipped)
    scale = alt.Scale(zero=False, type=kind, domain=domain)
    return alt.Y(f"{field}:Q", title=None if len(named) > 1 else next(iter(named.values())), scale=scale)


def _rows(frame: pd.DataFrame, named: Mapping[str, str], style: CurveStyle) -> pd.DataFrame:
    """Points as JSON has them: six digits, and null for what is no number (a gap in the line).

    A frame, since altair checks every row of inline values against its schema: a second for a thousand points.
    """
    import pandas as pd

    column = X_AXES[style.x][0]
    finite = frame["value"].where(frame["value"].abs() < float("inf"))
    rows = pd.DataFrame(
        {
            "run": frame["run"],
            "metric": frame["metric"].map(named),
            "x": frame[column].dt.tz_localize(None) if column == "time" else frame[column],
            "value": [_plain(value) for value in finite],
        }
    )
    if style.smoothing:
        per_series = frame.assign(value=finite).groupby(["run_id", "metric"], sort=False)["value"]
        rows["smooth"] = per_series.transform(lambda one: smoothing.smoothed(one.to_numpy(float), style.smoothing))
        rows["smooth"] = [_plain(value) for value in rows["smooth"]]
    return rows[rows["metric"].notna()]


def _plain(value: float) -> float:
    return float(f"{value:.6g}")


def summary(frame: pd.DataFrame, named: Mapping[str, str]) -> pd.DataFrame:
    """One row a curve: where it begins, ends, and its least and greatest value."""
    import pandas as pd

    rows = []
    for (_run_id, metric), one in frame.groupby(["run_id", "metric"], sort=False):
        values = one["value"].to_numpy(float)
        known = values[~np.isnan(values)]
        low, high = (float(known.min()), float(known.max())) if len(known) else (None, None)
        last = one["step"].iloc[-1]
        rows.append(
            (
                one["run"].iloc[0],
                named.get(str(metric), str(metric)),
                int(last),
                float(values[0]),
                float(values[-1]),
                low,
                high,
            )
        )
    return pd.DataFrame(rows, columns=["run", "metric", "last step", "first", "last", "min", "max"])


def panels(
    frame: pd.DataFrame, keys: Sequence[str], style: CurveStyle, groups: Mapping[str, str] | None = None
) -> list[tuple[str, marks.Plot]]:
    """One plot for each key, for the picture of a saved notebook; with groups a line for the mean of each.

    Times of day are drawn as seconds since the run's start.
    """
    style = replace(style, x="relative") if style.x == "time" else style
    found, alone = [], bars.single(frame, keys)
    for key in keys:
        rows = frame[frame["metric"] == key]
        if key in alone:
            made = bars.values(rows, _run_slots(frame), log=style.log, groups=groups)
            found.append((key, bars.plot(made, key, log=style.log)))
            continue
        values = rows["value"].to_numpy(float)
        finite = values[np.isfinite(values)]
        if len(finite):
            positive = bool((finite > 0).all())
            x_axis = marks.axis(X_AXES[style.x][1], log=style.log_x, positive=False)
            drawn = marks.plot(x_axis, marks.axis("", log=style.log, positive=positive))
            drawn["lines"] += _means(rows, style, groups) if groups else _each_run(rows, frame, style)
            found.append((key, drawn))
    return found


def _means(rows: pd.DataFrame, style: CurveStyle, groups: Mapping[str, str]) -> list[marks.PlotLine]:
    found = smoothing.bands(rows, X_AXES[style.x][0], dict(groups))
    lines = []
    for series, (group, one) in enumerate(found.groupby("group", sort=False)):
        name = f"{group} (mean of {int(one['n'].max())})"
        lines.append(marks.line(one["x"].tolist(), one["mean"].tolist(), name=name, series=series))
    return lines


def _each_run(rows: pd.DataFrame, frame: pd.DataFrame, style: CurveStyle) -> list[marks.PlotLine]:
    column = X_AXES[style.x][0]
    slots = _run_slots(frame)
    lines = []
    for run_id, one in rows.groupby("run_id", sort=False):
        places = one[column]
        values = smoothing.smoothed(one["value"].to_numpy(float), style.smoothing)
        kept = np.isfinite(values)
        at = [places.to_numpy(float)[kept].tolist(), values[kept].tolist()]
        lines.append(marks.line(*at, name=str(one["run"].iloc[0]), run=str(run_id), series=slots[str(run_id)]))
    return lines


def _keys_with_curves(runs: Sequence[Run]) -> list[str]:
    """Keys with more than one point in some run, else all keys; by name, without those of the machine."""
    found = [item for run in runs for item in run.data.aggregates.values()]
    aggregates = [item for item in found if not item.key.startswith(SYSTEM)]
    keys = sorted({item.key for item in aggregates if item.count > 1}) or sorted({item.key for item in aggregates})
    return keys[:MAX_METRICS]


def _store_x(x: str) -> str:
    """The store down-samples along step or time; seconds since the start run along time as well."""
    return "step" if x == "step" else "time"


def _text(keys: Sequence[str], names: list[str]) -> str:
    plural = "run" if len(names) == 1 else "runs"
    return f"Chart of {', '.join(labels.cut(key) for key in keys)} for {len(names)} {plural}"
