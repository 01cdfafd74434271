"""Curves of metrics: several runs and several keys in one chart.

User-given names are data here, never field names or expressions, so that a run called `<script>` or `datum.x` is only
a label.  The number of points is bounded by the chart, not by the runs: the store down-samples to what can be seen.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from trackbook.charts import labels, palette, picture, selection
from trackbook.charts.frames import curve_frame
from trackbook.errors import InvalidValue, NotFound, shown
from trackbook.tracking.session import current_session

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

    from trackbook.core.entities import Run
    from trackbook.core.ports import Store

SYSTEM = "system/"
MAX_RUNS = 20
MAX_METRICS = 12
NEWEST = 10
"""Runs that are drawn where none are named."""
SUGGESTED = 5
GREY = "#808080"
"""Reads on light and dark pages."""
MAX_POINTS = 4000
"""Of one chart, over all series; a saved notebook holds about 60 bytes for each."""
MARKED_POINTS = 60
"""A series of at most this many points shows each of them."""
X_AXES = {"step": ("step", "step"), "time": ("time", "time (UTC)"), "relative": ("relative_s", "seconds since start")}


class Chart:
    """A drawn chart: `.altair` to take and change, `.frame` with the points (see `charts.frames.curve_frame`)."""

    def __init__(self, chart: alt.TopLevelMixin, frame: pd.DataFrame, text: str) -> None:
        self.altair = chart
        self.frame = frame
        self._text = text

    def __repr__(self) -> str:
        return self._text

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return picture.bundle(self.altair, self._text)


def chart(
    runs: object = None,
    metrics: str | Iterable[str] | None = None,
    *,
    x: str = "step",
    log: bool = False,
    width: int = 420,
    height: int = 240,
) -> Chart:
    """Draw metrics of runs over `x`: "step", "time" or "relative" (seconds since the run's start).

    `runs` are run ids, runs, a frame of `search_runs` or a table (its selection); without: the newest ten, and a
    caption that says so.  `metrics` are keys; without: those with a history, else all, at most `MAX_METRICS`.
    `chart("loss")` draws that metric of the newest ten.  `log` draws values on a log axis (symmetric where some are
    not positive).  Raises `InvalidValue` (also for a metric that none of the runs has), `NotFound`.
    """
    if x not in X_AXES:
        raise InvalidValue(f"x={x!r} is none of {', '.join(map(repr, X_AXES))}")
    session = current_session()
    store = session.reading
    caption = ""
    if metrics is None and _is_metric(store, runs):
        runs, metrics = None, str(runs)
    if runs is None:
        experiment = session.experiment
        chosen, total = selection.newest(store, [experiment.experiment_id] if experiment else None, NEWEST)
        if total > len(chosen):
            caption = f"{len(chosen)} newest of {total} runs; chart(runs=...) takes ids, search_runs(...) or a table"
    else:
        ids = selection.run_ids_of(runs)
        if len(ids) > MAX_RUNS:
            raise InvalidValue(f"{len(ids)} runs are too many lines for one chart: choose up to {MAX_RUNS}")
        chosen = [store.runs.get(run_id) for run_id in ids]
    keys = _keys_with_curves(chosen) if metrics is None else [metrics] if isinstance(metrics, str) else list(metrics)
    _check_keys(chosen, keys)
    frame = points(store, chosen, keys, x)
    return draw(frame, keys, x=x, log=log, width=width, height=height, caption=caption)


def _is_metric(store: Store, runs: object) -> bool:
    """Whether a single word in the place of runs is a metric's key: `chart("loss")`.  Raises `NotFound`."""
    if not isinstance(runs, str):
        return False
    try:
        store.runs.get(runs)
    except (NotFound, InvalidValue):
        known = [item.key for item in store.runs.keys(None) if item.kind == "metrics"]
        if runs in known:
            return True
        near = difflib.get_close_matches(runs, known, n=3, cutoff=0.4)
        hint = f"nearest metrics: {', '.join(map(shown, near))}" if near else "give a run's id or a metric's key"
        raise NotFound("run or metric", runs, hint) from None
    return False


def _check_keys(runs: list[Run], keys: Iterable[str]) -> None:
    """Raises `InvalidValue` for a metric that none of these runs has; no runs have none to miss."""
    known = list(dict.fromkeys(key for run in runs for key in run.data.aggregates))
    for key in keys:
        if runs and key not in known:
            near = difflib.get_close_matches(key, known, n=3, cutoff=0.4) or known[:SUGGESTED]
            hint = f"nearest: {', '.join(map(shown, near))}" if near else "they have no metrics"
            those = "the run has no metric" if len(runs) == 1 else f"none of the {len(runs)} runs has a metric"
            raise InvalidValue(f"{those} {shown(key)}; {hint}")


def points(store: Store, runs: list[Run], keys: list[str], x: str = "step") -> pd.DataFrame:
    """The frame of the curves, down-sampled so that all of them together stay within `MAX_POINTS`."""
    series = max(1, sum(key in run.data.aggregates for run in runs for key in keys))
    buckets = max(10, min(500, MAX_POINTS // (2 * series)))
    curves = store.metrics.curves([run.info.run_id for run in runs], keys, x=_store_x(x), buckets=buckets)
    names = labels.unique({run.info.run_id: run.info.run_name for run in runs})
    return curve_frame(curves, names, {run.info.run_id: run.info.start_time for run in runs})


def draw(
    frame: pd.DataFrame,
    keys: list[str],
    *,
    x: str = "step",
    log: bool = False,
    width: int = 420,
    height: int = 240,
    caption: str = "",
) -> Chart:
    """The chart of a frame of `charts.frames.curve_frame`; `caption` stands above it in small letters."""
    import altair as alt
    import pandas as pd

    named = labels.unique({key: key for key in keys})
    names = list(dict.fromkeys(frame["run"]))
    text = _text(frame, keys, names)
    if frame.empty:
        empty = alt.Chart(pd.DataFrame({"at": [0]})).mark_text(fontSize=13, color=GREY, text=text)
        return Chart(empty.properties(width=width, height=60), frame, text)
    many = len(named) > 1
    base = _lines(frame, named, names, x=x, log=log)
    title = alt.TitleParams(caption, anchor="start", fontSize=11, fontWeight="normal", color=GREY) if caption else None
    text = f"{text} ({caption.partition(';')[0]})" if caption else text
    if many:
        base = base.properties(width=width // 2 + 40, height=height * 3 // 4)
        facet = alt.Facet("metric:N", title=None, sort=list(named.values()), header=alt.Header(labelLimit=width))
        facets = base.facet(facet, columns=2).resolve_scale(y="independent")
        return Chart(facets.properties(title=title) if title else facets, frame, text)
    single = base.properties(width=width, height=height)
    return Chart(single.properties(title=title) if title else single, frame, text)


def _lines(frame: pd.DataFrame, named: Mapping[str, str], names: list[str], *, x: str, log: bool) -> alt.Chart:
    """One view with a line a run; x zooms by wheel and drag (y as well where there is one metric)."""
    import altair as alt

    column, title = X_AXES[x]
    many = len(named) > 1
    zoom = alt.selection_interval(bind="scales", encodings=["x"] if many else ["x", "y"])
    positive = bool((frame["value"].dropna() > 0).all())
    y_scale = alt.Scale(zero=False, type=("log" if positive else "symlog") if log else "linear")
    legend = None if len(names) < 2 else alt.Legend(labelLimit=240, orient="bottom", columns=2)
    colour = alt.Color(
        "run:N",
        title=None,
        sort=names,
        scale=alt.Scale(domain=names, range=palette.colours(len(names))),
        legend=legend,
    )
    # The same legend, word for word: Vega-Lite makes one of both, and would warn where they differ.
    dashes = alt.Scale(domain=names, range=palette.dashes(len(names)))
    dash = alt.StrokeDash("run:N", title=None, sort=names, legend=legend, scale=dashes)
    per_series = frame.groupby(["run_id", "metric"], sort=False).size().max()
    points = {"size": 18} if per_series <= MARKED_POINTS else False
    lines: alt.Chart = (
        alt.Chart(_rows(frame, named, column))
        .mark_line(strokeWidth=1.8, strokeJoin="round", point=points)
        .encode(
            x=alt.X("x:T" if x == "time" else "x:Q", title=title, axis=alt.Axis(grid=False, tickCount=6)),
            y=alt.Y("value:Q", title=None if many else next(iter(named.values())), scale=y_scale),
            color=colour,
            strokeDash=dash,
            tooltip=[
                alt.Tooltip("run:N", title="run"),
                alt.Tooltip("metric:N", title="metric"),
                alt.Tooltip("x:T" if x == "time" else "x:Q", title=title),
                alt.Tooltip("value:Q", title="value", format=".6g"),
            ],
        )
        .add_params(zoom)
    )
    return lines


def _rows(frame: pd.DataFrame, named: Mapping[str, str], column: str) -> pd.DataFrame:
    """Points as JSON has them: six digits, and null for what is no number (a gap in the line).

    A frame, since altair checks every row of inline values against its schema: a second for a thousand points.
    """
    import pandas as pd

    finite = frame["value"].where(frame["value"].abs() < float("inf"))
    rows = pd.DataFrame(
        {
            "run": frame["run"],
            "metric": frame["metric"].map(named),
            "x": frame[column].dt.tz_localize(None) if column == "time" else frame[column],
            "value": [float(f"{value:.6g}") for value in finite],
        }
    )
    return rows[rows["metric"].notna()]


def _keys_with_curves(runs: list[Run]) -> list[str]:
    """Keys with more than one point in some run, else all keys; by name, without those of the machine."""
    found = [item for run in runs for item in run.data.aggregates.values()]
    aggregates = [item for item in found if not item.key.startswith(SYSTEM)]
    keys = sorted({item.key for item in aggregates if item.count > 1}) or sorted({item.key for item in aggregates})
    return keys[:MAX_METRICS]


def _store_x(x: str) -> str:
    """The store down-samples along step or time; seconds since the start run along time as well."""
    return "step" if x == "step" else "time"


def _text(frame: pd.DataFrame, keys: list[str], names: list[str]) -> str:
    if frame.empty:
        return f"no points of {', '.join(labels.cut(key) for key in keys)}" if keys else "no metrics to draw"
    plural = "run" if len(names) == 1 else "runs"
    return f"chart of {', '.join(labels.cut(key) for key in keys)} for {len(names)} {plural}"
