"""Webhooks: who is told over HTTP of changes of the model registry, in MLflow's words, and the port of those.

A change of the registry and what is to be told of it are kept in one transaction, whichever way the change came, so
that nothing is told that did not happen, and nothing that happened is forgotten with a process.  A server delivers:
`due` hands a delivery to one process for a while, `delivered` and `failed` say how it went.  A receiver may hear of a
change twice, with the same delivery id, where a server died between sending and noting.

MLflow has no event for stages, descriptions, renaming or deletion; a promotion is an alias that was set.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from trackbook.core.entities import Page
from trackbook.errors import InvalidName, InvalidValue, shown

_EXAMPLE_VERSION = {"name": "example_model", "version": "1"}
_EXAMPLE_PROMPT = {"name": "example_prompt", "version": "1"}
_TAG = {"key": "example_key", "value": "example_value"}
EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "registered_model.created": {
        "name": "example_model",
        "tags": {"example_key": "example_value"},
        "description": "An example registered model",
    },
    "model_version.created": {
        **_EXAMPLE_VERSION,
        "source": "models:/123",
        "run_id": "abcd1234abcd5678",
        "tags": {"example_key": "example_value"},
        "description": "An example model version",
    },
    "model_version_tag.set": {**_EXAMPLE_VERSION, **_TAG},
    "model_version_tag.deleted": {**_EXAMPLE_VERSION, "key": "example_key"},
    "model_version_alias.created": {"name": "example_model", "alias": "example_alias", "version": "1"},
    "model_version_alias.deleted": {"name": "example_model", "alias": "example_alias"},
    "prompt.created": {
        "name": "example_prompt",
        "tags": {"example_key": "example_value"},
        "description": "An example prompt",
    },
    "prompt_version.created": {
        **_EXAMPLE_PROMPT,
        "template": "Hello {{name}}!",
        "tags": {"example_key": "example_value"},
        "description": "An example prompt version",
    },
    "prompt_tag.set": {"name": "example_prompt", **_TAG},
    "prompt_tag.deleted": {"name": "example_prompt", "key": "example_key"},
    "prompt_version_tag.set": {**_EXAMPLE_PROMPT, **_TAG},
    "prompt_version_tag.deleted": {**_EXAMPLE_PROMPT, "key": "example_key"},
    "prompt_alias.created": {"name": "example_prompt", "alias": "example_alias", "version": "1"},
    "prompt_alias.deleted": {"name": "example_prompt", "alias": "example_alias"},
}
"""Each event, `<entity>.<action>`, and the data that one has: what a test sends."""
EVENTS = tuple(EXAMPLES)
_NAME = re.compile(r"[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?", re.IGNORECASE)
MAX_URL, MAX_DESCRIPTION, MAX_SECRET = 500, 1000, 1000


class Status(StrEnum):
    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"


@dataclass(frozen=True, slots=True)
class Webhook:
    """Times are ms since the epoch."""

    webhook_id: str
    name: str
    url: str
    events: Sequence[str]
    description: str = ""
    status: Status = Status.ACTIVE
    creation_time: int = 0
    update_time: int = 0
    secret: str | None = field(default=None, repr=False)
    """Of the signature, as the server has sealed it; told to nobody."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One change for one webhook."""

    id: int
    delivery_id: str
    """Told to the receiver, the same in each attempt."""
    webhook: Webhook
    body: str
    """The payload, as JSON."""
    attempts: int
    """With this one."""


class Webhooks(Protocol):
    """Part of a store in SQL.  Raises `NotFound` for a webhook that is not there."""

    def create(self, webhook: Webhook) -> Webhook:
        """As given, with an id and times of its own.  Raises `InvalidName`, `InvalidValue`."""

    def get(self, webhook_id: str) -> Webhook: ...

    def list(self, limit: int = 100, page_token: str | None = None) -> Page[Webhook]:
        """Newest first."""

    def update(self, webhook_id: str, changes: Mapping[str, Any]) -> Webhook:
        """Fields of `Webhook` by name.  What waits goes to the new URL; nothing goes while it is disabled."""

    def delete(self, webhook_id: str) -> None:
        """With what waits to be delivered."""

    def due(self, now: int, until: int, limit: int) -> Sequence[Delivery]:
        """What is to be delivered at `now` (ms), at most one of each webhook; the caller's alone before `until`."""

    def delivered(self, delivery: Delivery) -> None: ...

    def failed(self, delivery: Delivery, again: int | None) -> None:
        """To be tried again at that time (ms); None gives it up."""


def check_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        rule = "1 to 63 letters, digits, '.', '_' and '-', the first and the last a letter or a digit"
        raise InvalidName("webhook", name, rule)
    return name


def check_events(events: Sequence[str]) -> Sequence[str]:
    """Sorted, each once.  Raises `InvalidValue` for none, or one that nothing here ever sends."""
    if not events:
        raise InvalidValue("a webhook needs an event: give at least one")
    for event in events:
        if event not in EXAMPLES:
            raise InvalidValue(f"webhook event {shown(event)} is unknown: use one of {', '.join(EVENTS)}")
    return sorted(set(events))


def check_length(what: str, text: str, most: int) -> str:
    if len(text) > most:
        raise InvalidValue(f"the {what} of a webhook has at most {most} characters, not {len(text)}")
    return text
