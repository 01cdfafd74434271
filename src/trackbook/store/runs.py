"""Runs: reading them with their values, finding them, deleting and restoring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from trackbook.core import access
from trackbook.core.clock import now_ms
from trackbook.core.entities import (
    LifecycleStage,
    LoggedModelInput,
    Page,
    Run,
    RunInfo,
    RunInputs,
    RunOutputs,
)
from trackbook.core.ports import ColumnValues, KeyCount, RunColumns, RunQuery, Runs
from trackbook.errors import NotFound
from trackbook.store import column_values, inputs, keys, moving, run_models, schema, search, values
from trackbook.store.engine import Database
from trackbook.store.ids import experiment_numbers
from trackbook.store.places import Places
from trackbook.store.run_columns import RunValues
from trackbook.store.trash import drop_datasets

if TYPE_CHECKING:
    from sqlalchemy import Connection

_runs = schema.runs.c
_NO_INPUTS, _NO_OUTPUTS = RunInputs(), RunOutputs()
_MOST = 2**31


class SqlRuns:
    def __init__(self, database: Database, places: Places) -> None:
        self._database, self._places = database, places

    def get(self, run_id: str) -> Run:
        with self._database.read() as connection:
            row = connection.execute(select(schema.runs).where(_runs.run_id == run_id)).first()
            if row is None:
                raise NotFound("run", run_id, "look for it with `trackbook runs` or tb.search_runs()")
            return self._loaded(connection, [row])[0]

    def search(self, query: RunQuery) -> Page[Run]:
        query = _seen(query)
        with self._database.read() as connection:
            found = search.search(connection, self._database.dialect, self._places.root_uri, query)
            items = self._loaded(connection, found.rows, query.columns)
        return Page(items, found.next_page_token, found.total)

    def columns(self, query: RunQuery) -> RunColumns:
        query = replace(_seen(query), count=False)
        with self._database.read() as connection:
            found = search.search(connection, self._database.dialect, self._places.root_uri, query, most=_MOST)
            ids, run_ids, _, experiments, moved, statuses, starts, ends = _transposed(found.rows, 8)
            homes = [own if home is None else home for own, home in zip(experiments, moved, strict=True)]
            locations = self._places.of_experiments(connection, set(homes))
            read = RunValues(connection, ids, query.columns)
            return RunColumns(
                run_ids=run_ids,
                experiment_ids=list(map(str, experiments)),
                statuses=statuses,
                artifact_uris=[
                    _artifact_uri(locations[home], run_id) for home, run_id in zip(homes, run_ids, strict=True)
                ],
                start_times=starts,
                end_times=ends,
                params=read.texts(schema.PARAM),
                metrics=read.metrics(),
                tags=read.texts(schema.TAG),
            )

    def values(self, query: RunQuery, column: str) -> ColumnValues:
        query = _seen(query)
        with self._database.read() as connection:
            root = self._places.root_uri
            return column_values.column_values(connection, self._database.dialect, root, query, column)

    def keys(self, experiment_ids: Sequence[str] | None = None) -> Sequence[KeyCount]:
        counts, names = schema.key_counts.c, schema.keys.c
        query = select(names.kind, names.key, counts.runs).join_from(
            schema.key_counts, schema.keys, names.id == counts.key
        )
        experiment_ids = _seen(RunQuery(experiment_ids)).experiment_ids
        if experiment_ids is not None:
            query = query.where(counts.experiment.in_(experiment_numbers(experiment_ids)))
        totals: dict[keys.Name, int] = {}
        with self._database.read() as connection:
            for kind, key, runs in connection.execute(query.order_by(names.kind, names.key)):
                totals[kind, key] = totals.get((kind, key), 0) + runs
        return [KeyCount(keys.KINDS[kind], key, runs) for (kind, key), runs in totals.items() if runs > 0]

    def delete(self, run_id: str) -> None:
        self._set_deleted(run_id, now_ms())

    def restore(self, run_id: str) -> None:
        self._set_deleted(run_id, None)

    def move(self, run_ids: Sequence[str], experiment_id: str) -> None:
        with self._database.write() as connection:
            left = moving.move(connection, self._database.dialect, run_ids, experiment_id)
        drop_datasets(self._database, left)

    def _set_deleted(self, run_id: str, deleted_ms: int | None) -> None:
        """Set or clear the mark; nothing happens to a run that is there already."""
        with self._database.write() as connection:
            query = select(_runs.id, _runs.experiment, _runs.deleted_ms).where(_runs.run_id == run_id)
            row = connection.execute(self._database.dialect.for_update(query)).first()
            if row is None:
                raise NotFound("run", run_id)
            if (row.deleted_ms is None) == (deleted_ms is None):
                return
            connection.execute(update(schema.runs).where(_runs.id == row.id).values(deleted_ms=deleted_ms))
            number = 1 if deleted_ms is None else -1
            keys.add_run(connection, self._database.dialect, row.id, row.experiment, number)

    def _loaded(self, connection: Connection, rows: Sequence[Any], columns: Sequence[str] | None = None) -> list[Run]:
        """Runs of rows of `runs`, with their values and inputs, in one query for each kind."""
        ids = [row.id for row in rows]
        found = values.load(connection, ids, columns)
        read = inputs.of_runs(connection, ids)
        used, made = run_models.of_runs(connection, ids)
        locations = self._places.of_experiments(connection, {_home(row) for row in rows})
        return [
            Run(
                _info(row, locations),
                found.of(row.id),
                _inputs(read.get(row.id), used.get(row.id)),
                RunOutputs(tuple(made[row.id])) if row.id in made else _NO_OUTPUTS,
            )
            for row in rows
        ]


def _seen(query: RunQuery) -> RunQuery:
    """The query among the experiments that may be seen."""
    only = access.sight().experiments
    if only is None:
        return query
    asked = sorted(only) if query.experiment_ids is None else [one for one in query.experiment_ids if one in only]
    return replace(query, experiment_ids=asked)


def _inputs(datasets: RunInputs | None, models: Sequence[LoggedModelInput] | None) -> RunInputs:
    found = datasets or _NO_INPUTS
    return replace(found, model_inputs=tuple(models)) if models else found


def _info(row: Any, locations: Mapping[int, str]) -> RunInfo:
    return RunInfo(
        run_id=row.run_id,
        run_name=row.name,
        experiment_id=str(row.experiment),
        status=row.status,
        start_time=row.start_ms,
        end_time=row.end_ms,
        user_id=row.user_id,
        artifact_uri=_artifact_uri(locations[_home(row)], row.run_id),
        lifecycle_stage=LifecycleStage.ACTIVE if row.deleted_ms is None else LifecycleStage.DELETED,
    )


def _artifact_uri(location: str, run_id: str) -> str:
    return f"{location}/{run_id}/artifacts"


def _transposed(rows: Sequence[Any], width: int) -> list[list[Any]]:
    """The first columns of rows, whose lengths differ behind."""
    return [list(column) for column in zip(*rows, strict=False)][:width] or [[] for _ in range(width)]


def _home(row: Any) -> int:
    """The experiment below whose place the run's artifacts lie."""
    return int(row.experiment if row.home is None else row.home)


def _fits(runs: SqlRuns) -> Runs:
    return runs
