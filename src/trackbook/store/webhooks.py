"""Webhooks in SQL, and what waits to be delivered to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from trackbook.core import webhooks
from trackbook.core.clock import new_id, now_ms
from trackbook.core.entities import Page
from trackbook.core.webhooks import Delivery, Status, Webhook, Webhooks
from trackbook.errors import NotFound
from trackbook.store import pages, schema
from trackbook.store.engine import Database
from trackbook.store.pages import SortColumn

if TYPE_CHECKING:
    from sqlalchemy import Connection

_hooks, _events, _waiting = schema.webhooks.c, schema.webhook_events.c, schema.webhook_deliveries.c
MAX_LIMIT = 1000


class SqlWebhooks:
    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, webhook: Webhook) -> Webhook:
        now = now_ms()
        made = replace(webhook, webhook_id=new_id(), creation_time=now, update_time=now)
        with self._database.write() as connection:
            values = {"webhook_id": made.webhook_id, "creation_ms": now, **_values(made)}
            number = connection.execute(insert(schema.webhooks).values(**values).returning(_hooks.id)).scalar_one()
            _subscribe(connection, number, made.events)
        return self.get(made.webhook_id)

    def get(self, webhook_id: str) -> Webhook:
        with self._database.read() as connection:
            return _loaded(connection, [_row(connection, webhook_id)])[0]

    def list(self, limit: int = 100, page_token: str | None = None) -> Page[Webhook]:
        pages.check_limit(limit, MAX_LIMIT)
        columns = [SortColumn(_hooks.creation_ms, True), SortColumn(_hooks.id, True)]
        with self._database.read() as connection:
            query = select(schema.webhooks)
            rows, token, total = pages.page(connection, query, columns, pages.mark("webhooks", []), limit, page_token)
            return Page(_loaded(connection, rows), token, total)

    def update(self, webhook_id: str, changes: Mapping[str, Any]) -> Webhook:
        with self._database.write() as connection:
            row = _row(connection, webhook_id)
            changed = replace(_loaded(connection, [row])[0], **changes, update_time=now_ms())
            connection.execute(update(schema.webhooks).where(_hooks.id == row.id).values(**_values(changed)))
            connection.execute(delete(schema.webhook_events).where(_events.webhook == row.id))
            _subscribe(connection, row.id, changed.events)
        return self.get(webhook_id)

    def delete(self, webhook_id: str) -> None:
        with self._database.write() as connection:
            row = _row(connection, webhook_id)
            connection.execute(delete(schema.webhooks).where(_hooks.id == row.id))

    def due(self, now: int, until: int, limit: int) -> Sequence[Delivery]:
        """Whoever moves the time of a row first has it: other processes look for rows with the time that they saw."""
        oldest = (
            select(func.min(_waiting.id))
            .join_from(schema.webhook_deliveries, schema.webhooks, _waiting.webhook == _hooks.id)
            .where(_waiting.due_ms <= now, _hooks.status == Status.ACTIVE)
            .group_by(_waiting.webhook)
            .limit(limit)
        )
        with self._database.read() as connection:
            seen = connection.execute(select(schema.webhook_deliveries).where(_waiting.id.in_(oldest))).all()
        if not seen:
            return []
        with self._database.write() as connection:
            mine = [row for row in seen if _claimed(connection, row, until)]
            hooks = select(schema.webhooks).where(_hooks.id.in_([row.webhook for row in mine]))
            rows = connection.execute(hooks).all()
            of = {row.id: hook for row, hook in zip(rows, _loaded(connection, rows), strict=True)}
        return [
            Delivery(row.id, row.delivery_id, of[row.webhook], row.body, row.attempts + 1)
            for row in mine
            if row.webhook in of
        ]

    def delivered(self, delivery: Delivery) -> None:
        self.failed(delivery, None)

    def failed(self, delivery: Delivery, again: int | None) -> None:
        here = _waiting.id == delivery.id
        with self._database.write() as connection:
            if again is None:
                connection.execute(delete(schema.webhook_deliveries).where(here))
            else:
                connection.execute(update(schema.webhook_deliveries).where(here).values(due_ms=again))


def _claimed(connection: Connection, row: Any, until: int) -> bool:
    mine = update(schema.webhook_deliveries).where(_waiting.id == row.id, _waiting.due_ms == row.due_ms)
    return connection.execute(mine.values(due_ms=until, attempts=row.attempts + 1)).rowcount == 1


def _row(connection: Connection, webhook_id: str) -> Any:
    row = connection.execute(select(schema.webhooks).where(_hooks.webhook_id == webhook_id)).first()
    if row is None:
        raise NotFound("webhook", webhook_id)
    return row


def _values(webhook: Webhook) -> dict[str, Any]:
    """Raises `InvalidName`, `InvalidValue`."""
    return {
        "name": webhooks.check_name(webhook.name),
        "description": webhooks.check_length("description", webhook.description, webhooks.MAX_DESCRIPTION),
        "url": webhooks.check_length("URL", webhook.url, webhooks.MAX_URL),
        "status": Status(webhook.status),
        "secret": webhook.secret,
        "update_ms": webhook.update_time,
    }


def _subscribe(connection: Connection, number: int, events: Sequence[str]) -> None:
    rows = [{"webhook": number, "event": event} for event in webhooks.check_events(events)]
    connection.execute(insert(schema.webhook_events), rows)


def _loaded(connection: Connection, rows: Sequence[Any]) -> list[Webhook]:
    events: dict[int, list[str]] = {}
    query = select(_events.webhook, _events.event).where(_events.webhook.in_([row.id for row in rows]))
    for number, event in connection.execute(query.order_by(_events.event)):
        events.setdefault(number, []).append(event)
    return [
        Webhook(
            webhook_id=row.webhook_id,
            name=row.name,
            url=row.url,
            events=tuple(events[row.id]),
            description=row.description,
            status=Status(row.status),
            creation_time=row.creation_ms,
            update_time=row.update_ms,
            secret=row.secret,
        )
        for row in rows
    ]


def _fits(hooks: SqlWebhooks) -> Webhooks:
    return hooks
