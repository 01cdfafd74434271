"""Tables that `log_table` kept, read back as one frame."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from trackbook.core.names import check_artifact_path
from trackbook.core.ports import RunQuery, walk
from trackbook.errors import NotFound
from trackbook.tracking.encode import TABLES_TAG

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from trackbook.core.entities import Run
    from trackbook.core.ports import Store

log = logging.getLogger(__name__)
PAGE = 1000
ABOUT = ("run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time")


def load(
    store: Store, experiment_id: str, artifact_file: str, run_ids: Sequence[str] | None, extra_columns: Sequence[str]
) -> pd.DataFrame:
    """The tables of this name, newest run first, with columns of `search_runs` added to each row on wish.

    A column that the table has already is added with `_` behind its name.  Raises `NotFound` where no run has one.
    """
    import pandas as pd

    path = check_artifact_path(artifact_file)
    runs = [run for run in _with_tables(store, experiment_id, run_ids) if path in _tables(run)]
    if not runs:
        raise NotFound("table", artifact_file, "no such run has one: log it with tb.log_table()")
    if run_ids and len(runs) < len(set(run_ids)):
        log.warning(
            "%d of %d runs have no table %r and are left out", len(set(run_ids)) - len(runs), len(run_ids), path
        )
    frames = []
    for run in runs:
        with store.artifacts.open(run.info.run_id, path) as file:
            kept = json.loads(file.read())
        frame = pd.DataFrame(kept["data"], columns=kept["columns"])
        for column in extra_columns:
            frame[f"{column}_" if column in frame else column] = _about(run, column)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _about(run: Run, column: str) -> Any:
    """What `search_runs` has for a run in this column."""
    import pandas as pd

    kind, dot, key = column.partition(".")
    if dot and kind in ("params", "metrics", "tags"):
        return getattr(run.data, kind).get(key)
    if column in ("start_time", "end_time"):
        return pd.to_datetime(getattr(run.info, column), unit="ms", utc=True)
    if column not in ABOUT:
        raise NotFound("column", column, f"use one of {', '.join(ABOUT)}, or params.x, metrics.x, tags.x")
    return str(getattr(run.info, column))


def _with_tables(store: Store, experiment_id: str, run_ids: Sequence[str] | None) -> Iterator[Run]:
    wanted = f"tags.`{TABLES_TAG}` IS NOT NULL"
    if run_ids:
        wanted += f" AND run_id IN ({', '.join(repr(str(one)) for one in run_ids)})"
    return walk(store.runs, RunQuery([experiment_id], wanted, limit=PAGE))


def _tables(run: Run) -> set[str]:
    return {entry.get("path") for entry in json.loads(run.data.tags[TABLES_TAG]) if entry.get("type") == "table"}
