"""Where journals are drained to: a batch in one transaction, exactly once by its cursor.

A batch is folded first (`folding`), then written table by table, many rows at a time.  What names an unknown run is
left out and logged.  Every write is of the kind that changes nothing when done again, so that a journal whose cursor
was lost can be applied from its beginning.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sqlalchemy import bindparam, delete, select, update

from trackbook.core import tags
from trackbook.core.entities import RunStatus
from trackbook.core.events import BY_NAME, Batch, Points, RunStarted, TagsSet
from trackbook.core.ports import Recording
from trackbook.core.serving import serving
from trackbook.errors import InvalidName
from trackbook.store import cells, inputs, journals, keys, points, schema
from trackbook.store.chunks import Columns
from trackbook.store.dialect import write_many
from trackbook.store.engine import Database
from trackbook.store.experiments import find_or_make
from trackbook.store.folding import Changes, fold, plain
from trackbook.store.ids import experiment_numbers
from trackbook.store.schema import METRIC, PARAM, TAG

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from trackbook.store.dialect import Dialect

logger = logging.getLogger(__name__)

# Built once: the statements of every batch cost more to build than to run.
_RUNS = (
    select(
        schema.runs.c.run_id,
        schema.runs.c.id,
        schema.runs.c.experiment,
        schema.runs.c.deleted_ms,
        schema.runs.c.end_ms,
        schema.runs.c.status,
    )
    .where(schema.runs.c.run_id.in_(bindparam("run_ids", expanding=True)))
    .order_by(schema.runs.c.id)
)
_ONE_RUN = update(schema.runs).where(schema.runs.c.id == bindparam("of_run"))
_NAME = _ONE_RUN.values(name=bindparam("name"))
_END = _ONE_RUN.values(status=bindparam("status"), end_ms=bindparam("end_ms"))


class Known(NamedTuple):
    """A run that the store has."""

    id: int
    experiment: int
    is_deleted: bool
    end_ms: int | None
    """When it was looked at, as the status."""
    status: str


class SqlRecording:
    def __init__(self, database: Database) -> None:
        self._database = database

    def apply(self, batch: Batch) -> None:
        cursor = json.dumps(dict(batch.cursor), sort_keys=True)
        with self._database.write() as connection:
            # Somebody who got no answer may send a batch again while another process still applies it.
            self._database.dialect.lock_name(connection, f"journal {batch.journal_id}")
            kept = journals.cursor_of(connection, batch.journal_id)
            if kept == cursor:
                return
            if kept is None:
                journals.check_room(connection, batch.journal_id)
            Application(connection, self._database.dialect).apply(batch)
            journals.keep_cursor(connection, batch.journal_id, cursor)

    def cursor(self, journal_id: str) -> Mapping[str, Any] | None:
        with self._database.read() as connection:
            kept = journals.cursor_of(connection, journal_id)
        return None if kept is None else dict(json.loads(kept))

    def forget(self, journal_id: str) -> None:
        with self._database.write() as connection:
            connection.execute(delete(schema.journals).where(schema.journals.c.journal_id == journal_id))

    def end_abandoned(self, run_ids: Sequence[str], end_time: int) -> Sequence[str]:
        table = schema.runs
        ended: list[str] = []
        with self._database.write() as connection:
            for some in _some(list(run_ids)):
                change = (
                    update(table)
                    .where(table.c.run_id.in_(some), table.c.status == RunStatus.RUNNING)
                    .values(status=RunStatus.KILLED, end_ms=end_time)
                    .returning(table.c.run_id, table.c.id)
                )
                for run_id, run in connection.execute(change).all():
                    points.settle(connection, [run])
                    ended.append(run_id)
            told = [TagsSet(run_id, died(of_cell, end_time)) for run_id, of_cell in _of_cells(connection, ended)]
            Application(connection, self._database.dialect).apply(Batch("", told, (), {}))
        return ended


def _of_cells(connection: Connection, run_ids: Sequence[str]) -> Iterable[tuple[str, bool]]:
    """Each of these runs, and whether a notebook's cell made it."""
    for some in _some(run_ids):
        wanted = select(schema.runs.c.run_id, schema.cells.c.run).outerjoin(schema.cells)
        for run_id, cell in connection.execute(wanted.where(schema.runs.c.run_id.in_(some))).all():
            yield run_id, cell is not None


def died(of_cell: bool, last_ms: int) -> dict[str, str]:
    """What a run ended with whose process could not say it any more."""
    who = "kernel" if of_cell else "process"
    heard = f"{datetime.fromtimestamp(last_ms / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"
    message = f"the {who} of this run was killed or crashed; it was last heard at {heard}"
    return {tags.ERROR_TYPE: f"{who.capitalize()}Died", tags.ERROR_MESSAGE: message}


