"""A run's card, told from the store alone: the same for a live cell, a re-opened notebook and the server extension."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from trackbook.core import tags
from trackbook.core.clock import now_ms
from trackbook.core.entities import EMPTY, LifecycleStage, Run, RunInfo
from trackbook.errors import NotFound
from trackbook.tracking.executions import last
from trackbook.widgets import diffs, files, secrets
from trackbook.widgets.card_payloads import Card, CardAbout, CardError, CardMetric, CardNotebook, CardParam, CellHead
from trackbook.widgets.family import baseline_of, children_of, goal_of, parent_of, related
from trackbook.widgets.heads import SYSTEM, ExperimentNames, card_metric, cell_place, run_head
from trackbook.widgets.origins import LOGGED, left_out, origins, warnings
from trackbook.widgets.payloads import DiffLine, KeyValue
from trackbook.widgets.progress import loop_of
from trackbook.widgets.record import Kept, card_record
from trackbook.widgets.texts import shorten

if TYPE_CHECKING:
    from trackbook.core.entities import CellVersion
    from trackbook.core.ports import Store

MAX_PARAMS = 200
MAX_METRICS = 200
MAX_TAGS = 50
MAX_ARTIFACTS = 40
MAX_NOTE = 20_000
"""Characters; it can be edited, so it is whole."""
MAX_DIFF_LINES = 300
MAX_TRACEBACK = 12_000
"""Characters; the end of a traceback is what matters."""


def card_of(store: Store, run_id: str, origin: Mapping[str, str] | None = None, *, with_record: bool = True) -> Card:
    """The whole card of a stored run; `origin` adds to what the run's tag says.  Raises `NotFound`.

    Without its record it is what there is to be said at the cell's end, and quicker.
    """
    run = store.runs.get(run_id)
    cell = store.cells.of_run(run_id)
    before = _previous(store, cell)
    previous = _get(store, before.run_id) if before is not None else None
    found = {**origins(run.data.tags), **(origin or {})}
    listed = files.listing(store, run_id)
    baseline = baseline_of(store, run.info)
    said = warnings(run.data.tags, now_ms())
    record = None
    if with_record:
        record = card_record(Kept(store, run, listed), previous, said)
    return Card(
        schema=1,
        run=run_head(run.info, ExperimentNames(store)[run.info.experiment_id], run.data.tags),
        cell=_cell_head(cell, previous),
        params=_params(run, previous, found),
        metrics=_metrics(run, previous, found, baseline),
        system=_metrics(run, None, found, system=True),
        tags=_user_tags(run),
        models=files.models(store, run_id, listed),
        artifacts=files.entries(listed, MAX_ARTIFACTS),
        artifact_count=len(listed),
        diff=_diff(cell, before),
        error=_error(store, run),
        environment=files.card_environment(files.environment(store, run), run.data.tags),
        notebook=_notebook(store, run, cell),
        warnings=[shorten(item) for item in (secrets.other(said) if record else secrets.loud(said))][:MAX_TAGS],
        left_out=[shorten(item) for item in left_out(run.data.tags)][:MAX_TAGS],
        record=record,
        about=_about(store, run, cell, baseline),
    )


def rivals(store: Store, run: RunInfo, line: str | None, version: int) -> tuple[Run | None, Run | None]:
    """The run of the cell's version before, and the baseline: what a run that goes on is measured against."""
    before = None if line is None else _before(store, line, version)
    return (_get(store, before.run_id) if before else None), baseline_of(store, run)


def opening_card(
    info: RunInfo,
    experiment: str,
    params: Mapping[str, str],
    origin: Mapping[str, str],
    cell: CellVersion | None = None,
    run_tags: Mapping[str, str] = EMPTY,
) -> Card:
    """The card of a run that has just begun, from what its own process knows."""
    return Card(
        schema=1,
        run=run_head(info, experiment, run_tags),
        cell=_cell_head(cell, None),
        params=[
            CardParam(key=key, value=shorten(value), origin=origin.get(key, LOGGED), previous=None)
            for key, value in list(params.items())[:MAX_PARAMS]
        ],
        metrics=[],
        system=[],
        tags=[],
        models=[],
        artifacts=[],
        artifact_count=0,
        diff=None,
        error=None,
        environment=None,
        notebook=None,
        warnings=[],
        left_out=[],
        record=None,
    )


def _get(store: Store, run_id: str) -> Run | None:
    try:
        return store.runs.get(run_id)
    except NotFound:
        return None


def _previous(store: Store, cell: CellVersion | None) -> CellVersion | None:
    """The newest version of this cell line below this one."""
    return None if cell is None else _before(store, cell.line, cell.version)


