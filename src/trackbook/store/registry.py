"""The registry: registered models, their versions, and the aliases that name one version each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, select

from trackbook.core import audit
from trackbook.core.approvals import Change
from trackbook.core.clock import now_ms
from trackbook.core.entities import ModelVersion
from trackbook.core.names import check_alias
from trackbook.core.ports import Registry
from trackbook.store import registry_audit, registry_rows, schema
from trackbook.store.engine import Database
from trackbook.store.model_versions import ModelVersions
from trackbook.store.registered_models import RegisteredModels
from trackbook.store.registry_audit import AuditTrail

if TYPE_CHECKING:
    from sqlalchemy import Connection

_versions, _aliases = schema.model_versions.c, schema.model_aliases.c


class SqlRegistry(RegisteredModels, ModelVersions, AuditTrail):
    def __init__(self, database: Database) -> None:
        self._database = database

    def set_alias(self, name: str, alias: str, version: str) -> None:
        check_alias(alias)
        self._promote(Change(name, audit.ALIAS, version, alias))

    def delete_alias(self, name: str, alias: str) -> None:
        self._promote(Change(name, audit.ALIAS, subject=alias))

    def _do(self, connection: Connection, change: Change) -> None:
        match change.action:
            case audit.ALIAS if change.version is not None:
                self._name(connection, change.name, change.subject, change.version)
            case audit.ALIAS:
                self._unname(connection, change.name, change.subject)
            case audit.TRANSITION:
                self._move(connection, change)
            case audit.DELETE_VERSION:
                self._delete_version(connection, change.name, str(change.version))
            case audit.RENAME_MODEL:
                self._rename(connection, change.name, change.subject)
            case audit.DELETE_MODEL:
                self._delete(connection, change.name)

    def _name(self, connection: Connection, name: str, alias: str, version: str) -> None:
        row = registry_rows.version(connection, name, version, self._database.dialect)
        here = (_aliases.model == row.model, _aliases.alias == alias)
        old = connection.execute(select(_aliases.version).where(*here)).scalar()
        insert_alias = self._database.dialect.insert(schema.model_aliases)
        moved = insert_alias.on_conflict_do_update(
            index_elements=["model", "alias"], set_={"version": insert_alias.excluded.version}
        )
        connection.execute(moved, {"model": row.model, "alias": alias, "version": row.version})
        registry_rows.change_model(connection, row.model, now_ms())
        if old != row.version:
            before = None if old is None else str(old)
            registry_audit.record(connection, audit.ALIAS, name, subject=alias, old=before, new=str(row.version))

    def _unname(self, connection: Connection, name: str, alias: str) -> None:
        model = registry_rows.model(connection, name, self._database.dialect)
        gone = delete(schema.model_aliases).where(_aliases.model == model.id, _aliases.alias == alias)
        old = connection.execute(gone.returning(_aliases.version)).scalar()
        registry_rows.change_model(connection, model.id, now_ms())
        if old is not None:
            registry_audit.record(connection, audit.ALIAS, name, subject=alias, old=str(old))

    def get_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        with self._database.read() as connection:
            model = registry_rows.model(connection, name)
            named = and_(
                _aliases.model == _versions.model, _aliases.version == _versions.version, _aliases.alias == alias
            )
            query = registry_rows.version_query().join(schema.model_aliases, named)
            row = connection.execute(query.where(_versions.model == model.id)).first()
            if row is None:
                raise registry_rows.no_alias(connection, model, alias)
            return registry_rows.loaded_versions(connection, [row])[0]


def _fits(registry: SqlRegistry) -> Registry:
    return registry