def _some(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[start : start + points.VALUES_AT_ONCE] for start in range(0, len(values), points.VALUES_AT_ONCE))


class Application:
    """One batch on its way into the tables."""

    def __init__(self, connection: Connection, dialect: Dialect) -> None:
        self.connection, self.dialect = connection, dialect
        self.runs: dict[str, Known] = {}
        """Those whose rows this transaction holds, by run id."""
        self.places: Mapping[points.Series, points.Row] | None = None
        """Of all metrics that are given points, where they are known already."""
        self.fresh_runs: set[int] = set()
        self.counts: dict[tuple[int, int], int] = {}

    def apply(self, batch: Batch) -> None:
        folded = fold(batch.events)
        series = _by_series(batch.points)
        self.load_runs({*folded.started, *folded.changes, *(run_id for run_id, _ in series)} - self.runs.keys())
        new = [event for run_id, event in folded.started.items() if run_id not in self.runs]
        self.start(new)
        changes = self.known(folded.changes)
        for event in new:
            one = changes.setdefault(event.run_id, Changes())
            one.tags = {**event.tags, **one.tags}
        self.write_params(changes)
        self.write_tags(changes)
        self.write_points(series)
        self.write_runs(changes)
        self.write_context(changes)
        keys.add_counts(self.connection, self.dialect, self.counts)

    def load_runs(self, run_ids: set[str]) -> None:
        for some in _some(sorted(run_ids)):
            rows = self.connection.execute(self.dialect.for_update(_RUNS), {"run_ids": some})
            for run_id, number, experiment, deleted_ms, end_ms, status in rows:
                self.runs[run_id] = Known(number, experiment, deleted_ms is not None, end_ms, status)

    def start(self, events: Sequence[RunStarted]) -> None:
        if not events:
            return
        experiments = self.experiments(events)
        rows = [
            {
                "run_id": event.run_id,
                "experiment": experiments[event.experiment_id],
                "name": event.run_name,
                "status": RunStatus.RUNNING,
                "start_ms": event.start_time,
                "user_id": serving().user or event.user_id,
            }
            for event in events
        ]
        self.connection.execute(self.dialect.insert(schema.runs).on_conflict_do_nothing(), rows)
        self.load_runs({event.run_id for event in events})
        self.fresh_runs = {self.runs[event.run_id].id for event in events}

    def experiments(self, events: Sequence[RunStarted]) -> dict[str, int]:
        """`experiments.id` by the ids that the events name; Default for one that is not there."""
        table = schema.experiments.c
        named = {event.experiment_id for event in events}
        wanted = select(table.id).where(table.id.in_(experiment_numbers(named)))
        there = set(self.connection.execute(wanted).scalars())
        found = {text: number for text in named for number in experiment_numbers([text]) if number in there}
        for text in sorted(named - found.keys()):
            if text.startswith(BY_NAME):
                with suppress(InvalidName):
                    found[text] = find_or_make(self.connection, self.dialect, text.removeprefix(BY_NAME))
        for text in named - found.keys():
            logger.warning("experiment %r is not there: its runs are kept in Default", text)
        return dict.fromkeys(named, schema.DEFAULT_EXPERIMENT_ID) | found

    def known(self, changes: Mapping[str, Changes]) -> dict[str, Changes]:
        for run_id in changes.keys() - self.runs.keys():
            logger.warning("events of run %r are skipped: no such run was started here", run_id)
        return {run_id: one for run_id, one in changes.items() if run_id in self.runs}

    def write_params(self, changes: Mapping[str, Changes]) -> None:
        wanted = [(run_id, PARAM, key) for run_id, one in changes.items() for key in one.params]
        fresh = self.fresh_rows(wanted)
        rows = [(run, key, changes[run_id].params[name]) for (run, key), (run_id, name) in fresh.items()]
        write_many(self.connection, schema.params, ("run", "key", "value"), rows, keys=("run", "key"), keep=True)

    def write_tags(self, changes: Mapping[str, Changes]) -> None:
        self.delete_tags(changes)
        wanted = [
            (run_id, TAG, key)
            for run_id, one in changes.items()
            for key, value in one.tags.items()
            if value is not None
        ]
        self.fresh_rows(wanted)
        ids = keys.find(self.connection, {(TAG, key) for _, _, key in wanted})
        rows = [(self.runs[run_id].id, ids[TAG, key], changes[run_id].tags[key]) for run_id, _, key in wanted]
        write_many(self.connection, schema.tags, ("run", "key", "value"), rows, keys=("run", "key"))

    def delete_tags(self, changes: Mapping[str, Changes]) -> None:
        gone = [(run_id, key) for run_id, one in changes.items() for key, value in one.tags.items() if value is None]
        if not gone:
            return
        ids = keys.find(self.connection, {(TAG, key) for _, key in gone})
        pairs = {(self.runs[run_id].id, ids[TAG, key]): run_id for run_id, key in gone if (TAG, key) in ids}
        there = keys.owned(self.connection, TAG, list(pairs))
        table = schema.tags.c
        for run, key in there:
            self.count(self.runs[pairs[run, key]], key, -1)
        if there:
            one = delete(schema.tags).where(table.run == bindparam("of_run"), table.key == bindparam("of_key"))
            self.connection.execute(one, [{"of_run": run, "of_key": key} for run, key in there])

    def fresh_rows(self, wanted: Sequence[tuple[str, int, str]]) -> dict[tuple[int, int], tuple[str, str]]:
        """Of (run id, kind, name), all of one kind, those that the table lacks, counted; by (run, key)."""
        if not wanted:
            return {}
        ids = keys.define(self.connection, self.dialect, {(kind, name) for _, kind, name in wanted})
        pairs = {(self.runs[run_id].id, ids[kind, name]): (run_id, name) for run_id, kind, name in wanted}
        old = [pair for pair in pairs if pair[0] not in self.fresh_runs]
        there = keys.owned(self.connection, wanted[0][1], old)
        fresh = {pair: names for pair, names in pairs.items() if pair not in there}
        for (_, key), (run_id, _) in fresh.items():
            self.count(self.runs[run_id], key, 1)
        return fresh

    def count(self, run: Known, key: int, number: int) -> None:
        if not run.is_deleted:
            place = (run.experiment, key)
            self.counts[place] = self.counts.get(place, 0) + number

    def write_points(self, series: Mapping[tuple[str, str], Columns]) -> None:
        known = {names: columns for names, columns in series.items() if names[0] in self.runs}
        for run_id in sorted({run_id for run_id, _ in series} - self.runs.keys()):
            logger.warning("points of run %r are skipped: no such run was started here", run_id)
        ids = keys.define(self.connection, self.dialect, {(METRIC, key) for _, key in known})
        new = {(self.runs[run_id].id, ids[METRIC, key]): columns for (run_id, key), columns in known.items()}
        by_id = {run.id: run for run in self.runs.values()}
        for run, key in points.append(self.connection, new, self.fresh_runs, self.places) if new else ():
            self.count(by_id[run], key, 1)

    def write_runs(self, changes: Mapping[str, Changes]) -> None:
        """Names, status and ends."""
        named = [
            {"of_run": self.runs[run_id].id, "name": one.name}
            for run_id, one in changes.items()
            if one.name is not None
        ]
        ended: list[dict[str, Any]] = [
            {"of_run": self.runs[run_id].id, "status": one.status, "end_ms": one.end_ms}
            for run_id, one in changes.items()
            if one.status is not None
        ]
        if named:
            self.connection.execute(_NAME, named)
        if ended:
            self.connection.execute(_END, ended)
            over = [row["of_run"] for row in ended if row["status"] != RunStatus.RUNNING]
            points.settle(self.connection, over)

    def write_context(self, changes: Mapping[str, Changes]) -> None:
        """Cells and inputs."""
        for run_id, one in changes.items():
            run = self.runs[run_id]
            for cell in one.cells:
                cells.record(self.connection, self.dialect, run.id, cell)
            inputs.record(self.connection, self.dialect, run.id, run.experiment, one.inputs)


def _by_series(batch_points: Sequence[Points]) -> dict[tuple[str, str], Columns]:
    """Points that belong together, whatever their order in the batch; damaged ones are left out."""
    parts: dict[tuple[str, str], list[Columns]] = {}
    runs: dict[Any, str] = {}
    for some in batch_points:
        try:
            columns = Columns(
                np.asarray(some.steps, np.int64), np.asarray(some.times, np.int64), np.asarray(some.values, np.float64)
            )
            if not len(columns.steps) == len(columns.times) == len(columns.values):
                raise ValueError("columns of unequal length")
            if len(columns.steps):
                run_id = runs.get(some.run_id) or runs.setdefault(some.run_id, plain(some.run_id))
                parts.setdefault((run_id, plain(some.key)), []).append(columns)
        except (TypeError, ValueError, OverflowError) as error:
            logger.warning("points of metric %r of run %r are skipped: %s", some.key, some.run_id, error)
    return {names: points.joined(columns) for names, columns in parts.items()}


def _fits(recording: SqlRecording) -> Recording:
    return recording
