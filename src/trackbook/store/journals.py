"""How far each journal has been taken in: its cursor, written in the transaction that takes it in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, select

from trackbook.core.clock import now_ms
from trackbook.errors import InvalidState
from trackbook.store import schema
from trackbook.store.dialect import write_many

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_OF_USER = 10_000
"""Journals of a user of a server: one for each process that writes, until all of it is taken in."""
FORGOTTEN_AFTER_MS = 90 * 86_400_000
_COLUMNS = ("journal_id", "cursor", "update_ms")
_journals = schema.journals.c
_KEPT = select(_journals.cursor).where(_journals.journal_id == bindparam("journal_id"))


def cursor_of(connection: Connection, journal_id: str) -> str | None:
    return connection.execute(_KEPT, {"journal_id": journal_id}).scalar_one_or_none()


def keep_cursor(connection: Connection, journal_id: str, cursor: str) -> None:
    write_many(connection, schema.journals, _COLUMNS, [(journal_id, cursor, now_ms())], keys=("journal_id",))


def check_room(connection: Connection, journal_id: str) -> None:
    """For another journal of the user whom a server names before a slash.  Raises `InvalidState`.

    Those of processes that died long ago make room: a journal without a cursor is applied from its beginning.
    """
    user, slash, _ = journal_id.partition("/")
    if not slash:
        return
    own = (_journals.journal_id > f"{user}/", _journals.journal_id < f"{user}0")  # 0 comes after the slash
    if connection.execute(select(func.count()).where(*own)).scalar_one() < MOST_OF_USER:
        return
    is_old = _journals.update_ms < now_ms() - FORGOTTEN_AFTER_MS
    if not connection.execute(delete(schema.journals).where(*own, is_old)).rowcount:
        raise InvalidState(
            f"a user has at most {MOST_OF_USER} journals that are not taken in whole: end the processes that write "
            "them, or recover what dead ones left"
        )
