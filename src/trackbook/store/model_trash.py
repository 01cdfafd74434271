"""Deleted logged models, until they are deleted for good: files first, rows after them, as runs go (`trash`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, func, or_, select

from trackbook.core.clock import now_ms
from trackbook.core.trash import TrashedModel
from trackbook.store import schema
from trackbook.store.engine import Database
from trackbook.store.logged_model_files import SqlModelFiles

if TYPE_CHECKING:
    from sqlalchemy.sql.elements import ColumnElement

_models, _versions = schema.logged_models.c, schema.model_versions.c
_files = schema.logged_model_files.c
_registered = exists(
    select(1).where(
        or_(_versions.model_id == _models.model_id, _versions.location.like("models:/" + _models.model_id + "%"))
    )
)


class SqlModelTrash:
    def __init__(self, database: Database, files: SqlModelFiles) -> None:
        self._database, self._model_files = database, files

    def contents(self, older_than_ms: int | None = None) -> Sequence[TrashedModel]:
        """All deleted models, or those deleted at least so many ms ago, longest deleted first."""
        deleted = _models.deleted_ms
        in_trash = deleted.is_not(None) if older_than_ms is None else deleted <= now_ms() - older_than_ms
        return self._found(in_trash)

    def empty(self, model_ids: Sequence[str], *, force: bool = False) -> int:
        """Delete these for good, with every row and file of them: bytes given back.

        One that is not in the trash stays, and unless `force` one that a registered version was made of.
        """
        going = [
            one
            for one in self._found(_models.model_id.in_(list(model_ids)), _models.deleted_ms.is_not(None))
            if force or not one.kept_for
        ]
        freed = 0
        table = schema.logged_models
        for one in going:
            freed += self._model_files.delete(one.model_id)
            with self._database.write() as connection:
                gone = delete(table).where(table.c.model_id == one.model_id, table.c.deleted_ms.is_not(None))
                connection.execute(gone)
                connection.execute(delete(schema.run_models).where(schema.run_models.c.model_id == one.model_id))
        return freed

    def _found(self, *which: ColumnElement[bool]) -> list[TrashedModel]:
        held = (
            select(_files.model, func.count().label("files"), func.sum(_files.size).label("size_bytes"))
            .group_by(_files.model)
            .subquery()
        )
        columns: Sequence[Any] = (
            _models.model_id,
            _models.name,
            _models.deleted_ms,
            func.coalesce(held.c.files, 0),
            func.coalesce(held.c.size_bytes, 0),
            _registered.label("registered"),
        )
        query = select(*columns).select_from(schema.logged_models.outerjoin(held, held.c.model == _models.id))
        with self._database.read() as connection:
            rows = connection.execute(query.where(*which).order_by(_models.deleted_ms, _models.id)).all()
        why = "a registered version was made of it: delete that first"
        return [
            TrashedModel(model_id, name, deleted_ms, int(files), int(size), why if registered else "")
            for model_id, name, deleted_ms, files, size, registered in rows
        ]
