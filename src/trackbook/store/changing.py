"""Changing a run after a look at it, in one transaction that holds the run's row (SQLite: the only writer)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, bindparam, select

from trackbook.core.changing import Changing, Point, RunChange
from trackbook.core.events import Batch, Event, Points
from trackbook.errors import NotFound
from trackbook.store import aggregates, keys, points, run_models, schema
from trackbook.store.engine import Database
from trackbook.store.recording import Application, Known

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from trackbook.store.dialect import Dialect

_runs = schema.runs.c
_RUN = select(_runs.id, _runs.experiment, _runs.deleted_ms).where(_runs.run_id == bindparam("run_id"))


def _texts(table: Any) -> Select[Any]:
    """(key, value) of some keys of a run, by their names."""
    named = (schema.keys.c.kind == bindparam("kind"), schema.keys.c.key.in_(bindparam("names", expanding=True)))
    query = select(schema.keys.c.key, table.c.value).join_from(table, schema.keys, schema.keys.c.id == table.c.key)
    return query.where(table.c.run == bindparam("of_run"), *named)


_TEXTS = {schema.PARAM: _texts(schema.params), schema.TAG: _texts(schema.tags)}


class SqlChanging:
    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def run(self, run_id: str) -> Iterator[RunChange]:
        dialect = self._database.dialect
        with self._database.write() as connection:
            row = connection.execute(dialect.for_update(_RUN), {"run_id": run_id}).first()
            if row is None:
                raise NotFound("run", run_id)
            known = Known(row.id, row.experiment, row.deleted_ms is not None)
            yield _Change(connection, dialect, run_id, known)

    def apply(self, events: Sequence[Event]) -> None:
        with self._database.write() as connection:
            Application(connection, self._database.dialect).apply(Batch("", events, (), {}))


class _Change:
    def __init__(self, connection: Connection, dialect: Dialect, run_id: str, known: Known) -> None:
        self._connection, self._dialect, self._known = connection, dialect, known
        self.run_id, self.is_active = run_id, not known.is_deleted
        self._places: dict[points.Series, points.Row] = {}
        self._asked: set[str] = set()
        """Metrics whose places were read, and nothing was written since."""

    def params(self, keys: Collection[str]) -> Mapping[str, str]:
        return self._of(schema.PARAM, keys)

    def tags(self, keys: Collection[str]) -> Mapping[str, str]:
        return self._of(schema.TAG, keys)

    def last(self, keys: Collection[str]) -> Mapping[str, Point]:
        numbers = self._numbers(keys)
        self._asked.update(keys)
        self._places |= points.places_of(self._connection, [(self._known.id, one) for one in numbers.values()])
        found = {key: self._places.get((self._known.id, one)) for key, one in numbers.items()}
        return {key: aggregates.last_of(row) for key, row in found.items() if row is not None}

    def history(self, key: str) -> Points:
        series = [(self._known.id, number) for number in self._numbers([key]).values()]
        found = points.read(self._connection, series)
        columns = found.get(series[0], points.NO_COLUMNS) if series else points.NO_COLUMNS
        return Points(self.run_id, key, columns.steps, columns.times, columns.values)

    def apply(self, events: Sequence[Event], points: Sequence[Points] = ()) -> None:
        places = self._places if self._asked.issuperset(one.key for one in points) else None
        application = Application(self._connection, self._dialect, {self.run_id: self._known}, places)
        application.apply(Batch("", events, points, {}))
        self._places, self._asked = {}, set()

    def link(self, *, inputs: Sequence[str] = (), outputs: Sequence[tuple[str, int]] = ()) -> None:
        run_models.link(self._connection, self._dialect, self.run_id, inputs, outputs)

    def _of(self, kind: int, names: Collection[str]) -> Mapping[str, str]:
        if not names:
            return {}
        bound = {"of_run": self._known.id, "kind": kind, "names": list(names)}
        return {row[0]: row[1] for row in self._connection.execute(_TEXTS[kind], bound)}

    def _numbers(self, names: Collection[str]) -> Mapping[str, int]:
        found = keys.find(self._connection, {(schema.METRIC, name) for name in names})
        return {name: number for (_, name), number in found.items()}


def _fits(changing: SqlChanging) -> Changing:
    return changing
