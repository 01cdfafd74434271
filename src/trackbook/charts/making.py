"""From what a caller asks for to a chart: which runs, which of their values, which kind."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trackbook.charts import bars, classified, columns, curves, distributions, grouping, selection
from trackbook.charts.curves import CurveStyle
from trackbook.charts.figure import Figure, empty
from trackbook.charts.images import images
from trackbook.charts.importance import importance
from trackbook.charts.parallel import parallel
from trackbook.charts.scatter import contour, scatter
from trackbook.core.filters.tree import quoted_key
from trackbook.errors import InvalidValue, NotFound, TrackbookError, shown

if TYPE_CHECKING:
    from trackbook.core.entities import Run
    from trackbook.core.ports import Store

KINDS = (
    "curve", "scatter", "parallel", "contour", "importance", "histogram", "box", "confusion", "roc", "pr", "images"
)  # fmt: skip
TITLES = {
    **{kind: kind.capitalize() for kind in KINDS},
    "parallel": "Parallel coordinates",
    "confusion": "Confusion matrix",
    "roc": "ROC curves",
    "pr": "Precision and recall",
}
"""Of charts that show nothing.  Our words begin with a capital in every title; a key stands as it was logged."""
NO_RUNS = "No runs to draw. Track a cell with %%track, or name runs: tb.chart(runs)."
NEWEST = 10
"""Runs that curves, pictures and tables are drawn of where none are named."""
NEWEST_OF_MANY = 1000
"""Of kinds that draw one mark a run."""
MAX_MANY = 2000
FEW = frozenset({"curve", "confusion", "roc", "pr", "images"})


@dataclass(frozen=True, slots=True)
class ChartRequest:
    """What is asked for.  Names are `params.x`, `metrics.x`, `tags.x`, or bare keys."""

    kind: str = "curve"
    metrics: str | Iterable[str] | None = None
    params: str | Iterable[str] | None = None
    x: str | None = None
    y: str | None = None
    color: str | None = None
    group_by: str | Sequence[str] | None = None
    key: str | None = None
    table: str | None = None
    positive: object = None
    style: CurveStyle = field(default_factory=CurveStyle)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            near = difflib.get_close_matches(str(self.kind), KINDS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"choose one of {', '.join(KINDS)}"
            raise InvalidValue(f"kind={shown(self.kind)} is no kind of chart: {hint}")


def chosen_runs(
    store: Store,
    experiment_id: str | None,
    runs: object,
    kind: str,
    metrics: str | Iterable[str] | None = None,
    *,
    group_by: str | Sequence[str] | None = None,
) -> tuple[list[Run], str]:
    """The runs that are meant, and a caption where the newest were taken: of curves those that have a metric named.

    With `group_by` curves are drawn as the means of groups.  Raises `InvalidValue`, `NotFound`.
    """
    is_grouped = kind == "curve" and group_by is not None
    lines = curves.MAX_MEMBERS if is_grouped else curves.MAX_RUNS
    most = max(bars.MAX_BARS, lines) if kind == "curve" else curves.MAX_RUNS if kind in FEW else MAX_MANY
    if runs is None:
        limit = NEWEST if kind in FEW else NEWEST_OF_MANY
        within = [experiment_id] if experiment_id else None
        chosen, total = selection.newest(store, within, limit, _having(metrics) if kind == "curve" else "")
        if not chosen:
            chosen, total = selection.newest(store, within, limit)
        more = f"{len(chosen)} newest of {total} runs; chart(runs=...) takes ids, search_runs(...) or a table"
        return chosen, more if total > len(chosen) else ""
    ids = selection.run_ids_of(runs, store)
    if len(ids) > most:
        raise InvalidValue(_too_many(len(ids), lines if kind == "curve" else most, is_grouped))
    named = [store.runs.get(run_id) for run_id in ids]
    if kind == "curve" and len(ids) > lines and curves.have_history(named, metrics):
        raise InvalidValue(_too_many(len(ids), lines, is_grouped))
    return named, ""


def _too_many(runs: int, most: int, is_grouped: bool) -> str:
    if is_grouped:
        return f"{runs} runs are too many for the means of one chart: choose up to {most}"
    return f"{runs} runs are too many lines for one chart: choose up to {most}"


def _check_groups(groups: int, are_lines: bool) -> None:
    most, what = (curves.MAX_RUNS, "lines") if are_lines else (bars.MAX_BARS, "bars")
    if groups > most:
        raise InvalidValue(f"{groups} groups are too many {what} for one chart: choose runs of at most {most} groups")


def _having(metrics: str | Iterable[str] | None) -> str:
    """A filter for runs with one of these metrics; none where a prefix stands for several."""
    names = _names(metrics)
    if any(name.endswith("/") for name in names):
        return ""
    return " OR ".join(f"metrics.{quoted_key(name)} IS NOT NULL" for name in names)


def is_metric(store: Store, runs: object) -> bool:
    """Whether a single word in the place of runs is a metric's key: `chart("loss")`.  Raises `NotFound`."""
    if not isinstance(runs, str):
        return False
    try:
        store.runs.get(runs)
    except (NotFound, InvalidValue):
        known = [item.key for item in store.runs.keys(None) if item.kind == "metrics"]
        if runs in known or (runs.endswith("/") and any(key.startswith(runs) for key in known)):
            return True
        near = difflib.get_close_matches(runs, known, n=3, cutoff=0.4)
        hint = f"nearest metrics: {', '.join(map(shown, near))}" if near else "give a run's id or a metric's key"
        raise NotFound("run or metric", runs, hint) from None
    return False


