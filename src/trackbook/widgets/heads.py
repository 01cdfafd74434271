"""Small parts that every payload shares: the head of a run, its place in a cell line, its metrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from trackbook.core import tags
from trackbook.core.durations import paused_ms
from trackbook.core.entities import EMPTY
from trackbook.errors import NotFound
from trackbook.widgets.card_payloads import CardMetric
from trackbook.widgets.payloads import CellPlace, RunHead, num
from trackbook.widgets.texts import shorten

if TYPE_CHECKING:
    from trackbook.core.entities import CellVersion, MetricAggregate, Run, RunInfo
    from trackbook.core.ports import Store


MAX_ERROR = 200
"""Characters of an error in a row of a table."""
SYSTEM = "system/"
"""Metrics of the machine begin so; views of results leave them out or set them apart."""


def error_text(run: Run) -> str:
    """What a run ended with, on one line: `ValueError: no rows`; "" for no error."""
    kind = run.data.tags.get(tags.ERROR_TYPE)
    if kind is None:
        return ""
    message = " ".join(run.data.tags.get(tags.ERROR_MESSAGE, "").split())
    return shorten(f"{kind}: {message}" if message else kind, MAX_ERROR)


class ExperimentNames:
    """Names of experiments by id, each read once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._names: dict[str, str] = {}

    def __getitem__(self, experiment_id: str) -> str:
        if experiment_id not in self._names:
            try:
                self._names[experiment_id] = self._store.experiments.get(experiment_id).name
            except NotFound:
                self._names[experiment_id] = experiment_id
        return self._names[experiment_id]


def run_head(info: RunInfo, experiment: str, run_tags: Mapping[str, str] = EMPTY) -> RunHead:
    head = RunHead(
        run_id=info.run_id,
        name=info.run_name,
        experiment_id=info.experiment_id,
        experiment=experiment,
        status=str(info.status),
        start_ms=info.start_time,
        end_ms=info.end_time,
        user=info.user_id,
    )
    paused = paused_ms(run_tags)
    if paused:
        head["paused_ms"] = paused
    return head


def cell_places(store: Store, runs: Iterable[Run]) -> dict[str, CellPlace]:
    """Cell line and version by run id, for those runs that a cell made."""
    cells = store.cells.of_runs([run.info.run_id for run in runs])
    return {run_id: cell_place(cell) for run_id, cell in cells.items()}


def cell_place(cell: CellVersion) -> CellPlace:
    """A line with no name but the notebook's id of the cell is called by the number that Jupyter showed: cell [7]."""
    name = cell.line.rpartition("#")[2] or cell.line
    named = name != cell.cell_id
    number = f"cell [{cell.execution_count}]" if cell.execution_count is not None else f"cell {name[:8]}"
    return CellPlace(line=cell.line, label=name if named else number, named=named, version=cell.version)


def card_metric(
    item: MetricAggregate, origin: str, previous: float | None = None, baseline: float | None = None
) -> CardMetric:
    """`previous` is the last value of the version before, `baseline` that of the baseline."""
    made = CardMetric(
        key=item.key,
        last=num(item.last),
        step=item.last_step,
        count=item.count,
        min=num(item.min),
        max=num(item.max),
        delta=None if previous is None else num(item.last - previous),
        origin=origin,
    )
    if baseline is not None:
        made["baseline"] = num(item.last - baseline)
    return made