def _before(store: Store, line: str, version: int) -> CellVersion | None:
    if version <= 1:
        return None
    for limit in (20, 100_000):
        versions = store.cells.versions(line, limit)
        earlier = [item for item in versions if item.version < version]
        if earlier:
            return max(earlier, key=lambda item: item.version)
        if len(versions) < limit:
            break
    return None


def _about(store: Store, run: Run, cell: CellVersion | None, baseline: Run | None) -> CardAbout:
    children, count = children_of(store, run)
    going = run.info.end_time is None and cell is not None
    return CardAbout(
        note=shorten(run.data.tags.get(tags.NOTE, ""), MAX_NOTE),
        goal=goal_of(run),
        baseline=related(baseline, goal_of(run)) if baseline else None,
        is_baseline=run.data.tags.get(tags.BASELINE) == "true",
        parent=parent_of(store, run),
        children=children,
        child_count=count,
        progress=loop_of(cell.source, run.data.params) if cell is not None and going else None,
        trashed=run.info.lifecycle_stage != LifecycleStage.ACTIVE,
    )


def _cell_head(cell: CellVersion | None, previous: Run | None) -> CellHead | None:
    if cell is None:
        return None
    place = cell_place(cell)
    return CellHead(
        line=place["line"],
        label=place["label"],
        named=place["named"],
        version=place["version"],
        guessed=cell.guessed,
        previous_run_id=previous.info.run_id if previous else None,
        previous_name=previous.info.run_name if previous else None,
    )


def _params(run: Run, previous: Run | None, origin: Mapping[str, str]) -> list[CardParam]:
    before = previous.data.params if previous else {}
    return [
        CardParam(
            key=key,
            value=shorten(value),
            origin=origin.get(key, LOGGED),
            previous=shorten(before[key]) if key in before and before[key] != value else None,
        )
        for key, value in list(run.data.params.items())[:MAX_PARAMS]
    ]


def _metrics(
    run: Run, previous: Run | None, origin: Mapping[str, str], baseline: Run | None = None, *, system: bool = False
) -> list[CardMetric]:
    """Results, or what the machine did meanwhile."""
    before, base = last_values(previous), last_values(baseline)
    return [
        card_metric(item, origin.get(key, LOGGED), before.get(key), base.get(key))
        for key, item in run.data.aggregates.items()
        if key.startswith(SYSTEM) is system
    ][:MAX_METRICS]


def last_values(run: Run | None) -> dict[str, float]:
    """Metric -> last value; nothing of no run."""
    return {key: item.last for key, item in run.data.aggregates.items()} if run else {}


def _user_tags(run: Run) -> list[KeyValue]:
    shown = [(key, value) for key, value in sorted(run.data.tags.items()) if not tags.is_system(key)]
    note = run.data.tags.get(tags.NOTE)
    if note:
        shown.insert(0, ("note", note))
    return [KeyValue(key=key, value=shorten(value)) for key, value in shown[:MAX_TAGS]]


def _diff(cell: CellVersion | None, before: CellVersion | None) -> list[DiffLine] | None:
    if cell is None or before is None:
        return None
    lines = [DiffLine(op=line["op"], text=shorten(line["text"])) for line in diffs.unified(before.source, cell.source)]
    if len(lines) > MAX_DIFF_LINES:
        lines = [*lines[:MAX_DIFF_LINES], DiffLine(op="~", text=str(len(lines) - MAX_DIFF_LINES))]
    return lines


def _error(store: Store, run: Run) -> CardError | None:
    kind = run.data.tags.get(tags.ERROR_TYPE)
    if kind is None:
        return None
    data = files.read(store, run.info.run_id, last(run.data.tags, tags.TRACEBACK_FILE)) or b""
    traceback = data.decode("utf-8", "replace")
    if len(traceback) > MAX_TRACEBACK:
        traceback = "…" + traceback[-MAX_TRACEBACK:]
    message = shorten(run.data.tags.get(tags.ERROR_MESSAGE, ""))
    return CardError(type=kind, message=message, traceback=traceback)


def _notebook(store: Store, run: Run, cell: CellVersion | None) -> CardNotebook | None:
    """The notebook's path, and how many cells the kernel had executed up to this run's."""
    if cell is None:
        return None
    path = cell.notebook or run.data.tags.get(tags.NOTEBOOK)
    history: Any = files.read_json(store, run.info.run_id, last(run.data.tags, tags.HISTORY_FILE))
    executed = history.get("executions") if isinstance(history, dict) else None
    return CardNotebook(path=path, cells=len(executed) if isinstance(executed, list) else 0)
