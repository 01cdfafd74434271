"""Webhooks: who is told of the registry's changes."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import UNSET

from trackbook.core import webhooks
from trackbook.core.webhooks import EXAMPLES, Webhook
from trackbook.server.backend import Backend
from trackbook.server.webhooks.sealing import sealed
from trackbook.wire import webhooks as wire
from trackbook.wire.messages import Nothing


def create(backend: Backend, asked: wire.Create) -> wire.Found:
    made = Webhook(
        "",
        asked.name,
        backend.sender.check(asked.url),
        [wire.event(one) for one in asked.events],
        asked.description,
        asked.status,
        secret=_sealed(backend, asked.secret),
    )
    return wire.Found(webhook=wire.webhook(backend.store.webhooks.create(made)))


def get(backend: Backend, asked: wire.One) -> wire.Found:
    return wire.Found(webhook=wire.webhook(backend.store.webhooks.get(asked.webhook_id)))


def listed(backend: Backend, asked: wire.List) -> wire.Page:
    page = backend.store.webhooks.list(asked.max_results or 100, asked.page_token or None)
    return wire.Page(webhooks=list(map(wire.webhook, page)), next_page_token=page.next_page_token or "")


def update(backend: Backend, asked: wire.Update) -> wire.Found:
    backend.store.webhooks.get(asked.webhook_id)  # one that is not there is the first thing to say
    changes: dict[str, Any] = {}
    if asked.name:
        changes["name"] = asked.name
    if asked.url:
        changes["url"] = backend.sender.check(asked.url)
    if asked.events:
        changes["events"] = [wire.event(one) for one in asked.events]
    if asked.secret is not UNSET:
        changes["secret"] = _sealed(backend, str(asked.secret))
    changes |= {name: value for name in ("description", "status") if (value := getattr(asked, name)) is not UNSET}
    return wire.Found(webhook=wire.webhook(backend.store.webhooks.update(asked.webhook_id, changes)))


def delete(backend: Backend, asked: wire.One) -> Nothing:
    backend.store.webhooks.delete(asked.webhook_id)
    return Nothing()


def test(backend: Backend, asked: wire.Test) -> wire.Tested:
    """Sends an example once, at once, also where the webhook is disabled."""
    hook = backend.store.webhooks.get(asked.webhook_id)
    (event,) = webhooks.check_events([wire.event(asked.event) if asked.event is not None else hook.events[0]])
    entity, _, action = event.partition(".")
    body = {"entity": entity, "action": action, "timestamp": datetime.now(UTC).isoformat(), "data": EXAMPLES[event]}
    sent = backend.sender.send(hook, str(uuid.uuid4()), json.dumps(body))
    result = wire.Result(
        success=sent.arrived, response_status=sent.status, response_body=sent.body, error_message=sent.error
    )
    return wire.Tested(result=result)


def _sealed(backend: Backend, secret: str) -> str | None:
    """None for no secret: then nothing is signed."""
    webhooks.check_length("secret", secret, webhooks.MAX_SECRET)
    return sealed(secret, backend.sender.key) if secret else None


HANDLERS: Mapping[str, Callable[[Backend, Any], Any]] = {
    "create_webhook": create,
    "get_webhook": get,
    "list_webhooks": listed,
    "update_webhook": update,
    "delete_webhook": delete,
    "test_webhook": test,
}
