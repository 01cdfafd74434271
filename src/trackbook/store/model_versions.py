"""Versions of registered models: counted up, found, described, tagged, moved between stages, copied, deleted.

A number is never used again, also where its version was deleted.  Stages are MLflow's four, kept for its users;
aliases say the same better.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, func, insert, select, update

from trackbook.core import audit
from trackbook.core.approvals import Change
from trackbook.core.clock import now_ms
from trackbook.core.entities import ModelVersion, Page
from trackbook.core.filters import VERSIONS, parse
from trackbook.core.names import check_stage
from trackbook.core.serving import serving
from trackbook.errors import AlreadyExists, InvalidValue, NotFound
from trackbook.store import pages, registry_audit, registry_rows, schema
from trackbook.store.approvals import Approvals
from trackbook.store.conditions import Conditions
from trackbook.store.pages import SortColumn
from trackbook.store.registered_models import seen

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.sql.elements import ColumnElement

_models, _versions = schema.registered_models.c, schema.model_versions.c
_tags = schema.version_tags.c
_ATTRIBUTES: Mapping[str, ColumnElement[Any]] = {
    "name": _models.name,
    "run_id": _versions.run_id,
    "source_path": _versions.source,
    "current_stage": _versions.stage,
    "status": _versions.status,
    "version_number": _versions.version,
    "creation_timestamp": _versions.creation_ms,
    "last_updated_timestamp": _versions.update_ms,
}
_SORTED: Mapping[str, ColumnElement[Any]] = {**_ATTRIBUTES, "run_id": func.coalesce(_versions.run_id, "")}
_BY_NAME = (SortColumn(_models.name), SortColumn(_versions.version, True))
_NEWEST_FIRST = (SortColumn(_versions.creation_ms, True), *_BY_NAME)
MAX_VERSION = 99_999_999
"""That may be claimed; numbers of up to nine digits are found again."""
_EXCLUSIVE_STAGES = ("Staging", "Production")
"""Stages in which older versions make room where `archive_existing` is asked for."""


class ModelVersions(Approvals):
    def create_version(
        self,
        name: str,
        source: str,
        run_id: str | None = None,
        description: str = "",
        tags: Mapping[str, str] | None = None,
        version: int | None = None,
        *,
        run_link: str = "",
        model_id: str | None = None,
        user_id: str = "",
        location: str | None = None,
    ) -> ModelVersion:
        rows = registry_rows.tag_rows(tags)
        if not isinstance(source, str) or not source.strip():
            raise InvalidValue("a model version needs a source: give the URI of a model, as in 'runs:/<run id>/<path>'")
        now = now_ms()
        with self._database.write() as connection:
            place = _counted(connection, name, version, now)
            values = {
                "source": source,
                "run_id": run_id,
                "status": "READY",
                "stage": "None",
                "description": description,
                "creation_ms": now,
                "update_ms": now,
                "location": location,
                "run_link": run_link,
                "model_id": model_id,
                "user_id": serving().user or user_id,
            }
            connection.execute(insert(schema.model_versions).values(**place, **values))
            if rows:
                connection.execute(insert(schema.version_tags), [{**place, **one} for one in rows])
            action = audit.COPY_VERSION if source.startswith("models:/") else audit.CREATE_VERSION
            registry_audit.record(connection, action, name, place["version"], new=source)
        return self.get_version(name, str(place["version"]))

    def get_version(self, name: str, version: str) -> ModelVersion:
        with self._database.read() as connection:
            return registry_rows.one_version(connection, name, version)

    def search_versions(
        self, filter: str = "", limit: int = 1000, page_token: str | None = None, order_by: Sequence[str] = ()
    ) -> Page[ModelVersion]:
        """Newest first where no order is asked for, else by name where two are equal, as on MLflow's server."""
        pages.check_limit(limit, 200_000)
        conditions = Conditions(self._database.dialect, _ATTRIBUTES, _has_tag)
        query = registry_rows.version_query().where(conditions.of(parse(filter, VERSIONS)), *seen())
        columns = [*pages.sorted_by(order_by, VERSIONS, _SORTED), *(_BY_NAME if order_by else _NEWEST_FIRST)]
        question = pages.mark(filter, list(order_by))
        with self._database.read() as connection:
            rows, token, total = pages.page(connection, query, columns, question, limit, page_token)
            return Page(registry_rows.loaded_versions(connection, rows), token, total)

    def latest_version(self, name: str) -> ModelVersion:
        with self._database.read() as connection:
            model = registry_rows.model(connection, name)
            query = registry_rows.version_query().where(_versions.model == model.id)
            row = connection.execute(query.order_by(_versions.version.desc()).limit(1)).first()
            if row is None:
                raise NotFound("model version", f"{name}/latest", "the model has no version yet")
            return registry_rows.loaded_versions(connection, [row])[0]

    def latest_versions(self, name: str, stages: Sequence[str] | None = None) -> Sequence[ModelVersion]:
        wanted = {check_stage(stage) for stage in stages or ()}
        with self._database.read() as connection:
            model = registry_rows.model(connection, name)
            found = registry_rows.newest_per_stage(connection, model.id)
        return [one for one in found if not wanted or one.current_stage in wanted]

    def update_version(self, name: str, version: str, description: str) -> ModelVersion:
        with self._database.write() as connection:
            row = self._version_to_change(connection, name, version)
            registry_rows.change_version(connection, row, now_ms(), description=description)
            if description != row.description:
                change = {"old": row.description, "new": description}
                registry_audit.record(connection, audit.DESCRIBE_VERSION, name, row.version, **change)
        return self.get_version(name, version)

    def transition(self, name: str, version: str, stage: str, archive_existing: bool = False) -> ModelVersion:
        stage = check_stage(stage)
        if archive_existing and stage not in _EXCLUSIVE_STAGES:
            raise InvalidValue(
                f"stage {stage} cannot archive the versions in it: do so for {' or '.join(_EXCLUSIVE_STAGES)} only"
            )
        self._promote(Change(name, audit.TRANSITION, version, stage, archive_existing))
        return self.get_version(name, version)

    def _move(self, connection: Connection, change: Change) -> None:
        """To a stage that was checked."""
        name, stage = change.name, change.subject
        row, now = self._version_to_change(connection, name, str(change.version)), now_ms()
        if change.archive:
            there = (_versions.model == row.model, _versions.version != row.version, _versions.stage == stage)
            older = update(schema.model_versions).where(*there).values(stage="Archived", update_ms=now)
            for number in sorted(connection.execute(older.returning(_versions.version)).scalars()):
                registry_audit.record(connection, audit.ARCHIVE, name, number, old=stage, new="Archived")
        registry_rows.change_version(connection, row, now, stage=stage)
        if stage != row.stage:
            registry_audit.record(connection, audit.TRANSITION, name, row.version, old=row.stage, new=stage)

    def delete_version(self, name: str, version: str) -> None:
        self._promote(Change(name, audit.DELETE_VERSION, version))

    def _delete_version(self, connection: Connection, name: str, version: str) -> None:
        row = self._version_to_change(connection, name, version)
        for alias, number in registry_rows.aliases_of(connection, row.model, row.version):
            registry_audit.record(connection, audit.ALIAS, name, subject=alias, old=str(number))
        one = (_versions.model == row.model, _versions.version == row.version)
        connection.execute(delete(schema.model_versions).where(*one))
        registry_rows.change_model(connection, row.model, now_ms())
        registry_audit.record(connection, audit.DELETE_VERSION, name, row.version, old=row.source)

    def copy_version(self, name: str, version: str, to_name: str) -> ModelVersion:
        found = self.get_version(name, version)
        return self.create_version(
            to_name,
            f"models:/{found.name}/{found.version}",
            found.run_id,
            found.description,
            found.tags,
            run_link=found.run_link,
            model_id=found.model_id,
            user_id=found.user_id,
            location=found.location,
        )

    def set_version_tag(self, name: str, version: str, key: str, value: str) -> None:
        (tag,) = registry_rows.tag_rows({key: value})
        with self._database.write() as connection:
            row = self._version_to_change(connection, name, version)
            here = (_tags.model == row.model, _tags.version == row.version, _tags.key == key)
            old = connection.execute(select(_tags.value).where(*here)).scalar()
            add = self._database.dialect.insert(schema.version_tags)
            replaced = add.on_conflict_do_update(
                index_elements=["model", "version", "key"], set_={"value": add.excluded.value}
            )
            connection.execute(replaced, {"model": row.model, "version": row.version, **tag})
            registry_rows.change_version(connection, row, now_ms())
            if old != tag["value"]:
                registry_audit.record(connection, audit.TAG_VERSION, name, row.version, key, old=old, new=tag["value"])

    def delete_version_tag(self, name: str, version: str, key: str) -> None:
        with self._database.write() as connection:
            row = self._version_to_change(connection, name, version)
            one = (_tags.model == row.model, _tags.version == row.version, _tags.key == key)
            old = connection.execute(delete(schema.version_tags).where(*one).returning(_tags.value)).scalar()
            registry_rows.change_version(connection, row, now_ms())
            if old is not None:
                registry_audit.record(connection, audit.TAG_VERSION, name, row.version, key, old=old)

    def _version_to_change(self, connection: Connection, name: str, version: str) -> Any:
        """The version's row, its model locked.  Raises `NotFound`."""
        return registry_rows.version(connection, name, version, self._database.dialect)


def _counted(connection: Connection, name: str, version: int | None, now: int) -> dict[str, int]:
    """The place of the next version, or of the one with this number; the count is raised at once."""
    if version is not None and version > MAX_VERSION:
        raise InvalidValue(f"version {version} is beyond {MAX_VERSION}, which leaves no number to the next ones")
    number = _models.last_version + 1 if version is None else version
    counted = (
        update(schema.registered_models)
        .where(_models.name == name, _models.last_version < number)
        .values(last_version=number, update_ms=now)
        .returning(_models.id, _models.last_version)
    )
    row = connection.execute(counted).first()
    if row is None:
        registry_rows.model(connection, name)
        raise AlreadyExists("model version", f"{name} v{version}", "give a number above the greatest used so far")
    return {"model": row.id, "version": row.last_version}


def _has_tag(key: str, test: Callable[[ColumnElement[str]], ColumnElement[bool]]) -> ColumnElement[bool]:
    query = select(1).where(
        _tags.model == _versions.model, _tags.version == _versions.version, _tags.key == key, test(_tags.value)
    )
    return exists(query.correlate(schema.model_versions))
