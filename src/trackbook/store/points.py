"""Where a metric's points lie: full chunks, one open chunk, and a tail of plain rows.

A few points become rows of `metric_tail`.  Once `TAIL` of them wait, or many come at once, they are folded: the open
chunk is read, they are put behind it, and it is written again, as often as needed in pieces of `FULL`.  So a single
point costs one small row, and a long history has few blobs, however it was recorded.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import bindparam, delete, select

from trackbook.store import aggregates, schema, singles
from trackbook.store.chunks import FULL, Columns, decode, decode_all, encode
from trackbook.store.dialect import each_of, fetched, write_many

if TYPE_CHECKING:
    from sqlalchemy import Connection

TAIL = 128
"""Rows of a series that wait at most; then they are folded."""
TAIL_OF_ENDED = 8
"""As `TAIL`, once the run has ended."""
VALUES_AT_ONCE = 500
"""Bound values of one IN."""

Series = tuple[int, int]
"""(runs.id, keys.id)"""
Row = Sequence[Any]
"""Of `metrics`: the columns of `_METRICS` behind the ids."""
_METRICS = ("run", "key", *aggregates.NAMES, "tail", "chunks", "open")
_AT_TAIL = len(aggregates.NAMES)
"""Where the place begins in a row of `places_of`."""
_CHUNK = ("run", "key", "seq", "n", "min_step", "max_step", "min_time", "max_time", "data")
_TAIL = ("run", "key", "seq", "step", "time", "value")
_PLACES = select(*(schema.metrics.c[name] for name in _METRICS)).where(
    each_of(schema.metrics.c.run, "runs", schema.metrics.c.key, "keys")
)
_chunk, _tail = schema.metric_chunks.c, schema.metric_tail.c
_OPEN_CHUNK = select(_chunk.data).where(
    _chunk.run == bindparam("of_run"), _chunk.key == bindparam("of_key"), _chunk.seq == bindparam("at")
)
_OF_SERIES = (_tail.run == bindparam("of_run"), _tail.key == bindparam("of_key"))
_WHOLE_TAIL = select(_tail.run, _tail.key, _tail.step, _tail.time, _tail.value).where(*_OF_SERIES).order_by(_tail.seq)
_EMPTY_TAIL = delete(schema.metric_tail).where(*_OF_SERIES)
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
        return self.aggregate.n if self.aggregate is not None else 0


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


def append(
    connection: Connection,
    new: Mapping[Series, Columns],
    fresh_runs: Collection[int] = (),
    places: Mapping[Series, Row] | None = None,
) -> set[Series]:
    """Add points to their series and to its aggregate; the series that had none before.

    `places` is what `places_of` gives for them, where this transaction has asked already.
    """
    if places is None:
        places = places_of(connection, [series for series in new if series[0] not in fresh_runs])
    known = {series: places[series] for series in new if series in places}
    single = {series: points for series, points in new.items() if _is_single(points, known.get(series))}
    _append_single(connection, single, known)
    several = {series: points for series, points in new.items() if series not in single}
    _append_several(connection, several, {series: _place(known.get(series)) for series in several})
    return new.keys() - known.keys()


def _is_single(points: Columns, row: Row | None) -> bool:
    """Whether it is one point that goes into the tail."""
    return len(points.steps) == 1 and (row is None or row[_AT_TAIL] + 1 < TAIL)


def _append_single(connection: Connection, new: Mapping[Series, Columns], known: Mapping[Series, Row]) -> None:
    old = {series: points for series, points in new.items() if series in known}
    rows: list[tuple[Any, ...]] = []
    tail: list[tuple[Any, ...]] = []
    if old:
        before = [known[series] for series in old]
        points = singles.points_of(old)
        merged = singles.merged(singles.of_rows([row[:_AT_TAIL] for row in before]), singles.of_points(points))
        tails = [row[_AT_TAIL] + 1 for row in before]
        chunks, opened = zip(*(row[_AT_TAIL + 1 :] for row in before), strict=True)
        rows += zip(*zip(*old, strict=True), *singles.to_columns(merged), tails, chunks, opened, strict=True)
        tail += _single_rows(old, [row[0] for row in before], points)
    fresh = {series: points for series, points in new.items() if series not in known}
    if fresh:
        points = singles.points_of(fresh)
        n = len(fresh)
        columns = singles.to_columns(singles.of_points(points))
        rows += zip(*zip(*fresh, strict=True), *columns, [1] * n, [0] * n, [0] * n, strict=True)
        tail += _single_rows(fresh, [0] * n, points)
    write_many(connection, schema.metric_tail, _TAIL, tail)
    write_many(connection, schema.metrics, _METRICS, rows, keys=("run", "key"))


def _single_rows(series: Collection[Series], seqs: Sequence[int], points: Columns) -> Iterator[tuple[Any, ...]]:
    values = [None if value != value else value for value in points.values.tolist()]
    return zip(*zip(*series, strict=True), seqs, points.steps.tolist(), points.times.tolist(), values, strict=True)


def _append_several(connection: Connection, new: Mapping[Series, Columns], places: Mapping[Series, Place]) -> None:
    rows: list[tuple[Any, ...]] = []
    folds: list[tuple[Series, Columns]] = []
    for series, points in new.items():
        place = places[series]
        if place.tail + len(points.steps) < TAIL:
            rows.extend(_tail_rows(series, place, points))
            place.tail += len(points.steps)
        else:
            folds.append((series, points))
    for series, points in folds:
        _fold(connection, series, places[series], points)
    for series, points in new.items():
        added = aggregates.of_columns(points)
        before = places[series].aggregate
        places[series].aggregate = added if before is None else aggregates.merged(before, added)
    write_many(connection, schema.metric_tail, _TAIL, rows)
    _write_places(connection, places)


def settle(connection: Connection, runs: Sequence[int]) -> None:
    """Fold what waits in the tails of runs that have ended."""
    table = schema.metrics.c
    for start in range(0, len(runs), VALUES_AT_ONCE):
        some = runs[start : start + VALUES_AT_ONCE]
        query = select(table.run, table.key).where(table.run.in_(some), table.tail >= TAIL_OF_ENDED)
        waiting = [(run, key) for run, key in connection.execute(query).all()]
        places = {one: _place(row) for one, row in places_of(connection, waiting).items()}
        for series, place in places.items():
            _fold(connection, series, place, NO_COLUMNS)
        _write_places(connection, places)


def read(connection: Connection, series: Sequence[Series], bounds: Sequence[Any] = ()) -> dict[Series, Columns]:
    """The points of several series, unordered.

    `bounds` are conditions on `metric_chunks` that spare what lies outside; whoever gives them still cuts exactly.
    """
    blobs: dict[Series, list[bytes]] = {}
    tails: dict[Series, Columns] = {}
    chunk, tail = schema.metric_chunks.c, schema.metric_tail.c
    wanted = set(series)
    for some in _some(series):
        of_chunks = select(chunk.run, chunk.key, chunk.data).where(_among(chunk, some), *bounds)
        for run, key, data in connection.execute(of_chunks.order_by(chunk.run, chunk.key, chunk.seq)):
            if (run, key) in wanted:
                blobs.setdefault((run, key), []).append(data)
        of_tail = select(tail.run, tail.key, tail.step, tail.time, tail.value).where(_among(tail, some))
        rows = connection.execute(of_tail.order_by(tail.run, tail.key, tail.seq)).all()
        for found, group in itertools.groupby(rows, key=lambda row: (row[0], row[1])):
            if found in wanted:
                tails[found] = _columns_of(list(group))
    return {
        one: joined([*([decode_all(blobs[one])] if one in blobs else []), *([tails[one]] if one in tails else [])])
        for one in {**blobs, **tails}
    }


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
    """At least these series: their runs and their keys, which any database serves from its index."""
    return columns.run.in_({run for run, _ in series}) & columns.key.in_({key for _, key in series})


def places_of(connection: Connection, series: Collection[Series]) -> dict[Series, Row]:
    """What the database knows of these series: the columns of `_METRICS` behind the ids."""
    of_runs: dict[int, list[int]] = {}
    for run, key in series:
        of_runs.setdefault(run, []).append(key)
    # Runs with the same keys are asked for together: runs times keys is then exact.
    alike: dict[tuple[int, ...], list[int]] = {}
    for run, some in of_runs.items():
        alike.setdefault(tuple(sorted(some)), []).append(run)
    found: dict[Series, Row] = {}
    for some_keys, runs in alike.items():
        rows = fetched(connection, _PLACES, {"runs": runs, "keys": some_keys})
        found.update({(row[0], row[1]): row[2:] for row in rows})
    return found


def _place(row: Row | None) -> Place:
    if row is None:
        return Place()
    tail, chunks, opened = row[_AT_TAIL:]
    return Place(aggregates.from_row(row[:_AT_TAIL]), tail, chunks, opened)


def _write_places(connection: Connection, places: Mapping[Series, Place]) -> None:
    rows = [
        (*series, *aggregates.to_row(place.aggregate), place.tail, place.chunks, place.open)
        for series, place in places.items()
        if place.aggregate is not None
    ]
    write_many(connection, schema.metrics, _METRICS, rows, keys=("run", "key"))


def _tail_rows(series: Series, place: Place, points: Columns) -> Iterator[tuple[Any, ...]]:
    run, key = series
    columns = zip(points.steps.tolist(), points.times.tolist(), points.values.tolist(), strict=True)
    for seq, (step, time, value) in enumerate(columns, place.count):
        yield run, key, seq, step, time, None if value != value else value


def _fold(connection: Connection, series: Series, place: Place, points: Columns) -> None:
    of_series = {"of_run": series[0], "of_key": series[1]}
    parts: list[Columns] = []
    seq = place.chunks
    if place.chunks and place.open < FULL:
        seq -= 1
        parts.append(decode(connection.execute(_OPEN_CHUNK, {**of_series, "at": seq}).scalar_one()))
    if place.tail:
        parts.append(_columns_of(connection.execute(_WHOLE_TAIL, of_series).all()))
        connection.execute(_EMPTY_TAIL, of_series)
    parts.append(points)
    whole = joined(parts)
    pieces = [taken(whole, slice(start, start + FULL)) for start in range(0, len(whole.steps), FULL)]
    write_many(
        connection,
        schema.metric_chunks,
        _CHUNK,
        [_chunk_row(series, seq + n, piece) for n, piece in enumerate(pieces)],
        keys=("run", "key", "seq"),
    )
    place.tail, place.chunks, place.open = 0, seq + len(pieces), len(pieces[-1].steps)


def _chunk_row(series: Series, seq: int, piece: Columns) -> tuple[Any, ...]:
    steps, times = piece.steps, piece.times
    bounds = (int(steps.min()), int(steps.max()), int(times.min()), int(times.max()))
    return *series, seq, len(steps), *bounds, encode(piece)
