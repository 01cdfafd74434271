"""All runs of a table as a pandas frame: read column by column, so that a hundred thousand are a matter of seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from trackbook.core.filters.tree import Metric
from trackbook.errors import InvalidValue
from trackbook.widgets import columns as column_names
from trackbook.widgets.table_query import both, values_at_steps

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from trackbook.core.ports import Store
    from trackbook.widgets.table_payloads import Groups
    from trackbook.widgets.table_query import TableQuery

MOST = 2**31
AT_ONCE = 500
MOST_BY_STEP = 5_000
"""Runs that are sorted by a metric at a step: a piece of each one's curve is read."""


def frame_of(store: Store, query: TableQuery, columns: Sequence[str], limit: int = MOST) -> pd.DataFrame:
    """`run_id, run_name, status, start_time` (UTC)`, duration_s` and these columns by their key, as sorted.

    Raises `InvalidValue` for more than `MOST_BY_STEP` runs in the order of a metric at a step.
    """
    import pandas as pd

    if query.is_by_step:
        return _by_step(store, query, columns).head(limit)
    found = store.runs.columns(query.page(limit))
    place = _places(store, query, found.run_ids)

    def column(key: str) -> NDArray[Any]:
        values = store.runs.values(query.page(1), key)
        numeric = values.values.dtype != object
        listed: NDArray[Any] = np.full(
            len(found.run_ids), np.nan if numeric else None, np.float64 if numeric else object
        )
        at = np.array([place.get(run, -1) for run in values.runs.tolist()], np.int64)
        listed[at[at >= 0]] = values.values[at >= 0]
        return listed

    frame: dict[str, Any] = {
        "run_id": list(found.run_ids),
        "run_name": column("attributes.run_name"),
        "status": list(map(str, found.statuses)),
        "start_time": pd.to_datetime(list(found.start_times), unit="ms", utc=True),
        "duration_s": column("attributes.duration") / 1000,
    }
    at_steps = _at_steps(store, found.run_ids, columns)
    for key in columns:
        frame[key] = at_steps[key] if key in at_steps else column(key)
    return pd.DataFrame(frame)


def ids_by_step(store: Store, query: TableQuery, more: str = "") -> list[str]:
    """Runs in the order of a metric at a step; `more` is a filter that must hold as well."""
    found: list[str] = _by_step(store, replace(query, filter=both(query.filter, more)), ())["run_id"].tolist()
    return found


def _by_step(store: Store, query: TableQuery, columns: Sequence[str]) -> pd.DataFrame:
    keys = [order["key"] for order in query.order_by]
    unsorted = replace(query, order_by=())
    total = store.runs.search(unsorted.page(1)).total or 0
    if total > MOST_BY_STEP:
        raise InvalidValue(
            f"{total} runs are too many to sort by a metric at a step: filter them to {MOST_BY_STEP} at most"
        )
    frame = frame_of(store, unsorted, list(dict.fromkeys([*columns, *keys])))
    rising = [not order["desc"] for order in query.order_by]
    frame = frame.sort_values(keys, ascending=rising, kind="stable", na_position="last")
    return frame.drop(columns=[key for key in keys if key not in columns]).reset_index(drop=True)


def _places(store: Store, query: TableQuery, run_ids: Sequence[str]) -> dict[int, int]:
    """The row of each run, by the number that the store has for it."""
    rows = {run_id: row for row, run_id in enumerate(run_ids)}
    named = store.runs.values(query.page(1), "attributes.run_id")
    pairs = zip(named.runs.tolist(), named.values.tolist(), strict=True)
    return {number: rows[run_id] for number, run_id in pairs if run_id in rows}


def _at_steps(store: Store, run_ids: Sequence[str], columns: Sequence[str]) -> dict[str, list[float]]:
    asked = [key for key in columns if column_names.step_of(key) is not None]
    found: dict[str, list[float]] = {key: [] for key in asked}
    for start in range(0, len(run_ids) if asked else 0, AT_ONCE):
        some = run_ids[start : start + AT_ONCE]
        values = values_at_steps(store, some, asked)
        for key in asked:
            found[key] += [float(values.get(run_id, {}).get(key, "nan")) for run_id in some]
    return found


def frame_of_groups(found: Groups, columns: Sequence[str]) -> pd.DataFrame:
    """One row a group: the columns of the key, `runs`, and `mean, std, n` of each metric shown."""
    import pandas as pd

    frame: dict[str, Any] = {
        column: [group["key"][at] for group in found["groups"]] for at, column in enumerate(found["by"])
    }
    frame["runs"] = [group["runs"] for group in found["groups"]]
    for key in columns:
        if column_names.step_of(key) is not None or not isinstance(column_names.field_of(key), Metric):
            continue
        stats = [group["values"].get(key) for group in found["groups"]]
        for word in ("mean", "std", "n"):
            values = [None if one is None else one[word] for one in stats]
            frame[f"{key} {word}"] = [float("nan") if value is None else float(value) for value in values]
    return pd.DataFrame(frame)
