"""Size and digest of each artifact that was taken in, by its owner, a run or a logged model, and its path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, or_, select, true

from trackbook.store import schema
from trackbook.store.dialect import Dialect
from trackbook.store.files.content import Content

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table
    from sqlalchemy.sql.elements import ColumnElement

_AT_ONCE = 500
"""Paths in one statement; databases bound the number of parameters."""


class Manifest:
    """What is written down in one table, whose first column names the owner.  Statements are built once."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._owner, self._path = table.columns[0], table.c.path
        self._columns = select(self._path, table.c.size, table.c.digest)
        paths = self._path.in_(bindparam("paths", expanding=True))
        self._of_paths = self._columns.where(self._owner == bindparam("owner")).where(paths)
        self._gone = delete(table).where(self._owner == bindparam("of_owner"), self._path == bindparam("name"))
        self._kept: dict[Dialect, Any] = {}

    def contents(self, connection: Connection, owner: int, paths: Sequence[str]) -> dict[str, Content]:
        """Of these paths, those that are known."""
        found: dict[str, Content] = {}
        for first in range(0, len(paths), _AT_ONCE):
            rows = connection.execute(self._of_paths, {"owner": owner, "paths": paths[first : first + _AT_ONCE]})
            found.update((path, Content(size, digest)) for path, size, digest in rows)
        return found

    def contents_below(self, connection: Connection, owner: int, path: str) -> dict[str, Content]:
        """Of a file, or of all files in a folder."""
        rows = connection.execute(self._columns.where(self._owner == owner, self._below(path)))
        return {name: Content(size, digest) for name, size, digest in rows}

    def note(self, connection: Connection, dialect: Dialect, owner: int, files: Mapping[str, Content]) -> None:
        rows = [
            {self._owner.name: owner, "path": path, "size": one.size, "digest": one.digest}
            for path, one in files.items()
        ]
        if rows:
            connection.execute(self._keeping(dialect), rows)

    def forget(self, connection: Connection, owner: int, paths: Iterable[str]) -> None:
        rows = [{"of_owner": owner, "name": path} for path in paths]
        if rows:
            connection.execute(self._gone, rows)

    def forget_below(self, connection: Connection, owner: int, path: str) -> None:
        connection.execute(delete(self._table).where(self._owner == owner, self._below(path)))

    def _keeping(self, dialect: Dialect) -> Any:
        if dialect not in self._kept:
            insert = dialect.insert(self._table)
            new = {"size": insert.excluded.size, "digest": insert.excluded.digest}
            self._kept[dialect] = insert.on_conflict_do_update(index_elements=[self._owner.name, "path"], set_=new)
        return self._kept[dialect]

    def _below(self, path: str) -> ColumnElement[bool]:
        """A range instead of LIKE, which SQLite compares without regard to case; "0" comes after "/"."""
        if not path:
            return true()
        return or_(self._path == path, and_(self._path > f"{path}/", self._path < f"{path}0"))


OF_RUNS, OF_MODELS = Manifest(schema.artifacts), Manifest(schema.logged_model_files)
