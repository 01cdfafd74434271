"""The port `Webhooks`: who is told, what waits, and who has it to deliver."""

from __future__ import annotations

import json
from typing import Any

import pytest

from trackbook.core.acting import Actor, acting
from trackbook.core.clock import now_ms
from trackbook.core.webhooks import EVENTS, Status, Webhook, Webhooks
from trackbook.errors import ApprovalNeeded, InvalidName, InvalidValue, NotFound

LATER = 10**14
URL = "https://example.com/hook"


@pytest.fixture
def hooks(store: Any) -> Webhooks:
    found: Webhooks = store.webhooks
    return found


def one(hooks: Webhooks, *events: str, **fields: Any) -> Webhook:
    return hooks.create(Webhook("", fields.pop("name", "ci"), URL, events or EVENTS, **fields))


def waiting(hooks: Webhooks) -> list[tuple[str, dict[str, Any]]]:
    """What is to be delivered, in order, and then no more."""
    found = []
    while deliveries := hooks.due(now_ms() + 1, LATER, 10):
        for delivery in deliveries:
            body = json.loads(delivery.body)
            found.append((f"{body['entity']}.{body['action']}", body["data"]))
            hooks.delivered(delivery)
    return found


def test_a_webhook_is_made_found_changed_and_deleted(hooks: Webhooks) -> None:
    made = one(hooks, "model_version.created", secret="sealed", description="why")
    assert hooks.get(made.webhook_id) == made
    assert "sealed" not in repr(made)
    changed = hooks.update(made.webhook_id, {"status": Status.DISABLED, "events": ["prompt.created"]})
    assert (changed.status, changed.events, changed.secret) == (Status.DISABLED, ("prompt.created",), "sealed")
    other = one(hooks, name="other")
    first = hooks.list(1)
    assert [hook.webhook_id for hook in first] == [other.webhook_id]
    assert [hook.webhook_id for hook in hooks.list(1, first.next_page_token)] == [made.webhook_id]
    hooks.delete(made.webhook_id)
    with pytest.raises(NotFound):
        hooks.get(made.webhook_id)


def test_what_a_webhook_cannot_be(hooks: Webhooks) -> None:
    with pytest.raises(InvalidName):
        one(hooks, name="-ci")
    with pytest.raises(InvalidValue, match="unknown"):
        one(hooks, "model_version.deleted")
    with pytest.raises(InvalidValue, match="at most 500"):
        hooks.create(Webhook("", "ci", URL + "x" * 500, EVENTS))
    assert list(hooks.list()) == []


def test_each_change_of_a_model_is_told_once(store: Any, hooks: Webhooks) -> None:
    one(hooks)
    registry = store.registry
    registry.create_model("churn", "who leaves", {"team": "a"})
    registry.create_version("churn", "runs:/r/m", "r", "first", {"k": "x"})
    registry.set_version_tag("churn", "1", "k", "y")
    registry.set_version_tag("churn", "1", "k", "y")  # changes nothing
    registry.delete_version_tag("churn", "1", "k")
    registry.set_alias("churn", "champion", "1")
    registry.copy_version("churn", "1", "churn")
    registry.transition("churn", "1", "Production")  # MLflow has no event for it
    registry.delete_version("churn", "1")
    version = {"name": "churn", "version": "1"}
    assert waiting(hooks) == [
        ("registered_model.created", {"name": "churn", "tags": {"team": "a"}, "description": "who leaves"}),
        (
            "model_version.created",
            {**version, "source": "runs:/r/m", "run_id": "r", "tags": {"k": "x"}, "description": "first"},
        ),
        ("model_version_tag.set", {**version, "key": "k", "value": "y"}),
        ("model_version_tag.deleted", {**version, "key": "k"}),
        ("model_version_alias.created", {"name": "churn", "alias": "champion", "version": "1"}),
        (
            "model_version.created",
            {
                "name": "churn",
                "version": "2",
                "source": "models:/churn/1",
                "run_id": "r",
                "tags": {},
                "description": "first",
            },
        ),
        ("model_version_alias.deleted", {"name": "churn", "alias": "champion"}),
    ]


def test_a_prompt_has_events_of_its_own(store: Any, hooks: Webhooks) -> None:
    one(hooks)
    registry = store.registry
    registry.create_model("hello", tags={"mlflow.prompt.is_prompt": "true", "team": "a"})
    text = {"mlflow.prompt.is_prompt": "true", "mlflow.prompt.text": "Hi {{name}}"}
    registry.create_version("hello", "prompt-template", tags=text)
    registry.set_model_tag("hello", "k", "v")
    registry.set_alias("hello", "live", "1")
    assert waiting(hooks) == [
        ("prompt.created", {"name": "hello", "tags": {"team": "a"}, "description": ""}),
        (
            "prompt_version.created",
            {"name": "hello", "version": "1", "template": "Hi {{name}}", "tags": {}, "description": None},
        ),
        ("prompt_tag.set", {"name": "hello", "key": "k", "value": "v"}),
        ("prompt_alias.created", {"name": "hello", "alias": "live", "version": "1"}),
    ]


def test_only_active_webhooks_that_want_it_are_told(store: Any, hooks: Webhooks) -> None:
    one(hooks, "model_version.created")
    one(hooks, status=Status.DISABLED)
    store.registry.create_model("churn")
    assert waiting(hooks) == []


def test_a_delivery_is_one_processes_alone_and_comes_again_when_that_died(store: Any, hooks: Webhooks) -> None:
    one(hooks)
    store.registry.create_model("churn")
    now = now_ms() + 1
    (mine,) = hooks.due(now, now + 1000, 10)
    assert (mine.attempts, hooks.due(now, now + 1000, 10)) == (1, [])
    (again,) = hooks.due(now + 1000, LATER, 10)
    assert (again.attempts, again.delivery_id) == (2, mine.delivery_id)
    hooks.failed(again, now + 5000)
    assert hooks.due(now + 4999, LATER, 10) == []
    (last,) = hooks.due(now + 5000, LATER, 10)
    assert last.attempts == 3
    hooks.failed(last, None)
    assert hooks.due(LATER, LATER, 10) == []


def test_a_change_that_does_not_happen_is_not_told(store: Any, hooks: Webhooks) -> None:
    one(hooks)
    store.registry.create_model("churn")
    with pytest.raises(NotFound):
        store.registry.set_alias("churn", "champion", "7")
    assert [event for event, _ in waiting(hooks)] == ["registered_model.created"]


def test_a_change_that_waits_for_approval_is_told_once_it_is_approved(store: Any, hooks: Webhooks) -> None:
    one(hooks, "model_version_alias.created")
    store.registry.create_model("churn")
    store.registry.create_version("churn", "s3://models/churn")
    store.registry.protect_model("churn", ["ann"])
    with acting(Actor("bob")), pytest.raises(ApprovalNeeded) as asked:
        store.registry.set_alias("churn", "champion", "1")
    assert waiting(hooks) == []
    with acting(Actor("ann")):
        store.registry.approve_request(asked.value.request_id)
    assert [data["alias"] for _, data in waiting(hooks)] == ["champion"]
