"""Where a metric's points lie: full chunks, one open chunk, and a tail of plain rows.

A few points become rows of `metric_tail`.  Once `TAIL` of them wait, or many come at once, they are folded: the open
chunk is read, they are put behind it, and it is written again, as often as needed in pieces of `FULL`.  So a single
point costs one small row, and a long history has few blobs, however it was recorded.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import and_, bindparam, delete, or_, select

from trackbook.store import aggregates, schema
from trackbook.store.chunks import FULL, Columns, decode, encode

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from trackbook.store.dialect import Dialect

TAIL = 128
"""Rows of a series that wait at most; then they are folded."""
TAIL_OF_ENDED = 8
"""As `TAIL`, once the run has ended."""
VALUES_AT_ONCE = 500
"""Bound values of one IN."""

Series = tuple[int, int]
"""(runs.id, keys.id)"""
NO_COLUMNS = Columns(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))


@dataclass(slots=True)
class Place:
    """What `metrics` knows of a series: its aggregate, and where its points are."""

    aggregate: aggregates.Aggregate | None = None
    tail: int = 0
    chunks: int = 0
    open: int = 0
    """Points in the last chunk."""

    @property
    def count(self) -> int:
        return self.aggregate.count if self.aggregate is not None else 0


def joined(parts: Sequence[Columns]) -> Columns:
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return NO_COLUMNS
    steps, times, values = zip(*parts, strict=True)
    return Columns(np.concatenate(steps), np.concatenate(times), np.concatenate(values))


def taken(columns: Columns, chosen: Any) -> Columns:
    """Part of the points: by a slice, a mask or indices."""
    return Columns(columns.steps[chosen], columns.times[chosen], columns.values[chosen])


def append(connection: Connection, dialect: Dialect, new: Mapping[Series, Columns]) -> set[Series]:
    """Add points to their series and to its aggregate; the series that had none before."""
    places = _places(connection, list(new))
    rows: list[dict[str, Any]] = []
    folds: list[tuple[Series, Columns]] = []
    for series, points in new.items():
        place = places[series]
        if place.tail + len(points.steps) < TAIL:
            rows += _tail_rows(series, place, points)
            place.tail += len(points.steps)
        else:
            folds.append((series, points))
    fresh = {series for series in new if places[series].aggregate is None}
    for series, points in folds:
        _fold(connection, series, places[series], points)
    for series, points in new.items():
        added = aggregates.of_columns(points)
        before = places[series].aggregate
        places[series].aggregate = added if before is None else aggregates.merged(before, added)
    if rows:
        connection.execute(schema.metric_tail.insert(), rows)
    _write_places(connection, dialect, places)
    return fresh


def settle(connection: Connection, dialect: Dialect, run: int) -> None:
    """Fold what waits in the tails of a run that has ended."""
    table = schema.metrics
    waiting = connection.execute(select(table.c.key).where(table.c.run == run, table.c.tail >= TAIL_OF_ENDED)).scalars()
    places = _places(connection, [(run, key) for key in waiting])
    for series, place in places.items():
        _fold(connection, series, place, NO_COLUMNS)
    _write_places(connection, dialect, places)


def read(connection: Connection, series: Sequence[Series], bounds: Sequence[Any] = ()) -> dict[Series, Columns]:
    """The points of several series, unordered.

    `bounds` are conditions on `metric_chunks` that spare what lies outside; whoever gives them still cuts exactly.
    """
    parts: dict[Series, list[Columns]] = {}
    chunk, tail = schema.metric_chunks.c, schema.metric_tail.c
    for some in _some(series):
        of_chunks = select(chunk.run, chunk.key, chunk.data).where(_among(chunk, some), *bounds)
        for run, key, data in connection.execute(of_chunks.order_by(chunk.run, chunk.key, chunk.seq)):
            parts.setdefault((run, key), []).append(decode(data))
        of_tail = select(tail.run, tail.key, tail.step, tail.time, tail.value).where(_among(tail, some))
        rows = connection.execute(of_tail.order_by(tail.run, tail.key, tail.seq))
        for found, group in itertools.groupby(rows, key=lambda row: (row[0], row[1])):
            parts.setdefault(found, []).append(_columns_of(list(group)))
    return {found: joined(columns) for found, columns in parts.items()}


def _columns_of(rows: Sequence[Any]) -> Columns:
    _, _, steps, times, values = zip(*rows, strict=True)
    return Columns(
        np.array(steps, np.int64),
        np.array(times, np.int64),
        np.array([np.nan if value is None else value for value in values], np.float64),
    )


def _some(series: Sequence[Series]) -> Iterator[Sequence[Series]]:
    for start in range(0, len(series), VALUES_AT_ONCE):
        yield series[start : start + VALUES_AT_ONCE]


def _among(columns: Any, series: Sequence[Series]) -> Any:
    """(run, key) among these; one IN per run, which every database serves from its index."""
    by_run: dict[int, list[int]] = {}
    for run, key in series:
        by_run.setdefault(run, []).append(key)
    return or_(*(and_(columns.run == run, columns.key.in_(keys)) for run, keys in by_run.items()))


def _places(connection: Connection, series: Sequence[Series]) -> dict[Series, Place]:
    places = {found: Place() for found in series}
    table = schema.metrics
    for some in _some(series):
        for row in connection.execute(select(table).where(_among(table.c, some))):
            places[row.run, row.key] = Place(aggregates.from_row(row), row.tail, row.chunks, row.open)
    return places


def _write_places(connection: Connection, dialect: Dialect, places: Mapping[Series, Place]) -> None:
    rows = [
        {"run": run, "key": key, "tail": place.tail, "chunks": place.chunks, "open": place.open}
        | dict(aggregates.to_row(place.aggregate))
        for (run, key), place in places.items()
        if place.aggregate is not None
    ]
    if rows:
        insert = dialect.insert(schema.metrics)
        changed = {name: insert.excluded[name] for name in rows[0] if name not in ("run", "key")}
        connection.execute(insert.on_conflict_do_update(index_elements=["run", "key"], set_=changed), rows)


def _tail_rows(series: Series, place: Place, points: Columns) -> list[dict[str, Any]]:
    run, key = series
    return [
        {"run": run, "key": key, "seq": place.count + n, "step": step, "time": time, "value": _stored(value)}
        for n, (step, time, value) in enumerate(
            zip(points.steps.tolist(), points.times.tolist(), points.values.tolist(), strict=True)
        )
    ]


def _stored(value: float) -> float | None:
    return None if value != value else value


def _fold(connection: Connection, series: Series, place: Place, points: Columns) -> None:
    run, key = series
    chunk, tail = schema.metric_chunks.c, schema.metric_tail.c
    parts: list[Columns] = []
    seq = place.chunks
    if place.chunks and place.open < FULL:
        seq -= 1
        query = select(chunk.data).where(chunk.run == run, chunk.key == key, chunk.seq == seq)
        parts.append(decode(connection.execute(query).scalar_one()))
        connection.execute(delete(schema.metric_chunks).where(chunk.run == run, chunk.key == key, chunk.seq == seq))
    if place.tail:
        query = select(tail.run, tail.key, tail.step, tail.time, tail.value)
        parts.append(
            _columns_of(connection.execute(query.where(tail.run == run, tail.key == key).order_by(tail.seq)).all())
        )
        connection.execute(
            delete(schema.metric_tail).where(tail.run == bindparam("of_run"), tail.key == bindparam("of_key")),
            {"of_run": run, "of_key": key},
        )
    parts.append(points)
    whole = joined(parts)
    pieces = [taken(whole, slice(start, start + FULL)) for start in range(0, len(whole.steps), FULL)]
    connection.execute(
        schema.metric_chunks.insert(), [_chunk_row(series, seq + n, piece) for n, piece in enumerate(pieces)]
    )
    place.tail, place.chunks, place.open = 0, seq + len(pieces), len(pieces[-1].steps)


def _chunk_row(series: Series, seq: int, piece: Columns) -> dict[str, Any]:
    return {
        "run": series[0],
        "key": series[1],
        "seq": seq,
        "n": len(piece.steps),
        "min_step": int(piece.steps.min()),
        "max_step": int(piece.steps.max()),
        "min_time": int(piece.times.min()),
        "max_time": int(piece.times.max()),
        "data": encode(piece),
    }
