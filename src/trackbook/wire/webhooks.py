"""Webhooks on the wire, as MLflow's client sends and reads them.  A secret comes in and never goes out.

An event is two enumerations there, `MODEL_VERSION` and `CREATED`, and one word here: `model_version.created`.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from trackbook.core import webhooks
from trackbook.core.webhooks import Status
from trackbook.wire.messages import Message, Text

MOST_WEBHOOKS = 1000


class Event(Message):
    entity: Text
    action: Text


class Webhook(Message):
    webhook_id: str
    name: str
    url: str
    events: list[Event]
    status: Status
    creation_timestamp: int
    last_updated_timestamp: int
    description: str = ""


class Create(Message):
    name: Text
    url: Text
    events: list[Event]
    description: str = ""
    secret: str = ""
    status: Status = Status.ACTIVE


class List(Message):
    max_results: Annotated[int, Meta(ge=0, le=MOST_WEBHOOKS)] = 100
    """0: what is asked for where nothing is."""
    page_token: str = ""


class One(Message):
    webhook_id: Text


class Update(Message):
    """A description and a secret may become empty; of all others nothing, or an empty one, means as it is."""

    webhook_id: Text
    name: str = ""
    url: str = ""
    events: list[Event] = []
    description: str | UnsetType = UNSET
    secret: str | UnsetType = UNSET
    status: Status | UnsetType = UNSET


class Test(Message):
    webhook_id: Text
    event: Event | None = None


class Found(Message):
    webhook: Webhook


class Page(Message):
    webhooks: list[Webhook] = []
    next_page_token: str = ""


class Result(Message):
    success: bool
    response_status: int = 0
    response_body: str = ""
    error_message: str = ""


class Tested(Message):
    result: Result


def event(one: Event) -> str:
    return f"{one.entity}.{one.action}".lower()


def webhook(one: webhooks.Webhook) -> Webhook:
    parts = [name.upper().partition(".") for name in one.events]
    return Webhook(
        webhook_id=one.webhook_id,
        name=one.name,
        url=one.url,
        events=[Event(entity=entity, action=action) for entity, _, action in parts],
        status=one.status,
        creation_timestamp=one.creation_time,
        last_updated_timestamp=one.update_time,
        description=one.description,
    )
