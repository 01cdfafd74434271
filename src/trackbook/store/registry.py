"""Registered models, their versions, aliases and tags."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, exists, func, insert, not_, or_, select, update
from sqlalchemy.exc import IntegrityError

from trackbook.core.clock import now_ms
from trackbook.core.entities import ModelVersion, Page, RegisteredModel
from trackbook.core.filters import MODELS, VERSIONS, Comparison, Condition, Tag, parse
from trackbook.core.names import check_alias, check_key, check_model_name, tag_text
from trackbook.core.ports import Registry
from trackbook.errors import AlreadyExists, NotFound
from trackbook.store import pages, schema
from trackbook.store.conditions import Conditions
from trackbook.store.engine import Database
from trackbook.store.pages import SortColumn

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.sql.elements import ColumnElement

_models, _versions = schema.registered_models.c, schema.model_versions.c
_aliases = schema.model_aliases.c
PROMPT_TAG = "mlflow.prompt.is_prompt"
"""MLflow's client adds ``tag.`mlflow.prompt.is_prompt` != 'true'`` to each search: models without the tag match."""
_MODEL_ATTRIBUTES: Mapping[str, ColumnElement[Any]] = {
    "name": _models.name,
    "creation_timestamp": _models.creation_ms,
    "last_updated_timestamp": _models.update_ms,
}
_VERSION_ATTRIBUTES: Mapping[str, ColumnElement[Any]] = {
    "name": _models.name,
    "run_id": _versions.run_id,
    "source_path": _versions.source,
    "current_stage": _versions.stage,
    "status": _versions.status,
    "version_number": _versions.version,
    "creation_timestamp": _versions.creation_ms,
    "last_updated_timestamp": _versions.update_ms,
}