def make(store: Store, runs: Sequence[Run], asked: ChartRequest, caption: str = "") -> Figure:
    """The chart.  Raises `InvalidValue` for a name that none of the runs has."""
    if asked.kind == "curve":
        keys = curves.keys_of(runs, asked.metrics)
        groups = None if asked.group_by is None or not runs else grouping.groups_of(runs, asked.group_by)
        if groups is not None:
            _check_groups(len(set(groups.values())), curves.have_history(runs, asked.metrics))
        frame = curves.points(store, runs, keys, asked.style.x, means=groups is not None)
        return curves.draw(frame, keys, asked.style, note=caption, groups=groups)
    if not runs:
        return empty(asked.kind, TITLES[asked.kind], NO_RUNS)
    if asked.kind in ("confusion", "roc", "pr"):
        return _of_tables(store, runs, asked)
    if asked.kind == "images":
        return images(store, runs, asked.key or _one(asked.metrics))
    return _of_values(runs, asked)


def _of_values(runs: Sequence[Run], asked: ChartRequest) -> Figure:
    """Kinds that draw one mark a run."""
    style = asked.style
    size = {"width": style.width, "height": style.height}
    metrics, params = _names(asked.metrics), _names(asked.params)
    value = columns.chosen_metric(runs, asked.y or (metrics[0] if metrics else None))
    if asked.kind == "histogram":
        return distributions.histogram(runs, columns.column(runs, asked.x) if asked.x else value, **size)
    if asked.kind == "importance":
        return importance(runs, value, width=style.width)
    if asked.kind == "parallel":
        named = [columns.column(runs, name) for name in params] or columns.varying_params(runs, 8)
        ends = [columns.column(runs, name) for name in metrics] or [value]
        return parallel(runs, [*named, *ends])
    if asked.kind == "box":
        by = _axis(runs, asked.x or _one(asked.group_by), params, 0)
        return distributions.box(runs, value, by, log=style.log, **size)
    colour = columns.column(runs, asked.color) if asked.color else None
    if asked.kind == "scatter":
        return scatter(runs, _axis(runs, asked.x, params, 0), value, colour, log_x=style.log_x, log=style.log, **size)
    y = columns.column(runs, asked.y) if asked.y else _axis(runs, None, params, 1)
    top = colour or columns.chosen_metric(runs, metrics[0] if metrics else None)
    return contour(runs, _axis(runs, asked.x, params, 0), y, top, log_x=style.log_x, log=style.log, **size)


def _axis(runs: Sequence[Run], name: str | None, params: Sequence[str], place: int) -> columns.RunColumn:
    """The column named, else a param that differs: by its place among those."""
    if name is not None:
        return columns.column(runs, name)
    if len(params) > place:
        return columns.column(runs, params[place])
    found = columns.varying_params(runs)
    if len(found) <= place:
        raise InvalidValue(
            f"no param differs among the {len(runs)} runs: name what the axis shows, as in x='metrics.loss'"
        )
    return found[place]


def _of_tables(store: Store, runs: Sequence[Run], asked: ChartRequest) -> Figure:
    """Kinds that read the tables which runs logged; runs without one are left out, and the first error is told."""
    names, tables, failed = columns.run_names(runs), {}, None
    for run in runs:
        try:
            tables[run.info.run_id] = classified.read_table(store, run, asked.table)[1]
        except TrackbookError as error:
            failed = failed or error
            continue
        if asked.kind == "confusion":
            break
    if not tables:
        raise failed or InvalidValue("no runs to draw")
    if asked.kind != "confusion":
        return classified.curves(asked.kind, tables, names, columns.starts_of(runs), asked.x, asked.y, asked.positive)
    run_id, table = next(iter(tables.items()))
    return classified.confusion(table, asked.x, asked.y, name=names[run_id])


def _names(given: str | Iterable[str] | None) -> list[str]:
    return [] if given is None else [given] if isinstance(given, str) else list(given)


def _one(given: str | Iterable[str] | None) -> str | None:
    names = _names(given)
    return names[0] if names else None
