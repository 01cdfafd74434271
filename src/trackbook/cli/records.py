"""Runs as plain records: what `--json` prints, and what the tables are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from trackbook.cli import recorded
from trackbook.core import tags
from trackbook.core.clock import now_ms
from trackbook.core.durations import duration_ms
from trackbook.core.ports import RunQuery, walk_files
from trackbook.errors import NotFound
from trackbook.tracking.executions import executions
from trackbook.tracking.records import record_of
from trackbook.widgets.inputs import card_inputs
from trackbook.widgets.origins import origins, warnings

if TYPE_CHECKING:
    from trackbook.core.entities import Run
    from trackbook.core.ports import Store
    from trackbook.tracking.executions import Execution

SHORT_ID = 8
"""Characters of a run id that tables show; four of them or more are accepted where a run is asked for."""
MOST_CHILDREN = 200


def run_record(run: Run, experiments: Mapping[str, str]) -> dict[str, Any]:
    """A run in the words of `search_runs`; times are ms since the epoch (UTC), system tags stay among the tags."""
    info = run.info
    return {
        "run_id": info.run_id,
        "run_name": info.run_name,
        "experiment_id": info.experiment_id,
        "experiment": experiments.get(info.experiment_id, info.experiment_id),
        "status": str(info.status),
        "start_time": info.start_time,
        "end_time": info.end_time,
        "duration_ms": duration_ms(info, run.data.tags),
        "user": info.user_id,
        "artifact_uri": info.artifact_uri,
        "lifecycle_stage": str(info.lifecycle_stage),
        "params": dict(run.data.params),
        "metrics": dict(run.data.metrics),
        "tags": dict(run.data.tags),
    }


def full_record(store: Store, run: Run, number: int | None = None) -> dict[str, Any]:
    """`run_record`, with the cell, the metrics' aggregates, every artifact, and all that is recorded of one execution.

    The last execution without a `number`.  A run inside another one has that one's record, as `record` says.
    """
    experiment = store.experiments.get(run.info.experiment_id)
    cell = store.cells.of_run(run.info.run_id)
    record = record_of(store, run, number)
    files = list(walk_files(store.artifacts, run.info.run_id))
    made = executions(store, run)
    return {
        **run_record(run, {experiment.experiment_id: experiment.name}),
        "metrics": {
            key: {name: getattr(aggregate, name) for name in ("last", "last_step", "count", "min", "max", "mean")}
            | {"execution": _number_at(made, aggregate.last_timestamp)}
            for key, aggregate in run.data.aggregates.items()
        },
        "origins": origins(run.data.tags),
        "warnings": warnings(run.data.tags, now_ms()),
        "parent": _parent(store, run),
        "children": _children(store, run),
        "cell": cell
        and {
            "line": cell.line,
            "version": cell.version,
            "guessed": cell.guessed,
            "cell_id": cell.cell_id,
            "notebook": cell.notebook,
            "source": cell.source,
        },
        "inputs": [dict(one) for one in card_inputs(run.inputs.dataset_inputs, None)],
        "outputs": _logged_models(store, [one.model_id for one in run.outputs.model_outputs]),
        "models_read": _logged_models(store, [one.model_id for one in run.inputs.model_inputs]),
        "artifacts": [{"path": file.path, "size_bytes": file.file_size} for file in files],
        "error": recorded.error_of(run),
        "executions": [_execution(one) for one in made],
        "record": recorded.recorded(store, record),
    }


def _logged_models(store: Store, model_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Of a store that keeps them; one that is gone has no name and no size."""
    models, files = getattr(store, "logged_models", None), getattr(store, "model_files", None)
    found: list[dict[str, Any]] = []
    for model_id in model_ids:
        one: dict[str, Any] = {"model_id": model_id, "name": "", "status": "", "size_bytes": None}
        with suppress(NotFound):
            if models is not None and files is not None:
                model = models.get(model_id)
                size = sum(file.file_size or 0 for file in walk_files(files, model_id))
                one |= {"name": model.name, "status": model.status, "size_bytes": size}
        found.append(one)
    return found


def _number_at(made: Sequence[Execution], time_ms: int) -> int:
    """The execution that went on at this time: the last value of a metric is of that one."""
    return next((one.number for one in reversed(made) if (one.start_ms or 0) <= time_ms), made[0].number)


def _execution(one: Execution) -> dict[str, Any]:
    known = {"number": one.number, "status": one.status, "start_time": one.start_ms, "end_time": one.end_ms}
    return known | {"source": one.source, "folder": one.folder}


def _parent(store: Store, run: Run) -> dict[str, str] | None:
    parent_id = run.data.tags.get(tags.PARENT_RUN_ID)
    if parent_id is None:
        return None
    try:
        return {"run_id": parent_id, "run_name": store.runs.get(parent_id).info.run_name}
    except NotFound:
        return {"run_id": parent_id, "run_name": ""}


def _children(store: Store, run: Run) -> list[dict[str, str]]:
    """The first `MOST_CHILDREN`, oldest first."""
    wanted = f"tags.`{tags.PARENT_RUN_ID}` = '{run.info.run_id}'"
    query = RunQuery(filter=wanted, order_by=("start_time ASC",), limit=MOST_CHILDREN, columns=(), count=False)
    found = store.runs.search(query).items
    return [{"run_id": one.info.run_id, "run_name": one.info.run_name, "status": str(one.info.status)} for one in found]