class SqlRegistry:
    def __init__(self, database: Database) -> None:
        self._database = database

    def create_model(self, name: str, description: str = "", tags: Mapping[str, str] | None = None) -> RegisteredModel:
        check_model_name(name)
        rows = _tag_rows(tags)
        now = now_ms()
        values = {"name": name, "description": description, "creation_ms": now, "update_ms": now, "last_version": 0}
        try:
            with self._database.write() as connection:
                created = insert(schema.registered_models).values(**values).returning(_models.id)
                model = connection.execute(created).scalar_one()
                if rows:
                    connection.execute(insert(schema.model_tags), [{"model": model, **row} for row in rows])
        except IntegrityError as error:
            raise AlreadyExists("registered model", name, "use it, or choose another name") from error
        return self.get_model(name)

    def get_model(self, name: str) -> RegisteredModel:
        with self._database.read() as connection:
            return _loaded_models(connection, [_model(connection, name)])[0]

    def search_models(self, filter: str = "", limit: int = 100, page_token: str | None = None) -> Page[RegisteredModel]:
        pages.check_limit(limit)
        conditions = _ModelConditions(self._database.dialect, _MODEL_ATTRIBUTES, _has_model_tag)
        query = select(schema.registered_models).where(conditions.of(parse(filter, MODELS)))
        with self._database.read() as connection:
            rows, token, total = pages.page(
                connection, query, [SortColumn(_models.name)], pages.mark(filter), limit, page_token
            )
            return Page(_loaded_models(connection, rows), token, total)

    def create_version(
        self,
        name: str,
        source: str,
        run_id: str | None = None,
        description: str = "",
        tags: Mapping[str, str] | None = None,
        version: int | None = None,
    ) -> ModelVersion:
        rows = _tag_rows(tags)
        now = now_ms()
        number = _models.last_version + 1 if version is None else version
        with self._database.write() as connection:
            counted = (
                update(schema.registered_models)
                .where(_models.name == name, _models.last_version < number)
                .values(last_version=number, update_ms=now)
                .returning(_models.id, _models.last_version)
            )
            row = connection.execute(counted).first()
            if row is None:
                _model(connection, name)
                raise AlreadyExists(
                    "model version", f"{name} v{version}", "give a number above the greatest used so far"
                )
            place = {"model": row.id, "version": row.last_version}
            connection.execute(
                insert(schema.model_versions).values(
                    **place,
                    source=source,
                    run_id=run_id,
                    status="READY",
                    stage="None",
                    description=description,
                    creation_ms=now,
                    update_ms=now,
                )
            )
            if rows:
                connection.execute(insert(schema.version_tags), [{**place, **one} for one in rows])
        return self.get_version(name, str(row.last_version))

    def get_version(self, name: str, version: str) -> ModelVersion:
        with self._database.read() as connection:
            return _loaded_versions(connection, [_version(connection, name, version)])[0]

    def search_versions(self, filter: str = "", limit: int = 1000, page_token: str | None = None) -> Page[ModelVersion]:
        """Newest first."""
        pages.check_limit(limit, 200_000)
        conditions = Conditions(self._database.dialect, _VERSION_ATTRIBUTES, _has_version_tag)
        query = _version_query().where(conditions.of(parse(filter, VERSIONS)))
        columns = [
            SortColumn(_versions.creation_ms, True),
            SortColumn(_models.name),
            SortColumn(_versions.version, True),
        ]
        with self._database.read() as connection:
            rows, token, total = pages.page(connection, query, columns, pages.mark(filter), limit, page_token)
            return Page(_loaded_versions(connection, rows), token, total)

    def latest_version(self, name: str) -> ModelVersion:
        with self._database.read() as connection:
            model = _model(connection, name)
            query = _version_query().where(_versions.model == model.id).order_by(_versions.version.desc()).limit(1)
            row = connection.execute(query).first()
            if row is None:
                raise NotFound("model version", f"{name}/latest", "the model has no version yet")
            return _loaded_versions(connection, [row])[0]

    def set_alias(self, name: str, alias: str, version: str) -> None:
        check_alias(alias)
        with self._database.write() as connection:
            row = _version(connection, name, version)
            insert_alias = self._database.dialect.insert(schema.model_aliases)
            moved = insert_alias.on_conflict_do_update(
                index_elements=["model", "alias"], set_={"version": insert_alias.excluded.version}
            )
            connection.execute(moved, {"model": row.model, "alias": alias, "version": row.version})

    def delete_alias(self, name: str, alias: str) -> None:
        """Raises `NotFound` for an unknown model; an alias that is not there is no error, as in MLflow."""
        with self._database.write() as connection:
            model = _model(connection, name)
            connection.execute(delete(schema.model_aliases).where(_aliases.model == model.id, _aliases.alias == alias))

    def get_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        with self._database.read() as connection:
            model = _model(connection, name)
            named = and_(
                _aliases.model == _versions.model, _aliases.version == _versions.version, _aliases.alias == alias
            )
            query = _version_query().join(schema.model_aliases, named).where(_versions.model == model.id)
            row = connection.execute(query).first()
            if row is None:
                raise NotFound("alias", f"{name}@{alias}", "set it with set_alias")
            return _loaded_versions(connection, [row])[0]


class _ModelConditions(Conditions):
    def of(self, condition: Condition | None) -> ColumnElement[bool]:
        if isinstance(condition, Comparison) and condition.left == Tag(PROMPT_TAG) and condition.operator == "!=":
            return or_(super().of(condition), not_(_has_model_tag(PROMPT_TAG, lambda value: value.is_not(None))))
        return super().of(condition)


def _tag_rows(tags: Mapping[str, str] | None) -> list[dict[str, str]]:
    return [{"key": check_key("tag", key), "value": tag_text(key, value)} for key, value in (tags or {}).items()]


def _model(connection: Connection, name: str) -> Any:
    row = connection.execute(select(schema.registered_models).where(_models.name == name)).first()
    if row is None:
        raise NotFound("registered model", name, "list the models with search_models")
    return row


