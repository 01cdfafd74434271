"""Experiments: by id, by name, searched; deleted softly together with their runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text as SqlText
from sqlalchemy import bindparam, cast, delete, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from trackbook.core import access
from trackbook.core.clock import now_ms
from trackbook.core.entities import Experiment, LifecycleStage, Page, ViewType
from trackbook.core.filters import EXPERIMENTS, parse
from trackbook.core.names import check_experiment_name, check_key, tag_text
from trackbook.core.ports import Experiments
from trackbook.errors import AlreadyExists, InvalidState, NotFound
from trackbook.store import keys, pages, schema
from trackbook.store.conditions import Conditions
from trackbook.store.engine import Database
from trackbook.store.ids import experiment_numbers
from trackbook.store.pages import SortColumn
from trackbook.store.places import Places, canonical

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.sql.elements import ColumnElement

    from trackbook.store.dialect import Dialect

_experiments, _tags = schema.experiments.c, schema.experiment_tags.c
_ATTRIBUTES: Mapping[str, ColumnElement[Any]] = {
    "name": _experiments.name,
    "experiment_id": cast(_experiments.id, SqlText),
    "creation_time": _experiments.creation_ms,
    "last_update_time": _experiments.update_ms,
}
_SORTED: Mapping[str, ColumnElement[Any]] = {**_ATTRIBUTES, "experiment_id": _experiments.id}

# Made once, since a tracked cell waits for these, and making one takes as long as asking it.
_NAMED = (
    select(schema.experiments)
    .where(_experiments.name == bindparam("name"))
    .order_by(func.coalesce(_experiments.deleted_ms, 2**62).desc(), _experiments.id.desc())
    .limit(1)
)
"""An active one, else the one deleted last."""
_TAGS_OF = (
    select(_tags.experiment, _tags.key, _tags.value)
    .where(_tags.experiment.in_(bindparam("experiments", expanding=True)))
    .order_by(_tags.experiment, _tags.key)
)


class SqlExperiments:
    def __init__(self, database: Database, places: Places) -> None:
        self._database, self._places = database, places

    def create(self, name: str, artifact_location: str | None = None, tags: Mapping[str, str] | None = None) -> str:
        check_experiment_name(name)
        if artifact_location is not None:
            artifact_location = canonical(artifact_location)
        rows = [{"key": check_key("tag", key), "value": tag_text(key, value)} for key, value in (tags or {}).items()]
        try:
            with self._database.write() as connection:
                now = now_ms()
                values = {"name": name, "artifact_location": artifact_location, "creation_ms": now, "update_ms": now}
                created = insert(schema.experiments).values(**values).returning(_experiments.id)
                number = connection.execute(created).scalar_one()
                if rows:
                    connection.execute(insert(schema.experiment_tags), [{"experiment": number, **row} for row in rows])
        except IntegrityError as error:
            raise AlreadyExists("experiment", name) from error
        return str(number)

    def get(self, experiment_id: str) -> Experiment:
        with self._database.read() as connection:
            return self._loaded(connection, [self._row(connection, experiment_id)])[0]

    def get_by_name(self, name: str) -> Experiment | None:
        with self._database.read() as connection:
            found = self._loaded(connection, connection.execute(_NAMED, {"name": name}).all())
        seen = access.sight().experiments
        return found[0] if found and (seen is None or found[0].experiment_id in seen) else None

    def search(
        self,
        filter: str = "",
        order_by: Sequence[str] = (),
        view: ViewType = ViewType.ACTIVE_ONLY,
        limit: int = 1000,
        page_token: str | None = None,
    ) -> Page[Experiment]:
        pages.check_limit(limit)
        conditions = Conditions(self._database.dialect, _ATTRIBUTES, _has_tag)
        query = select(schema.experiments).where(conditions.of(parse(filter, EXPERIMENTS)))
        if view == ViewType.ACTIVE_ONLY:
            query = query.where(_experiments.deleted_ms.is_(None))
        elif view == ViewType.DELETED_ONLY:
            query = query.where(_experiments.deleted_ms.is_not(None))
        seen = access.sight().experiments
        if seen is not None:
            query = query.where(_experiments.id.in_(experiment_numbers(seen)))
        columns = pages.sorted_by(order_by, EXPERIMENTS, _SORTED) or [SortColumn(_experiments.creation_ms, True)]
        columns.append(SortColumn(_experiments.id, True))
        with self._database.read() as connection:
            rows, token, total = pages.page(
                connection, query, columns, pages.mark(filter, list(order_by), view), limit, page_token
            )
            return Page(self._loaded(connection, rows), token, total)

    def rename(self, experiment_id: str, name: str) -> None:
        check_experiment_name(name)
        try:
            with self._database.write() as connection:
                row = self._row(connection, experiment_id)
                if row.deleted_ms is not None:
                    raise InvalidState(f"experiment {row.name!r} is deleted: restore it before you rename it")
                self._change(connection, row.id, name=name)
        except IntegrityError as error:
            raise AlreadyExists("experiment", name) from error

    def delete(self, experiment_id: str) -> None:
        runs = schema.runs
        with self._database.write() as connection:
            row = self._row(connection, experiment_id)
            if row.id == schema.DEFAULT_EXPERIMENT_ID:
                raise InvalidState("experiment 'Default' takes the runs that name no other: it cannot be deleted")
            if row.deleted_ms is not None:
                return
            now = now_ms()
            self._change(connection, row.id, deleted_ms=now)
            active = (runs.c.experiment == row.id, runs.c.deleted_ms.is_(None))
            connection.execute(update(runs).where(*active).values(deleted_ms=now))
            keys.recount(connection, row.id)

    def restore(self, experiment_id: str) -> None:
        runs = schema.runs
        try:
            with self._database.write() as connection:
                row = self._row(connection, experiment_id)
                if row.deleted_ms is None:
                    return
                self._change(connection, row.id, deleted_ms=None)
                # Only the runs that went with it: those deleted by themselves stay deleted.
                went_along = (runs.c.experiment == row.id, runs.c.deleted_ms == row.deleted_ms)
                connection.execute(update(runs).where(*went_along).values(deleted_ms=None))
                keys.recount(connection, row.id)
        except IntegrityError as error:
            remedy = "rename the active one before you restore the deleted one"
            raise AlreadyExists("experiment", row.name, remedy) from error

    def set_tag(self, experiment_id: str, key: str, value: str) -> None:
        key, value = check_key("tag", key), tag_text(key, value)
        with self._database.write() as connection:
            row = self._row(connection, experiment_id)
            insert_tag = self._database.dialect.insert(schema.experiment_tags)
            set_tag = insert_tag.on_conflict_do_update(
                index_elements=["experiment", "key"], set_={"value": insert_tag.excluded.value}
            )
            connection.execute(set_tag, {"experiment": row.id, "key": key, "value": value})
            self._change(connection, row.id)

    def delete_tag(self, experiment_id: str, key: str) -> None:
        with self._database.write() as connection:
            row = self._row(connection, experiment_id)
            gone = delete(schema.experiment_tags).where(_tags.experiment == row.id, _tags.key == key)
            if connection.execute(gone).rowcount == 0:
                raise NotFound("tag", key, f"experiment {row.name!r} has no such tag")
            self._change(connection, row.id)

    def _row(self, connection: Connection, experiment_id: str) -> Any:
        numbers = experiment_numbers([str(experiment_id)])
        query = select(schema.experiments).where(_experiments.id.in_(numbers))
        row = connection.execute(query).first()
        if row is None:
            raise NotFound("experiment", experiment_id)
        return row

    def _change(self, connection: Connection, id: int, **values: Any) -> None:
        connection.execute(update(schema.experiments).where(_experiments.id == id).values(update_ms=now_ms(), **values))

    def _loaded(self, connection: Connection, rows: Sequence[Any]) -> list[Experiment]:
        tags: dict[int, dict[str, str]] = {}
        for experiment, key, value in connection.execute(_TAGS_OF, {"experiments": [row.id for row in rows]}):
            tags.setdefault(experiment, {})[key] = value
        return [
            Experiment(
                experiment_id=str(row.id),
                name=row.name,
                artifact_location=self._places.of_experiment(row.id, row.artifact_location),
                lifecycle_stage=LifecycleStage.ACTIVE if row.deleted_ms is None else LifecycleStage.DELETED,
                creation_time=row.creation_ms,
                last_update_time=row.update_ms,
                tags=tags.get(row.id, {}),
            )
            for row in rows
        ]


def find_or_make(connection: Connection, dialect: Dialect, name: str) -> int:
    """`experiments.id` of the active experiment of this name, in the caller's transaction.  Raises `InvalidName`."""
    now = now_ms()
    row = {"name": check_experiment_name(name), "creation_ms": now, "update_ms": now}
    connection.execute(dialect.insert(schema.experiments).on_conflict_do_nothing(), row)
    found = select(_experiments.id).where(_experiments.name == name, _experiments.deleted_ms.is_(None))
    return int(connection.execute(found).scalar_one())


def _has_tag(key: str, test: Callable[[ColumnElement[str]], ColumnElement[bool]]) -> ColumnElement[bool]:
    query = select(1).where(_tags.experiment == _experiments.id, _tags.key == key, test(_tags.value))
    return exists(query.correlate(schema.experiments))


def _fits(experiments: SqlExperiments) -> Experiments:
    return experiments
