"""What webhooks are to be told of a change of the registry, kept with the change in its transaction.

Every change passes `registry_audit.record`, which calls `told`.  Events have MLflow's names and data; a registered
model that is tagged as a prompt has events of its own.
"""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from trackbook.core import audit
from trackbook.core.clock import now_ms
from trackbook.core.webhooks import Status
from trackbook.store import registry_rows, schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

_hooks, _events = schema.webhooks.c, schema.webhook_events.c
PROMPT_TAG, PROMPT_TYPE_TAG, PROMPT_TEXT_TAG = "mlflow.prompt.is_prompt", "_mlflow_prompt_type", "mlflow.prompt.text"
_OF_MODEL = {
    audit.CREATE_MODEL: "registered_model.created",
    audit.CREATE_VERSION: "model_version.created",
    audit.COPY_VERSION: "model_version.created",
    audit.TAG_VERSION: "model_version_tag",
    audit.ALIAS: "model_version_alias",
}
_OF_PROMPT = {
    audit.CREATE_MODEL: "prompt.created",
    audit.CREATE_VERSION: "prompt_version.created",
    audit.COPY_VERSION: "prompt_version.created",
    audit.TAG_MODEL: "prompt_tag",
    audit.TAG_VERSION: "prompt_version_tag",
    audit.ALIAS: "prompt_alias",
}
_SET = {audit.ALIAS: "created"}
"""What MLflow calls setting; it says `set` of tags."""


def told(connection: Connection, action: str, name: str, version: int | None, subject: str, new: str | None) -> None:
    """Keep a delivery for each active webhook that wants to hear of this change, which has just been made."""
    if action not in _OF_PROMPT or connection.execute(select(_hooks.id).limit(1)).first() is None:
        return
    tags = _model_tags(connection, name)
    is_prompt = tags.get(PROMPT_TAG, "").lower() == "true"
    event = (_OF_PROMPT if is_prompt else _OF_MODEL).get(action)
    if event is None:
        return
    if "." not in event:
        event = f"{event}.{'deleted' if new is None else _SET.get(action, 'set')}"
    wanting = select(_hooks.id).join_from(schema.webhooks, schema.webhook_events)
    hooks = connection.execute(wanting.where(_events.event == event, _hooks.status == Status.ACTIVE)).scalars().all()
    if not hooks:
        return
    data = _data(connection, event, name, version, subject, new)
    entity, _, done = event.partition(".")
    body = {"entity": entity, "action": done, "timestamp": datetime.now(UTC).isoformat(), "data": data}
    row = {"body": json.dumps(body), "attempts": 0, "due_ms": now_ms()}
    connection.execute(
        insert(schema.webhook_deliveries),
        [{"webhook": hook, "delivery_id": str(uuid.uuid4()), **row} for hook in hooks],
    )


def _data(
    connection: Connection, event: str, name: str, version: int | None, subject: str, new: str | None
) -> Mapping[str, Any]:
    number = {} if version is None else {"version": str(version)}
    if event in ("registered_model.created", "prompt.created"):
        tags = _model_tags(connection, name)
        return {"name": name, "tags": _own(tags, event), "description": new or ""}
    if event in ("model_version.created", "prompt_version.created"):
        found = registry_rows.one_version(connection, name, str(version))
        rest: dict[str, Any] = {"source": found.source, "run_id": found.run_id}
        if event == "prompt_version.created":
            rest = {"template": found.tags.get(PROMPT_TEXT_TAG)}
        described = {"tags": _own(found.tags, event), "description": found.description or None}
        return {"name": name, **number, **rest, **described}
    if "_alias." in event:
        return {"name": name, "alias": subject, **({} if new is None else {"version": new})}
    return {"name": name, **number, "key": subject, **({} if new is None else {"value": new})}


def _own(tags: Mapping[str, str], event: str) -> dict[str, str]:
    """Without what makes a prompt of it."""
    hidden = (PROMPT_TAG, PROMPT_TYPE_TAG, PROMPT_TEXT_TAG) if event.startswith("prompt") else ()
    return {key: value for key, value in tags.items() if key not in hidden}


def _model_tags(connection: Connection, name: str) -> dict[str, str]:
    table, models = schema.model_tags.c, schema.registered_models.c
    query = select(table.key, table.value).join_from(schema.model_tags, schema.registered_models)
    return {str(row.key): str(row.value) for row in connection.execute(query.where(models.name == name))}
