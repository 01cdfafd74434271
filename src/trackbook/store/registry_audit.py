"""The registry's audit trail: each change of it in the same transaction, never changed again (triggers see to it).

Whoever changes a model has locked its row, so that entries of one model are in the order in which they were committed,
and nobody comes between the look at the newest entry and the change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, insert, or_, select

from trackbook.core import access
from trackbook.core.acting import act
from trackbook.core.audit import RENAME_MODEL
from trackbook.core.clock import now_ms
from trackbook.core.entities import AuditEntry, Page
from trackbook.errors import ChangedMeanwhile, InvalidValue, shown
from trackbook.store import pages, schema, webhook_outbox
from trackbook.store.engine import Database

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.sql.elements import ColumnElement

_audit = schema.registry_audit.c
MAX_LIMIT = 1000


class AuditTrail:
    _database: Database

    def audit(self, name: str | None = None, limit: int = 100, page_token: str | None = None) -> Page[AuditEntry]:
        pages.check_limit(limit, MAX_LIMIT)
        query = select(schema.registry_audit).order_by(_audit.id.desc()).limit(limit + 1)
        if page_token is not None:
            query = query.where(_audit.id < number_of(page_token))
        names = access.sight().models
        if name is not None and names is not None and name not in names:
            return Page([])
        with self._database.read() as connection:
            if name is not None:
                query = query.where(_of(connection, name))
            elif names is not None:
                query = query.where(_audit.name.in_(sorted(names)))
            found = [_entry(row) for row in connection.execute(query)]
        more = len(found) > limit
        return Page(found[:limit], str(found[limit - 1].id) if more else None)


def record(
    connection: Connection,
    action: str,
    name: str,
    version: int | None = None,
    subject: str = "",
    *,
    old: str | None = None,
    new: str | None = None,
    is_told: bool = True,
) -> None:
    """Keep one change of a model whose row this transaction holds, by whoever acts.  Raises `ChangedMeanwhile`.

    It has just been made; webhooks are told of it unless it is part of another that they are told of.
    """
    done = act()
    if done.seen is not None:
        _check_seen(connection, name, done.seen)
    values = {
        "time_ms": now_ms(),
        "name": name,
        "action": action,
        "version": version,
        "subject": subject,
        "old": old,
        "new": new,
        "user_id": done.actor.user,
        "client": done.actor.client,
        "place": done.actor.place,
        "reason": done.actor.reason,
    }
    made = connection.execute(insert(schema.registry_audit).values(**values).returning(_audit.id)).scalar_one()
    if done.seen is not None:
        done.seen = made
    if is_told:
        webhook_outbox.told(connection, action, name, version, subject, new)


def _check_seen(connection: Connection, name: str, seen: int) -> None:
    newest = select(_audit.user_id, _audit.id).where(_of(connection, name)).order_by(_audit.id.desc()).limit(1)
    row = connection.execute(newest).first()
    if row is not None and row.id > seen:
        raise ChangedMeanwhile(name, row.user_id)


def _of(connection: Connection, name: str) -> ColumnElement[bool]:
    """The entries of a model under this name, and under those it had before."""
    spans: list[ColumnElement[bool]] = [_audit.name == name]
    bound: int | None = None
    while True:
        renamed = (_audit.action == RENAME_MODEL, _audit.new == name)
        query = select(_audit.id, _audit.name).where(*renamed, *([] if bound is None else [_audit.id < bound]))
        row = connection.execute(query.order_by(_audit.id.desc()).limit(1)).first()
        if row is None:
            return or_(*spans)
        bound, name = row.id, row.name
        spans.append(and_(_audit.name == name, _audit.id <= bound))


def number_of(token: str) -> int:
    if not token.isascii() or not token.isdecimal() or len(token) > 18:
        raise InvalidValue(f"page token {shown(token)} is none of this listing: begin without one")
    return int(token)


def _entry(row: Any) -> AuditEntry:
    return AuditEntry(
        id=row.id,
        timestamp=row.time_ms,
        name=row.name,
        action=row.action,
        version=None if row.version is None else str(row.version),
        subject=row.subject,
        old=row.old,
        new=row.new,
        user=row.user_id,
        client=row.client,
        place=row.place,
        reason=row.reason,
    )
