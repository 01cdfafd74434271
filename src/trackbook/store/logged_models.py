"""Logged models: made, found, finished, deleted; their params, tags and metrics; which run made or read which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from trackbook.core.clock import now_ms
from trackbook.core.entities import Page
from trackbook.core.logged_models import (
    LoggedModel,
    LoggedModels,
    LoggedModelStatus,
    ModelMetric,
    ModelQuery,
    NewModel,
    check_logged_name,
    check_model_status,
    is_model_id,
    missing_model,
    new_model_id,
)
from trackbook.core.names import check_key, param_text, tag_text
from trackbook.errors import AlreadyExists, InvalidName, InvalidValue, NotFound
from trackbook.store import logged_model_rows, logged_model_search, run_models, schema
from trackbook.store.engine import Database
from trackbook.store.ids import experiment_numbers
from trackbook.store.places import Places

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

_models, _tags = schema.logged_models.c, schema.logged_model_tags.c


class SqlLoggedModels:
    def __init__(self, database: Database, places: Places) -> None:
        self._database, self._places = database, places

    def create(self, new: NewModel) -> LoggedModel:
        name = check_logged_name(new.name)
        params, tags = _texts("param", new.params), _texts("tag", new.tags)
        now, model_id = now_ms(), _checked_id(new.model_id)
        with self._database.write() as connection:
            taken = select(_models.id).where(_models.model_id == model_id)
            if new.model_id and connection.execute(taken).first() is not None:
                raise AlreadyExists("logged model", model_id)
            values = {
                "model_id": model_id,
                "experiment": _active_experiment(connection, new.experiment_id),
                "name": name,
                "model_type": tag_text("model type", new.model_type),
                "source_run": new.source_run_id,
                "status": LoggedModelStatus.PENDING,
                "creation_ms": now if new.creation_timestamp is None else new.creation_timestamp,
                "update_ms": now,
            }
            made = insert(schema.logged_models).values(**values).returning(_models.id)
            model = connection.execute(made).scalar_one()
            _add(connection, schema.logged_model_params, model, params)
            _add(connection, schema.logged_model_tags, model, tags)
        return self.get(model_id)

    def get(self, model_id: str, *, deleted: bool = False) -> LoggedModel:
        with self._database.read() as connection:
            row = logged_model_rows.row(connection, model_id, deleted=deleted)
            return logged_model_rows.loaded(connection, self._places, [row])[0]

    def search(self, query: ModelQuery) -> Page[LoggedModel]:
        with self._database.read() as connection:
            rows, token, total = logged_model_search.search(connection, self._database.dialect, query)
            return Page(logged_model_rows.loaded(connection, self._places, rows), token, total)

    def finalize(self, model_id: str, status: str) -> LoggedModel:
        self._change(model_id, status=check_model_status(status))
        return self.get(model_id)

    def delete(self, model_id: str) -> None:
        with self._database.read() as connection:
            gone = logged_model_rows.row(connection, model_id, deleted=True).deleted_ms is not None
        if not gone:
            self._change(model_id, deleted_ms=now_ms())

    def log_params(self, model_id: str, params: Mapping[str, str]) -> None:
        texts = _texts("param", params)
        try:
            with self._database.write() as connection:
                model = logged_model_rows.row(connection, model_id).id
                _add(connection, schema.logged_model_params, model, texts)
        except IntegrityError as error:
            raise AlreadyExists("param of a logged model", ", ".join(texts), "params are written once") from error

    def set_tags(self, model_id: str, tags: Mapping[str, str]) -> None:
        texts = _texts("tag", tags)
        with self._database.write() as connection:
            model = logged_model_rows.row(connection, model_id).id
            add = self._database.dialect.insert(schema.logged_model_tags)
            replaced = add.on_conflict_do_update(index_elements=["model", "key"], set_={"value": add.excluded.value})
            for key, value in texts.items():
                connection.execute(replaced, {"model": model, "key": key, "value": value})

    def delete_tag(self, model_id: str, key: str) -> None:
        with self._database.write() as connection:
            model = logged_model_rows.row(connection, model_id).id
            gone = delete(schema.logged_model_tags).where(_tags.model == model, _tags.key == key)
            if connection.execute(gone.returning(_tags.key)).first() is None:
                raise NotFound("tag", key, f"logged model {model_id} has no such tag")

    def log_metrics(self, metrics: Sequence[ModelMetric]) -> None:
        with self._database.write() as connection:
            logged_model_rows.add_metrics(connection, metrics)

    def link(self, run_id: str, *, inputs: Sequence[str] = (), outputs: Sequence[tuple[str, int]] = ()) -> None:
        with self._database.write() as connection:
            run_models.link(connection, self._database.dialect, run_id, inputs, outputs)

    def _change(self, model_id: str, **values: Any) -> None:
        with self._database.write() as connection:
            change = update(schema.logged_models).where(_models.model_id == model_id, _models.deleted_ms.is_(None))
            changed = connection.execute(change.values(update_ms=now_ms(), **values).returning(_models.id))
            if changed.first() is None:
                raise missing_model(model_id)


def _checked_id(given: str) -> str:
    if given and not is_model_id(given):
        raise InvalidName("logged model", given, "an id is m- and 32 hexadecimal digits")
    return given or new_model_id()


def _active_experiment(connection: Connection, experiment_id: str) -> int:
    table = schema.experiments.c
    for number in experiment_numbers([experiment_id]):
        row = connection.execute(select(table.id, table.deleted_ms).where(table.id == number)).first()
        if row is not None and row.deleted_ms is not None:
            raise InvalidValue(f"The experiment {experiment_id} must be in the 'active' state.")
        if row is not None:
            return int(row.id)
    raise NotFound("experiment", experiment_id)


def _texts(kind: str, values: Mapping[str, str]) -> dict[str, str]:
    text = param_text if kind == "param" else tag_text
    return {check_key(kind, key): text(key, value) for key, value in values.items()}


def _add(connection: Connection, table: Table, model: int, values: Mapping[str, str]) -> None:
    if values:
        rows = [{"model": model, "key": key, "value": value} for key, value in values.items()]
        connection.execute(insert(table), rows)


def _fits(models: SqlLoggedModels) -> LoggedModels:
    return models
