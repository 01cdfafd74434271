"""Size and digest of each artifact that was taken in, by run and path."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, or_, select, true

from trackbook.store import schema
from trackbook.store.dialect import Dialect
from trackbook.store.files.content import Content

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table
    from sqlalchemy.sql.elements import ColumnElement

_table = schema.artifacts.c
_AT_ONCE = 500
"""Paths in one statement; databases bound the number of parameters."""


_of_paths = (
    select(_table.path, _table.size, _table.digest)
    .where(_table.run == bindparam("run"))
    .where(_table.path.in_(bindparam("paths", expanding=True)))
)

_gone = delete(schema.artifacts).where(_table.run == bindparam("of_run"), _table.path == bindparam("name"))


def contents(connection: Connection, run: int, paths: Sequence[str]) -> dict[str, Content]:
    """Of these paths, those that are known."""
    found: dict[str, Content] = {}
    for first in range(0, len(paths), _AT_ONCE):
        rows = connection.execute(_of_paths, {"run": run, "paths": paths[first : first + _AT_ONCE]})
        found.update((path, Content(size, digest)) for path, size, digest in rows)
    return found


def contents_below(connection: Connection, run: int, path: str) -> dict[str, Content]:
    """Of a file, or of all files in a folder."""
    return _read(connection, and_(_table.run == run, _below(path)))


def note(connection: Connection, dialect: Dialect, run: int, files: Mapping[str, Content]) -> None:
    rows = [{"run": run, "path": path, "size": one.size, "digest": one.digest} for path, one in files.items()]
    if rows:
        connection.execute(_kept(dialect.insert), rows)


def forget(connection: Connection, run: int, paths: Iterable[str]) -> None:
    rows = [{"of_run": run, "name": path} for path in paths]
    if rows:
        connection.execute(_gone, rows)


def forget_below(connection: Connection, run: int, path: str) -> None:
    connection.execute(delete(schema.artifacts).where(_table.run == run, _below(path)))


@cache
def _kept(insert_into: Callable[[Table], Any]) -> Any:
    insert = insert_into(schema.artifacts)
    return insert.on_conflict_do_update(
        index_elements=["run", "path"], set_={"size": insert.excluded.size, "digest": insert.excluded.digest}
    )


def _read(connection: Connection, condition: ColumnElement[bool]) -> dict[str, Content]:
    rows = connection.execute(select(_table.path, _table.size, _table.digest).where(condition))
    return {path: Content(size, digest) for path, size, digest in rows}


def _below(path: str) -> ColumnElement[bool]:
    """A range instead of LIKE, which SQLite compares without regard to case; "0" comes after "/"."""
    if not path:
        return true()
    return or_(_table.path == path, and_(_table.path > f"{path}/", _table.path < f"{path}0"))
