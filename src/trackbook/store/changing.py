"""Changing runs after a look at them, in one transaction that holds their rows (SQLite: the only writer)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Select, bindparam, select

from trackbook.core.changing import Changing, Point, RunChange, RunsChange
from trackbook.core.events import Batch, Event, Points
from trackbook.core.logged_models import ModelMetric
from trackbook.errors import NotFound
from trackbook.store import aggregates, keys, logged_model_rows, points, run_models, schema
from trackbook.store.engine import Database
from trackbook.store.recording import Application, Known


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
        with self._application([run_id]) as application:
            if run_id not in application.runs:
                raise NotFound("run", run_id)
            yield _Change(application, run_id)

    @contextmanager
    def runs(self, run_ids: Collection[str]) -> Iterator[RunsChange]:
        with self._application(run_ids) as application:
            yield _Changes(application)

    @contextmanager
    def _application(self, run_ids: Collection[str]) -> Iterator[Application]:
        """What will change these runs, whose rows it holds."""
        with self._database.write() as connection:
            application = Application(connection, self._database.dialect)
            application.load_runs(set(run_ids))
            yield application

    def apply(self, events: Sequence[Event]) -> None:
        with self._database.write() as connection:
            Application(connection, self._database.dialect).apply(Batch("", events, (), {}))


class _Change:
    def __init__(self, application: Application, run_id: str) -> None:
        self._application, self._run = application, application.runs[run_id]
        self.run_id, self.is_active = run_id, not self._run.is_deleted
        self.status, self.end_time = self._run.status, self._run.end_ms

    def tags(self, keys: Collection[str]) -> Mapping[str, str]:
        return _texts_of(self._application, schema.TAG, self._run, keys)

    def apply(self, events: Sequence[Event], points: Sequence[Points] = ()) -> None:
        self._application.apply(Batch("", events, points, {}))

    def link(self, *, inputs: Sequence[str] = (), outputs: Sequence[tuple[str, int]] = ()) -> None:
        run_models.link(self._application.connection, self._application.dialect, self.run_id, inputs, outputs)


class _Changes:
    def __init__(self, application: Application) -> None:
        self._application, self._connection = application, application.connection
        self.is_active: Mapping[str, bool] = {run_id: not run.is_deleted for run_id, run in application.runs.items()}
        self._asked: set[tuple[str, str]] = set()
        """(run id, metric) whose places were read."""

    def params(self, run_id: str, keys: Collection[str]) -> Mapping[str, str]:
        return _texts_of(self._application, schema.PARAM, self._application.runs[run_id], keys)

    def last(self, keys: Mapping[str, Collection[str]]) -> Mapping[tuple[str, str], Point]:
        named = [(run_id, key) for run_id, some in keys.items() for key in some]
        numbers = self._numbers({key for _, key in named})
        runs = self._application.runs
        series = {(runs[run_id].id, numbers[key]): (run_id, key) for run_id, key in named if key in numbers}
        found = points.places_of(self._connection, series)
        self._asked.update(named)
        self._application.places = {**(self._application.places or {}), **found}
        return {series[one]: aggregates.last_of(row) for one, row in found.items()}

    def history(self, run_id: str, key: str) -> Points:
        series = [(self._application.runs[run_id].id, number) for number in self._numbers([key]).values()]
        found = points.read(self._connection, series)
        columns = found.get(series[0], points.NO_COLUMNS) if series else points.NO_COLUMNS
        return Points(run_id, key, columns.steps, columns.times, columns.values)

    def log_of_models(self, metrics: Sequence[ModelMetric]) -> None:
        if metrics:
            logged_model_rows.add_metrics(self._connection, metrics)

    def apply(self, events: Sequence[Event], points: Sequence[Points] = ()) -> None:
        if not self._asked.issuperset((one.run_id, one.key) for one in points):
            self._application.places = None
        self._application.apply(Batch("", events, points, {}))

    def _numbers(self, names: Collection[str]) -> Mapping[str, int]:
        found = keys.find(self._connection, {(schema.METRIC, name) for name in names})
        return {name: number for (_, name), number in found.items()}


def _texts_of(application: Application, kind: int, run: Known, names: Collection[str]) -> Mapping[str, str]:
    if not names:
        return {}
    bound = {"of_run": run.id, "kind": kind, "names": list(names)}
    return {row[0]: row[1] for row in application.connection.execute(_TEXTS[kind], bound)}


def _fits(changing: SqlChanging) -> Changing:
    return changing
