"""Which runs a caller means: ids, names, runs, a frame with a `run_id` column, or anything that holds chosen ids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from trackbook.core.names import check_run_id
from trackbook.core.ports import RunQuery
from trackbook.errors import InvalidValue, shown
from trackbook.tracking.lookup import find_run

if TYPE_CHECKING:
    from trackbook.core.entities import Run
    from trackbook.core.ports import Store


_WHOLE_ID = re.compile(r"[0-9a-f]{32}")


def run_ids_of(runs: object, store: Store | None = None) -> list[str]:
    """Run ids of a run id, a run, a frame of runs, a table (its `selected`) or an iterable of ids and runs.

    Each id once, in order.  With a `store` a text may be a run's name too, or the beginning of its id.
    Raises `InvalidValue`, `InvalidName`; with a store `NotFound`, which names the nearest names.
    """
    if isinstance(runs, str) or _id_of(runs) is not None:
        return [_one(runs, store)]
    columns: Any = getattr(runs, "columns", None)
    if columns is not None and hasattr(runs, "loc"):
        if "run_id" not in columns:
            raise InvalidValue("the frame has no column 'run_id': give what tb.search_runs() or a table's .df returned")
        frame: Any = runs
        return list(dict.fromkeys(_one(item) for item in frame["run_id"]))
    selected = getattr(runs, "selected", None)
    items: Any = runs if selected is None else selected
    if not isinstance(items, Iterable):
        raise InvalidValue(f"{shown(runs)} names no runs: give run ids, runs, or a frame with a column 'run_id'")
    return list(dict.fromkeys(_one(item, store) for item in items))


def newest(store: Store, experiment_ids: Sequence[str] | None, limit: int, filter: str = "") -> tuple[list[Run], int]:
    """The newest runs of these experiments that the filter finds, newest first, and how many there are in all."""
    page = store.runs.search(RunQuery(experiment_ids, filter, limit=limit))
    return list(page.items), len(page.items) if page.total is None else page.total


def _id_of(item: object) -> str | None:
    """The id of a `Run` (under `info`) or of an active run (its own attribute)."""
    found = getattr(item, "run_id", None)
    if found is None and item is not None:
        found = getattr(getattr(item, "info", None), "run_id", None)
    return found if isinstance(found, str) else None


def _one(item: object, store: Store | None = None) -> str:
    if isinstance(item, str) and store is not None and not _WHOLE_ID.fullmatch(item):
        return find_run(store, item).info.run_id
    found = item if isinstance(item, str) else _id_of(item)
    if found is None:
        raise InvalidValue(f"{shown(item)} names no run: give a run's id or a run")
    return check_run_id(found)
