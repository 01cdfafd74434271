"""Rows of the registry's tables: found by name and number, and made into entities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, func, select, update

from trackbook.core.entities import ModelVersion, RegisteredModel
from trackbook.core.names import check_key, tag_text
from trackbook.errors import NotFound, shown
from trackbook.store import schema
from trackbook.store.dialect import fetched, one_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from trackbook.store.dialect import Dialect

_models, _versions, _aliases = schema.registered_models.c, schema.model_versions.c, schema.model_aliases.c
_tags, _version_tags, _approvers = schema.model_tags.c, schema.version_tags.c, schema.model_approvers.c

# Of many models, in statements that are built once and stay the same for any number of them.
_MODEL_TAGS = select(_tags.model, _tags.key, _tags.value).where(one_of(_tags.model, "models"))
_NAMED = (
    select(_aliases.model, _aliases.version, _aliases.alias)
    .where(one_of(_aliases.model, "models"))
    .order_by(_aliases.alias)
)
_VERSION_TAGS = select(_version_tags.model, _version_tags.version, _version_tags.key, _version_tags.value).where(
    one_of(_version_tags.model, "models")
)
_APPROVERS = (
    select(_approvers.model, _approvers.name).where(one_of(_approvers.model, "models")).order_by(_approvers.name)
)

SHOWN = 10
"""How many names or numbers a message lists."""


def listed(start: str, known: Sequence[Any]) -> str:
    if not known:
        return f"there are no {start} yet"
    return (
        f"the {start} are {', '.join(shown(one) for one in known[:SHOWN])}{' and more' if len(known) > SHOWN else ''}"
    )


def no_alias(connection: Connection, of_model: Any, alias: str) -> NotFound:
    """The error for an alias that is not set, with those that are."""
    query = select(_aliases.alias).where(_aliases.model == of_model.id).order_by(_aliases.alias).limit(SHOWN + 1)
    known = listed("aliases", connection.execute(query).scalars().all())
    remedy = f"{known}; set one with tb.TrackbookClient().set_registered_model_alias(name, alias, version)"
    return NotFound("alias", f"{of_model.name}@{alias}", remedy)


def tag_rows(tags: Mapping[str, str] | None) -> list[dict[str, str]]:
    return [{"key": check_key("tag", key), "value": tag_text(key, value)} for key, value in (tags or {}).items()]


def model(connection: Connection, name: str, change: Dialect | None = None) -> Any:
    """To be changed where a dialect is given: then nobody else changes it until the transaction ends.

    Raises `NotFound`."""
    query = select(schema.registered_models).where(_models.name == name)
    row = connection.execute(query if change is None else change.for_update(query)).first()
    if row is None:
        known = connection.execute(select(_models.name).order_by(_models.name).limit(SHOWN + 1)).scalars().all()
        raise NotFound("registered model", name, f"{listed('models', known)}; see tb.search_registered_models()")
    return row


def aliases_of(connection: Connection, model_id: int, number: int | None = None) -> Sequence[Any]:
    """Rows of (alias, version) of a model, or of one version of it, in order of the alias."""
    query = select(_aliases.alias, _aliases.version).where(_aliases.model == model_id).order_by(_aliases.alias)
    return connection.execute(query if number is None else query.where(_aliases.version == number)).all()


def approvers_of(connection: Connection, model_id: int) -> list[str]:
    """Sorted; a model without any is not protected."""
    table = schema.model_approvers.c
    query = select(table.name).where(table.model == model_id).order_by(table.name)
    return [str(name) for name in connection.execute(query).scalars()]


def version_query() -> Select[Any]:
    return select(schema.model_versions, _models.name).join_from(
        schema.model_versions, schema.registered_models, _models.id == _versions.model
    )


def _newest() -> Select[Any]:
    newest = (
        select(_versions.model, func.max(_versions.version).label("version"))
        .where(one_of(_versions.model, "models"))
        .group_by(_versions.model, _versions.stage)
        .subquery()
    )
    on = and_(newest.c.model == _versions.model, newest.c.version == _versions.version)
    return version_query().join(newest, on).order_by(_versions.model, _versions.version)


_NEWEST = _newest()


def version(connection: Connection, name: str, number: str, change: Dialect | None = None) -> Any:
    """As `model`: to be changed where a dialect is given.  Raises `NotFound`."""
    of_model = model(connection, name, change)
    text = str(number)
    wanted = int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else 0
    query = version_query().where(_versions.model == of_model.id, _versions.version == wanted)
    row = connection.execute(query).first()
    if row is None:
        newest = select(_versions.version).where(_versions.model == of_model.id).order_by(_versions.version.desc())
        known = connection.execute(newest.limit(SHOWN + 1)).scalars().all()
        raise NotFound("model version", f"{name}/{number}", listed("versions", known))
    return row


def change_model(connection: Connection, id: int, now: int, **values: Any) -> None:
    connection.execute(update(schema.registered_models).where(_models.id == id).values(update_ms=now, **values))


def change_version(connection: Connection, row: Any, now: int, **values: Any) -> None:
    one = update(schema.model_versions).where(_versions.model == row.model, _versions.version == row.version)
    connection.execute(one.values(update_ms=now, **values))
    change_model(connection, row.model, now)


def loaded_models(connection: Connection, rows: Sequence[Any]) -> list[RegisteredModel]:
    if not rows:
        return []
    ids = [row.id for row in rows]
    bound = {"models": ids}
    tags: dict[int, dict[str, str]] = {}
    for model_id, key, value in fetched(connection, _MODEL_TAGS, bound):
        tags.setdefault(model_id, {})[key] = value
    named = fetched(connection, _NAMED, bound)
    aliases: dict[int, dict[str, str]] = {}
    for model_id, number, alias in named:
        aliases.setdefault(model_id, {})[alias] = str(number)
    newest = _newest_per_stage(connection, ids, named)
    approvers: dict[int, list[str]] = {}
    for model_id, name in fetched(connection, _APPROVERS, bound):
        approvers.setdefault(model_id, []).append(name)
    return [
        RegisteredModel(
            name=row.name,
            description=row.description,
            creation_timestamp=row.creation_ms,
            last_updated_timestamp=row.update_ms,
            aliases=aliases.get(row.id, {}),
            tags=tags.get(row.id, {}),
            latest_versions=tuple(newest.get(row.name, ())),
            approvers=tuple(approvers.get(row.id, ())),
        )
        for row in rows
    ]


def newest_per_stage(connection: Connection, model_id: int) -> list[ModelVersion]:
    """The newest version in each stage that a model has versions in, oldest first."""
    named = fetched(connection, _NAMED, {"models": [model_id]})
    return [one for some in _newest_per_stage(connection, [model_id], named).values() for one in some]


def _newest_per_stage(
    connection: Connection, models: Sequence[int], named: Sequence[Any]
) -> dict[str, list[ModelVersion]]:
    """By the model's name; `named` are rows of `_NAMED`."""
    found: dict[str, list[ModelVersion]] = {}
    for one in loaded_versions(connection, connection.execute(_NEWEST, {"models": models}).all(), named):
        found.setdefault(one.name, []).append(one)
    return found


def loaded_versions(
    connection: Connection, rows: Sequence[Any], named: Sequence[Any] | None = None
) -> list[ModelVersion]:
    """`named` are rows of `_NAMED` of the versions' models, where they have been read."""
    if not rows:
        return []
    bound = {"models": sorted({row.model for row in rows})}
    tags: dict[tuple[int, int], dict[str, str]] = {}
    for model_id, number, key, value in fetched(connection, _VERSION_TAGS, bound):
        tags.setdefault((model_id, number), {})[key] = value
    aliases: dict[tuple[int, int], list[str]] = {}
    for model_id, number, alias in fetched(connection, _NAMED, bound) if named is None else named:
        aliases.setdefault((model_id, number), []).append(alias)
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
            location=row.location or row.source,
            run_link=row.run_link,
            model_id=row.model_id,
            user_id=row.user_id,
            status_message=row.status_message,
        )
        for row in rows
    ]


def one_version(connection: Connection, name: str, number: str) -> ModelVersion:
    return loaded_versions(connection, [version(connection, name, number)])[0]
