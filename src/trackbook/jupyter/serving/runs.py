"""Runs of a notebook or of an experiment, for the panel and the marks of its cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook import __version__
from trackbook.core import tags
from trackbook.core.filters.tree import quoted_text
from trackbook.core.ports import RunQuery
from trackbook.errors import InvalidValue
from trackbook.jupyter.serving.payloads import Goal, LabExperiment, LabLine, LabRun, LabRuns, MainMetric
from trackbook.jupyter.serving.renamed import earlier_names
from trackbook.widgets.columns import candidates, key_of, projection, split
from trackbook.widgets.heads import ExperimentNames, cell_place, run_head
from trackbook.widgets.payloads import CellPlace, num
from trackbook.widgets.table_query import of_ids
from trackbook.widgets.texts import shorten

if TYPE_CHECKING:
    from trackbook.core.entities import CellVersion, Run
    from trackbook.core.ports import Store
    from trackbook.jupyter.serving.stores import Place

MOST_RUNS = 200
TAGS = [key_of("tags", name) for name in (tags.CELL_ID, tags.CELL_LINE, tags.GOAL, tags.ERROR_TYPE, tags.PAUSED)]


@dataclass(frozen=True, slots=True)
class Found:
    """One page of runs with what is told of them."""

    total: int
    told: Sequence[LabRun]
    cells: Mapping[str, CellVersion]
    """By run id."""


def notebook_runs(place: Place) -> LabRuns:
    """The newest runs of the notebook, also under names that it had before, and its cell lines."""
    if not place.notebook:
        raise InvalidValue("path names no notebook")
    store = place.store
    names = ", ".join(quoted_text(name) for name in (place.notebook, *earlier_names(place)))
    found = find(store, f"{key_of('tags', tags.NOTEBOOK)} IN ({names})")
    experiment = None
    if found.told:
        head = found.told[0]["run"]
        experiment = LabExperiment(experiment_id=head["experiment_id"], name=head["experiment"])
    return _answer(place, experiment, found, list(_lines(store, found)))


def experiment_runs(place: Place, experiment_id: str) -> LabRuns:
    """The newest runs of an experiment.  Raises `NotFound`."""
    experiment = place.store.experiments.get(experiment_id)
    found = find(place.store, experiment_ids=[experiment_id])
    told = LabExperiment(experiment_id=experiment_id, name=experiment.name)
    return _answer(place, told, found, [])


def nothing(notebook: str) -> LabRuns:
    """Of a project in which nothing was kept yet.  Raises `InvalidValue` as `notebook_runs`."""
    if not notebook:
        raise InvalidValue("path names no notebook")
    return _told_of(notebook, None, Found(0, [], {}), [])


def _answer(place: Place, experiment: LabExperiment | None, found: Found, lines: list[LabLine]) -> LabRuns:
    return _told_of(place.notebook, experiment, found, lines)


def _told_of(notebook: str, experiment: LabExperiment | None, found: Found, lines: list[LabLine]) -> LabRuns:
    return LabRuns(
        schema=1,
        version=__version__,
        notebook=notebook,
        experiment=experiment,
        total=found.total,
        runs=list(found.told),
        lines=lines,
    )


def tagged(key: str, value: str) -> str:
    """A filter for runs with this tag."""
    return f"{key_of('tags', key)} = {quoted_text(value)}"


def find(
    store: Store,
    filter: str = "",
    *,
    experiment_ids: Sequence[str] | None = None,
    order_by: Sequence[str] = (),
    limit: int = MOST_RUNS,
) -> Found:
    """A page of runs; which metrics are read of them follows from their goals."""
    query = RunQuery(experiment_ids, filter, order_by, limit=limit, columns=projection(TAGS))
    page = store.runs.search(query)
    runs = list(page.items)
    cells = store.cells.of_runs([run.info.run_id for run in runs])
    return Found(page.total or 0, _told(store, runs, cells), cells)


def _told(store: Store, runs: Sequence[Run], cells: Mapping[str, CellVersion]) -> list[LabRun]:
    names = ExperimentNames(store)
    metrics = _main_metrics(store, runs)
    return [
        LabRun(
            run=run_head(run.info, names[run.info.experiment_id], run.data.tags),
            cell=cell_place(cells[run.info.run_id]) if run.info.run_id in cells else None,
            cell_id=run.data.tags.get(tags.CELL_ID),
            metric=metrics.get(run.info.run_id),
            error=shorten(run.data.tags[tags.ERROR_TYPE]) if tags.ERROR_TYPE in run.data.tags else None,
        )
        for run in runs
    ]


def goal_of(run: Run) -> tuple[str, Goal] | None:
    """The metric that counts, and which way."""
    key, _, direction = run.data.tags.get(tags.GOAL, "").rpartition(":")
    return (key, "min" if direction == "min" else "max") if key and direction in ("max", "min") else None


def _main_metrics(store: Store, runs: Sequence[Run]) -> dict[str, MainMetric]:
    """The best value of each run's goal, else the last of the first of the metrics that most runs have."""
    if not runs:
        return {}
    goals = {run.info.run_id: goal_of(run) for run in runs}
    keys = dict.fromkeys(goal[0] for goal in goals.values() if goal is not None)
    common: list[str] = []
    if None in goals.values():
        experiments = sorted({run.info.experiment_id for run in runs})
        common = [name for space, name in map(split, candidates(store.runs.keys(experiments))) if space == "metrics"]
    wanted = projection([key_of("metrics", name) for name in dict.fromkeys([*keys, *common])])
    asked = of_ids([run.info.run_id for run in runs])
    valued = store.runs.search(
        RunQuery(filter=asked.filter, view=asked.view, limit=asked.limit, columns=wanted, count=False)
    )
    found = {}
    for run in valued.items:
        goal = goals.get(run.info.run_id)
        names = [goal[0]] if goal is not None else common
        name = next((one for one in names if one in run.data.metrics), None)
        if name is not None:
            all_points = run.data.aggregates.get(name)
            best = getattr(all_points, goal[1]) if goal and all_points else run.data.metrics[name]
            found[run.info.run_id] = MainMetric(key=name, value=num(best), goal=goal and goal[1])
    return found


