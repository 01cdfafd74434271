"""Histories of metrics, and curves of them: read from chunks, cut and down-sampled here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import select

from trackbook.core.events import Points
from trackbook.core.ports import Curve, Metrics
from trackbook.errors import InvalidValue
from trackbook.store import keys, points, schema
from trackbook.store.chunks import Columns
from trackbook.store.curves import thinned
from trackbook.store.engine import Database

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sqlalchemy import Connection

X_AXES = ("step", "time", "relative")
_INT64 = np.iinfo(np.int64)


class SqlMetrics:
    def __init__(self, database: Database) -> None:
        self._database = database

    def history(self, run_id: str, key: str) -> Points:
        with self._database.read() as connection:
            starts = _starts(connection, [run_id])
            ids = keys.find(connection, {(schema.METRIC, key)})
            series = [(run, number) for run, _ in starts.values() for number in ids.values()]
            found = points.read(connection, series)
        columns = in_order(found[series[0]]) if found else points.NO_COLUMNS
        return Points(run_id, key, columns.steps, columns.times, columns.values)

    def curves(
        self,
        run_ids: Sequence[str],
        keys: Sequence[str],
        *,
        x: str = "step",
        buckets: int = 500,
        start: float | None = None,
        end: float | None = None,
    ) -> Sequence[Curve]:
        check_axes(x, buckets)
        with self._database.read() as connection:
            runs, found = _read(connection, run_ids, keys, x, start, end)
        curves = []
        for run_id in dict.fromkeys(run_ids):
            for key in dict.fromkeys(keys):
                columns = found.get((run_id, key))
                if columns is not None:
                    curves.append(curve_of(run_id, key, columns, x, runs[run_id][1], buckets, start, end))
        return curves


def check_axes(x: str, buckets: int) -> None:
    """Raises `InvalidValue`."""
    if x not in X_AXES:
        raise InvalidValue(f"x is one of {', '.join(X_AXES)}, not {x!r}")
    if buckets < 1:
        raise InvalidValue(f"buckets is at least 1, not {buckets}")


def _read(
    connection: Connection,
    run_ids: Sequence[str],
    names: Sequence[str],
    x: str,
    start: float | None,
    end: float | None,
) -> tuple[dict[str, tuple[int, int]], dict[tuple[str, str], Columns]]:
    """Runs (id, start) and the points that the bounds may need, by (run id, key)."""
    runs = _starts(connection, run_ids)
    ids = keys.find(connection, {(schema.METRIC, name) for name in names})
    series = {(run, n): (run_id, key) for run_id, (run, _) in runs.items() for (_, key), n in ids.items()}
    bounds = [] if x == "relative" else _bounds("step" if x == "step" else "time", start, end)
    found = points.read(connection, list(series), bounds)
    if bounds:
        # A series whose chunks all lie outside still gives a curve, an empty one.
        for one in _existing(connection, [one for one in series if one not in found]):
            found[one] = points.NO_COLUMNS
    return runs, {series[one]: columns for one, columns in found.items()}


def _existing(connection: Connection, series: Sequence[points.Series]) -> set[points.Series]:
    return keys.owned(connection, schema.METRIC, series)


def _bounds(column: str, start: float | None, end: float | None) -> list[Any]:
    """Conditions that leave out chunks beyond the bounds; a bound beyond int64 is no bound."""
    chunk = schema.metric_chunks.c
    bounds = []
    if start is not None and _INT64.min < start < _INT64.max:
        bounds.append(chunk[f"max_{column}"] >= int(np.floor(start)))
    if end is not None and _INT64.min < end < _INT64.max:
        bounds.append(chunk[f"min_{column}"] <= int(np.ceil(end)))
    return bounds


def _starts(connection: Connection, run_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """run id -> (runs.id, start in ms)"""
    table = schema.runs.c
    found: dict[str, tuple[int, int]] = {}
    wanted = list(dict.fromkeys(run_ids))
    for first in range(0, len(wanted), points.VALUES_AT_ONCE):
        some = wanted[first : first + points.VALUES_AT_ONCE]
        rows = connection.execute(select(table.run_id, table.id, table.start_ms).where(table.run_id.in_(some)))
        found.update({run_id: (run, start_ms) for run_id, run, start_ms in rows})
    return found


def in_order(columns: Columns) -> Columns:
    """By (timestamp, step, value), as MLflow gives a history."""
    steps, times, values = columns
    later = times[1:] > times[:-1]
    if not later.all():
        tied = (times[1:] == times[:-1]) & (steps[1:] > steps[:-1])
        if not (later | tied).all():
            order = np.lexsort((values, steps, times))
            return points.taken(columns, order)
    return columns


def curve_of(
    run_id: str,
    key: str,
    columns: Columns,
    x: str,
    start_ms: int,
    buckets: int,
    start: float | None,
    end: float | None,
) -> Curve:
    """Of a history, cut and down-sampled."""
    position = _position(columns, x, start_ms)
    if start is not None or end is not None:
        inside = (position >= (-np.inf if start is None else start)) & (position <= (np.inf if end is None else end))
        columns, position = points.taken(columns, inside), position[inside]
    if (position[1:] < position[:-1]).any():
        order = np.lexsort((columns.times, position))
        columns, position = points.taken(columns, order), position[order]
    kept = thinned(position, columns.values, buckets)
    return Curve(run_id, key, columns.steps[kept], columns.times[kept], columns.values[kept], len(position))


def _position(columns: Columns, x: str, start_ms: int) -> NDArray[np.int64]:
    if x == "step":
        return columns.steps
    return columns.times if x == "time" else columns.times - start_ms


def _fits(metrics: SqlMetrics) -> Metrics:
    return metrics
