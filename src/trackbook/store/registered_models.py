"""Registered models: made, found, described, renamed, tagged, deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, insert, not_, or_, select
from sqlalchemy.exc import IntegrityError

from trackbook.core import access, audit
from trackbook.core.approvals import Change
from trackbook.core.clock import now_ms
from trackbook.core.entities import Page, RegisteredModel
from trackbook.core.filters import MODELS, Comparison, Condition, Tag, parse
from trackbook.core.names import check_model_name
from trackbook.errors import AlreadyExists
from trackbook.store import pages, registry_audit, registry_rows, schema
from trackbook.store.approvals import Approvals
from trackbook.store.conditions import Conditions
from trackbook.store.pages import SortColumn

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.sql.elements import ColumnElement

_models, _tags = schema.registered_models.c, schema.model_tags.c
_versions = schema.model_versions.c
PROMPT_TAG = "mlflow.prompt.is_prompt"
"""MLflow's client adds ``tag.`mlflow.prompt.is_prompt` != 'true'`` to each search: models without the tag match."""
_ATTRIBUTES: Mapping[str, ColumnElement[Any]] = {
    "name": _models.name,
    "creation_timestamp": _models.creation_ms,
    "last_updated_timestamp": _models.update_ms,
}


class RegisteredModels(Approvals):
    def create_model(self, name: str, description: str = "", tags: Mapping[str, str] | None = None) -> RegisteredModel:
        check_model_name(name)
        rows = registry_rows.tag_rows(tags)
        now = now_ms()
        values = {"name": name, "description": description, "creation_ms": now, "update_ms": now, "last_version": 0}
        try:
            with self._database.write() as connection:
                created = insert(schema.registered_models).values(**values).returning(_models.id)
                model = connection.execute(created).scalar_one()
                if rows:
                    connection.execute(insert(schema.model_tags), [{"model": model, **row} for row in rows])
                registry_audit.record(connection, audit.CREATE_MODEL, name, new=description)
                for row in rows:
                    key, value = row["key"], row["value"]
                    registry_audit.record(connection, audit.TAG_MODEL, name, subject=key, new=value, is_told=False)
        except IntegrityError as error:
            raise AlreadyExists("registered model", name, "use it, or choose another name") from error
        return self.get_model(name)

    def get_model(self, name: str) -> RegisteredModel:
        with self._database.read() as connection:
            return registry_rows.loaded_models(connection, [registry_rows.model(connection, name)])[0]

    def search_models(
        self, filter: str = "", limit: int = 100, page_token: str | None = None, order_by: Sequence[str] = ()
    ) -> Page[RegisteredModel]:
        """By name where no order is asked for."""
        pages.check_limit(limit)
        conditions = _ModelConditions(self._database.dialect, _ATTRIBUTES, _has_tag)
        query = select(schema.registered_models).where(conditions.of(parse(filter, MODELS)), *seen())
        columns = [*pages.sorted_by(order_by, MODELS, _ATTRIBUTES), SortColumn(_models.name)]
        question = pages.mark(filter, list(order_by))
        with self._database.read() as connection:
            rows, token, total = pages.page(connection, query, columns, question, limit, page_token)
            return Page(registry_rows.loaded_models(connection, rows), token, total)

    def update_model(self, name: str, description: str) -> RegisteredModel:
        with self._database.write() as connection:
            row = self._to_change(connection, name)
            registry_rows.change_model(connection, row.id, now_ms(), description=description)
            if description != row.description:
                registry_audit.record(connection, audit.DESCRIBE_MODEL, name, old=row.description, new=description)
        return self.get_model(name)

    def rename_model(self, name: str, new_name: str) -> RegisteredModel:
        check_model_name(new_name)
        try:
            self._promote(Change(name, audit.RENAME_MODEL, subject=new_name))
        except IntegrityError as error:
            raise AlreadyExists("registered model", new_name) from error
        return self.get_model(new_name)

    def _rename(self, connection: Connection, name: str, new_name: str) -> None:
        row = self._to_change(connection, name)
        registry_rows.change_model(connection, row.id, now_ms(), name=new_name)
        if new_name != name:
            registry_audit.record(connection, audit.RENAME_MODEL, name, old=name, new=new_name)

    def delete_model(self, name: str) -> None:
        self._promote(Change(name, audit.DELETE_MODEL))

    def _delete(self, connection: Connection, name: str) -> None:
        row = self._to_change(connection, name)
        numbers = select(_versions.version).where(_versions.model == row.id).order_by(_versions.version)
        versions = ", ".join(map(str, connection.execute(numbers).scalars()))
        for alias, number in registry_rows.aliases_of(connection, row.id):
            registry_audit.record(connection, audit.ALIAS, name, subject=alias, old=str(number))
        connection.execute(delete(schema.registered_models).where(_models.id == row.id))
        registry_audit.record(connection, audit.DELETE_MODEL, name, old=versions)

    def set_model_tag(self, name: str, key: str, value: str) -> None:
        (tag,) = registry_rows.tag_rows({key: value})
        with self._database.write() as connection:
            row = self._to_change(connection, name)
            old = connection.execute(select(_tags.value).where(_tags.model == row.id, _tags.key == key)).scalar()
            add = self._database.dialect.insert(schema.model_tags)
            replaced = add.on_conflict_do_update(index_elements=["model", "key"], set_={"value": add.excluded.value})
            connection.execute(replaced, {"model": row.id, **tag})
            registry_rows.change_model(connection, row.id, now_ms())
            if old != tag["value"]:
                registry_audit.record(connection, audit.TAG_MODEL, name, subject=key, old=old, new=tag["value"])

    def delete_model_tag(self, name: str, key: str) -> None:
        with self._database.write() as connection:
            row = self._to_change(connection, name)
            gone = delete(schema.model_tags).where(_tags.model == row.id, _tags.key == key)
            old = connection.execute(gone.returning(_tags.value)).scalar()
            registry_rows.change_model(connection, row.id, now_ms())
            if old is not None:
                registry_audit.record(connection, audit.TAG_MODEL, name, subject=key, old=old)

    def _to_change(self, connection: Connection, name: str) -> Any:
        """The model's row, locked.  Raises `NotFound`."""
        return registry_rows.model(connection, name, self._database.dialect)


def seen() -> list[ColumnElement[bool]]:
    """The condition of who may see which models."""
    names = access.sight().models
    return [] if names is None else [_models.name.in_(sorted(names))]


class _ModelConditions(Conditions):
    def of(self, condition: Condition | None) -> ColumnElement[bool]:
        if isinstance(condition, Comparison) and condition.left == Tag(PROMPT_TAG) and condition.operator == "!=":
            return or_(super().of(condition), not_(_has_tag(PROMPT_TAG, lambda value: value.is_not(None))))
        return super().of(condition)


def _has_tag(key: str, test: Callable[[ColumnElement[str]], ColumnElement[bool]]) -> ColumnElement[bool]:
    query = select(1).where(_tags.model == _models.id, _tags.key == key, test(_tags.value))
    return exists(query.correlate(schema.registered_models))