def _lines(store: Store, found: Found) -> Iterable[LabLine]:
    """Cell lines of the runs that were found, the one that ran last first."""
    lines: dict[str, list[tuple[CellPlace, LabRun]]] = {}
    for run in found.told:
        if run["cell"] is not None:
            lines.setdefault(run["cell"]["line"], []).append((run["cell"], run))
    complete = found.total <= len(found.told)
    for line, members in lines.items():
        place, newest = members[0]
        runs = [run for _, run in members]
        ids = dict.fromkeys(one["cell_id"] for one in runs if one["cell_id"] is not None)
        counted, best = (len(runs), best_of(runs)) if complete else _asked(store, line, newest)
        yield LabLine(
            line=line,
            label=place["label"],
            named=place["named"],
            cell_ids=list(ids),
            versions=counted,
            newest=newest,
            best=best,
        )


def _asked(store: Store, line: str, newest: LabRun) -> tuple[int, LabRun | None]:
    """How many versions a line has, and the best of them, where the page does not hold all."""
    metric = newest["metric"]
    wanted = tagged(tags.CELL_LINE, line)
    if metric is None or metric["goal"] is None:
        return find(store, wanted, limit=1).total, None
    key = f"{key_of('metrics', metric['key'])}.{metric['goal']}"
    ordered = find(store, wanted, order_by=[f"{key} {'ASC' if metric['goal'] == 'min' else 'DESC'}"], limit=1)
    return ordered.total, best_of(ordered.told)


def best_of(runs: Sequence[LabRun]) -> LabRun | None:
    """The run with the best value of the newest goal; NaN is never the best, and of equal ones the first counts."""
    goal = next((one["metric"] for one in runs if one["metric"] is not None and one["metric"]["goal"]), None)
    if goal is None:
        return None

    def badness(run: LabRun) -> float:
        metric = run["metric"]
        if metric is None or metric["key"] != goal["key"]:
            return float("inf")
        value = float(metric["value"])
        return float("inf") if value != value else value if goal["goal"] == "min" else -value

    best = min(reversed(runs), key=badness)
    return None if badness(best) == float("inf") else best
