"""Runs as plain records: what `--json` prints, and what the tables are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from trackbook.core import tags
from trackbook.core.ports import walk_files

if TYPE_CHECKING:
    from trackbook.core.entities import Run
    from trackbook.core.ports import Store

SHORT_ID = 8
"""Characters of a run id that tables show; four of them or more are accepted where a run is asked for."""


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
        "duration_ms": None if info.end_time is None else info.end_time - info.start_time,
        "user": info.user_id,
        "artifact_uri": info.artifact_uri,
        "lifecycle_stage": str(info.lifecycle_stage),
        "params": dict(run.data.params),
        "metrics": dict(run.data.metrics),
        "tags": dict(run.data.tags),
    }


def full_record(store: Store, run: Run) -> dict[str, Any]:
    """`run_record`, with the cell and its source, the metrics' aggregates and every artifact."""
    experiment = store.experiments.get(run.info.experiment_id)
    cell = store.cells.of_run(run.info.run_id)
    return run_record(run, {experiment.experiment_id: experiment.name}) | {
        "metrics": {
            key: {name: getattr(aggregate, name) for name in ("last", "last_step", "count", "min", "max", "mean")}
            for key, aggregate in run.data.aggregates.items()
        },
        "cell": cell
        and {
            "line": cell.line,
            "version": cell.version,
            "guessed": cell.guessed,
            "cell_id": cell.cell_id,
            "notebook": cell.notebook,
            "source": cell.source,
        },
        "artifacts": [
            {"path": file.path, "size_bytes": file.file_size} for file in walk_files(store.artifacts, run.info.run_id)
        ],
        "error": _error(run),
    }


def _error(run: Run) -> dict[str, str] | None:
    kind = run.data.tags.get(tags.ERROR_TYPE)
    return None if kind is None else {"type": kind, "message": run.data.tags.get(tags.ERROR_MESSAGE, "")}