def _version_query() -> Any:
    return select(schema.model_versions, _models.name).join_from(
        schema.model_versions, schema.registered_models, _models.id == _versions.model
    )


def _version(connection: Connection, name: str, version: str) -> Any:
    model = _model(connection, name)
    text = str(version)
    number = int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else 0
    row = connection.execute(_version_query().where(_versions.model == model.id, _versions.version == number)).first()
    if row is None:
        raise NotFound("model version", f"{name}/{version}", f"list the versions of {name}")
    return row


def _grouped(rows: Iterable[Any], value: Callable[[Any], Any]) -> dict[Any, Any]:
    """{place: {name: value}} from rows of (*place, name, value)."""
    found: dict[Any, dict[str, Any]] = {}
    for *place, name, one in rows:
        found.setdefault(tuple(place), {})[name] = value(one)
    return found


def _loaded_models(connection: Connection, rows: Sequence[Any]) -> list[RegisteredModel]:
    ids = [row.id for row in rows]
    tag, latest = schema.model_tags.c, select(_versions.model, func.max(_versions.version).label("version"))
    tags = _grouped(connection.execute(select(tag.model, tag.key, tag.value).where(tag.model.in_(ids))), str)
    aliases = _grouped(
        connection.execute(select(_aliases.model, _aliases.alias, _aliases.version).where(_aliases.model.in_(ids))), str
    )
    newest = latest.where(_versions.model.in_(ids)).group_by(_versions.model).subquery()
    on = and_(newest.c.model == _versions.model, newest.c.version == _versions.version)
    versions = {
        one.name: one
        for one in _loaded_versions(connection, connection.execute(_version_query().join(newest, on)).all())
    }
    return [
        RegisteredModel(
            name=row.name,
            description=row.description,
            creation_timestamp=row.creation_ms,
            last_updated_timestamp=row.update_ms,
            aliases=aliases.get((row.id,), {}),
            tags=tags.get((row.id,), {}),
            latest_versions=(versions[row.name],) if row.name in versions else (),
        )
        for row in rows
    ]


def _loaded_versions(connection: Connection, rows: Sequence[Any]) -> list[ModelVersion]:
    models = sorted({row.model for row in rows})
    tag = schema.version_tags.c
    query = select(tag.model, tag.version, tag.key, tag.value).where(tag.model.in_(models))
    tags = _grouped(connection.execute(query), str)
    aliases: dict[tuple[int, int], list[str]] = {}
    named = select(_aliases.model, _aliases.version, _aliases.alias).where(_aliases.model.in_(models))
    for model, version, alias in connection.execute(named.order_by(_aliases.alias)):
        aliases.setdefault((model, version), []).append(alias)
    return [
        ModelVersion(
            name=row.name,
            version=str(row.version),
            source=row.source,
            run_id=row.run_id,
            status=row.status,
            current_stage=row.stage,
            description=row.description,
            creation_timestamp=row.creation_ms,
            last_updated_timestamp=row.update_ms,
            aliases=tuple(aliases.get((row.model, row.version), ())),
            tags=tags.get((row.model, row.version), {}),
        )
        for row in rows
    ]


def _has_model_tag(key: str, test: Callable[[ColumnElement[str]], ColumnElement[bool]]) -> ColumnElement[bool]:
    tag = schema.model_tags.c
    query = select(1).where(tag.model == _models.id, tag.key == key, test(tag.value))
    return exists(query.correlate(schema.registered_models))


def _has_version_tag(key: str, test: Callable[[ColumnElement[str]], ColumnElement[bool]]) -> ColumnElement[bool]:
    tag = schema.version_tags.c
    query = select(1).where(
        tag.model == _versions.model, tag.version == _versions.version, tag.key == key, test(tag.value)
    )
    return exists(query.correlate(schema.model_versions))


def _fits(registry: SqlRegistry) -> Registry:
    return registry
