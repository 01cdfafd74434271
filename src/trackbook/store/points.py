"""Where a metric's points lie: full chunks, some small ones, and a tail of plain rows.

A few points become rows of `metric_tail`.  Once `TAIL` of them wait, or several come at once, they become a small
chunk.  Once `SMALL` of these are there, or their points fill one, they are made into one, as often as needed in pieces
of `FULL`.  So a single point costs one small row, several cost one, and a long history has few blobs, however it was
recorded.  What is added to many series at once takes as many statements as what is added to one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, groupby
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import delete, select

from trackbook.store import aggregates, schema
from trackbook.store import series as of_many
from trackbook.store.chunks import FULL, Columns, bare, decode_all, encode
from trackbook.store.dialect import each_of, fetched, in_rows, write_many

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sqlalchemy import Connection

TAIL = 128
"""Rows of a series that wait at most; then they are folded."""
TAIL_OF_ENDED = 8
"""As `TAIL`, once the run has ended."""
SEVERAL = 12
"""Points that cost more as rows, each written, read and deleted, than as a chunk (measured)."""
PACKED = 64
"""Points that are packed at once; fewer wait for others first, as packing takes as long for ten as for a hundred."""
SMALL = 16
"""Chunks of a series that are not full, at most: each is read with every history."""
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
_OF_PLACES = in_rows((_chunk.run, _chunk.key, _chunk.seq), "places")
_CHUNKS = select(_chunk.run, _chunk.key, _chunk.data).order_by(_chunk.run, _chunk.key, _chunk.seq)
_SMALL_CHUNKS, _EMPTY_CHUNKS = _CHUNKS.where(_OF_PLACES), delete(schema.metric_chunks).where(_OF_PLACES)
_OF_SERIES = in_rows((_tail.run, _tail.key), "series")
_TAILS = select(_tail.run, _tail.key, _tail.step, _tail.time, _tail.value).order_by(_tail.run, _tail.key, _tail.seq)
_TAILS_OF = _TAILS.where(_OF_SERIES)
_EMPTY_TAILS = delete(schema.metric_tail).where(_OF_SERIES)
NO_ROW: Row = (0,) * (_AT_TAIL + 3)
"""Of a series without points."""
NO_COLUMNS = Columns(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))


@dataclass(slots=True)
class Place:
    """Where the points of a series are."""

    count: int
    """All of them."""
    tail: int
    chunks: int
    open: int
    """Points in the last chunk."""

    @property
    def full(self) -> int:
        """Chunks that are full: those that are not have together fewer points than one."""
        return (self.count - self.tail) // FULL

    def is_crowded(self, of: Series, new: int) -> bool:
        """Whether another chunk, of the tail and `new` points, is one too many.

        Series differ in how many they bear, since those of runs that go on side by side would all be packed at once.
        """
        full, most = self.full, SMALL - sum(of) % (SMALL // 2)
        return self.chunks - full >= most or self.count - full * FULL + new >= FULL


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
        places = places_of(connection, [one for one in new if one[0] not in fresh_runs])
    known = {one: places[one] for one in new if one in places}
    fresh = {one: points for one, points in new.items() if one not in known}
    rows = [
        *_added(connection, {one: new[one] for one in known}, list(known.values())),
        *_added(connection, fresh, [NO_ROW] * len(fresh)),
    ]
    write_many(connection, schema.metrics, _METRICS, rows, keys=("run", "key"))
    return set(fresh)


def _added(connection: Connection, new: Mapping[Series, Columns], rows: Sequence[Row]) -> Iterator[tuple[Any, ...]]:
    """The points written; the rows of `metrics` once they are.  `rows` are those before, all of them or none new."""
    if not new:
        return iter(())
    points, sizes = joined(list(new.values())), np.array([len(one.steps) for one in new.values()], np.int64)
    found = of_many.of_points(points, sizes)
    if rows[0] is not NO_ROW:
        found = of_many.merged(of_many.of_rows([row[:_AT_TAIL] for row in rows]), found)
    places = [Place(row[0], *row[_AT_TAIL:]) for row in rows]
    waiting = (np.array([place.tail for place in places]) + sizes < TAIL) & (sizes < SEVERAL)
    _write_tails(connection, list(new), [place.count for place in places], points, sizes, waiting)
    folds: dict[Series, tuple[Place, Columns]] = {}
    for (one, some), place, waits, size in zip(new.items(), places, waiting, sizes.tolist(), strict=True):
        if waits:
            place.tail += size
        else:
            folds[one] = place, some
    _fold(connection, folds)
    where = ((place.tail, place.chunks, place.open) for place in places)
    return zip(*zip(*new, strict=True), *of_many.to_columns(found), *zip(*where, strict=True), strict=True)


def _write_tails(
    connection: Connection,
    of: Sequence[Series],
    counts: Sequence[int],
    points: Columns,
    sizes: NDArray[np.int64],
    chosen: NDArray[np.bool_],
) -> None:
    """Rows of `metric_tail` for the points of the `chosen` series; `counts` are the points that each had before."""
    if not chosen.any():
        return
    if not chosen.all():
        points = taken(points, np.repeat(chosen, sizes))
        of, counts, sizes = list(compress(of, chosen)), list(compress(counts, chosen)), sizes[chosen]
    starts = np.cumsum(sizes) - sizes
    seqs = np.arange(len(points.steps)) + np.repeat(np.array(counts, np.int64) - starts, sizes)
    runs, keys = (np.repeat(np.array(ids, np.int64), sizes) for ids in zip(*of, strict=True))
    columns = (column.tolist() for column in (runs, keys, seqs, points.steps, points.times))
    rows = list(zip(*columns, of_many.without_nan(points.values), strict=True))
    write_many(connection, schema.metric_tail, _TAIL, rows)


def settle(connection: Connection, runs: Sequence[int]) -> None:
    """Fold what waits in the tails of runs that have ended."""
    table = schema.metrics.c
    for start in range(0, len(runs), VALUES_AT_ONCE):
        some = runs[start : start + VALUES_AT_ONCE]
        small = table.chunks - (table.count - table.tail) // FULL
        query = select(table.run, table.key).where(table.run.in_(some), (table.tail >= TAIL_OF_ENDED) | (small > 1))
        waiting = [(run, key) for run, key in connection.execute(query).all()]
        rows = places_of(connection, waiting)
        places = {one: (Place(row[0], *row[_AT_TAIL:]), NO_COLUMNS) for one, row in rows.items()}
        _fold(connection, places, whole=True)
        changed = [
            (*one, *rows[one][:_AT_TAIL], place.tail, place.chunks, place.open) for one, (place, _) in places.items()
        ]
        write_many(connection, schema.metrics, _METRICS, changed, keys=("run", "key"))


def read(connection: Connection, series: Sequence[Series], bounds: Sequence[Any] = ()) -> dict[Series, Columns]:
    """The points of several series, unordered.

    `bounds` are conditions on `metric_chunks` that spare what lies outside; whoever gives them still cuts exactly.
    """
    blobs: dict[Series, list[bytes]] = {}
    tails: dict[Series, Columns] = {}
    wanted = set(series)
    for some in _some(series):
        for run, key, data in connection.execute(_CHUNKS.where(_among(_chunk, some), *bounds)):
            if (run, key) in wanted:
                blobs.setdefault((run, key), []).append(data)
        rows = connection.execute(_TAILS.where(_among(_tail, some))).all()
        tails.update((one, points) for one, points in _by_series(rows) if one in wanted)
    return {
        one: joined([*([decode_all(blobs[one])] if one in blobs else []), *([tails[one]] if one in tails else [])])
        for one in {**blobs, **tails}
    }


def _by_series(rows: Sequence[Any]) -> Iterator[tuple[Series, Columns]]:
    """The points of each series, from rows of tails in their order."""
    for found, group in groupby(rows, key=lambda row: (row[0], row[1])):
        _, _, steps, times, values = zip(*group, strict=True)
        numbers = [np.nan if value is None else value for value in values] if None in values else values
        yield found, Columns(np.array(steps, np.int64), np.array(times, np.int64), np.array(numbers, np.float64))


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


def _fold(connection: Connection, of: Mapping[Series, tuple[Place, Columns]], *, whole: bool = False) -> None:
    """Put what waits in the tails, and these points behind it, into chunks; the places are changed with them.

    Small chunks are made one where there are many, and with `whole` wherever there are some.
    """
    if not of:
        return
    crowded = {one: place for one, (place, points) in of.items() if whole or place.is_crowded(one, len(points.steps))}
    small = _taken_chunks(connection, crowded)
    tails = _taken_tails(connection, [one for one, (place, _) in of.items() if place.tail])
    new: list[tuple[Series, int, Columns]] = []
    for one, (place, points) in of.items():
        seq = place.full if one in small else place.chunks
        together = joined([*(some[one] for some in (small, tails) if one in some), points])
        pieces = [taken(together, slice(start, start + FULL)) for start in range(0, len(together.steps), FULL)]
        new += [(one, seq + n, piece) for n, piece in enumerate(pieces)]
        place.tail, place.chunks, place.open = 0, seq + len(pieces), len(pieces[-1].steps)
    write_many(connection, schema.metric_chunks, _CHUNK, list(_chunk_rows(new, whole)), keys=("run", "key", "seq"))


def _taken_chunks(connection: Connection, places: Mapping[Series, Place]) -> dict[Series, Columns]:
    """The points of the chunks that are not full, which are gone then."""
    wanted = [(*one, seq) for one, place in places.items() for seq in range(place.full, place.chunks)]
    if not wanted:
        return {}
    blobs: dict[Series, list[bytes]] = {}
    for run, key, data in fetched(connection, _SMALL_CHUNKS, {"places": wanted}):
        blobs.setdefault((run, key), []).append(data)
    connection.execute(_EMPTY_CHUNKS, {"places": wanted})
    return {one: decode_all(some) for one, some in blobs.items()}


def _taken_tails(connection: Connection, of: Sequence[Series]) -> dict[Series, Columns]:
    """The rows of these tails, which are gone then."""
    if not of:
        return {}
    found = dict(_by_series(fetched(connection, _TAILS_OF, {"series": of})))
    connection.execute(_EMPTY_TAILS, {"series": of})
    return found


def _chunk_rows(new: Sequence[tuple[Series, int, Columns]], is_last: bool) -> Iterator[tuple[Any, ...]]:
    """The rows of chunks; `is_last` where no others are expected, with which they would be made one."""
    points, sizes = joined([piece for _, _, piece in new]), np.array([len(piece.steps) for _, _, piece in new])
    starts = np.cumsum(sizes) - sizes
    bounds = [
        bound.reduceat(column, starts).tolist()
        for column in (points.steps, points.times)
        for bound in (np.minimum, np.maximum)
    ]
    for (series, seq, piece), n, *some in zip(new, sizes.tolist(), *bounds, strict=True):
        yield *series, seq, n, *some, encode(piece) if is_last or n >= PACKED else bare(piece)
