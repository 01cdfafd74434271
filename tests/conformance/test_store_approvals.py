"""The port `Registry`: protected models, and the requests of those who are no approvers."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from conformance_tools import start

from trackbook.core.acting import Actor, acting
from trackbook.core.approvals import Request, State
from trackbook.core.ports import Registry, Store
from trackbook.errors import AlreadyExists, ApprovalNeeded, InvalidState, InvalidValue, NotAllowed, NotFound

ANN, BOB = Actor("ann", reason="it is better"), Actor("bob", reason="my turn")


@pytest.fixture
def registry(store: Store) -> Registry:
    """The model `churn` with versions 1, the champion, and 2; ann approves its changes."""
    registry = store.registry
    registry.create_model("churn")
    for run in "ab":
        start(store, run)
        registry.create_version("churn", f"runs:/{run}/model", run)
    registry.set_alias("churn", "champion", "1")
    assert registry.protect_model("churn", ["ann"]).approvers == ("ann",)
    return registry


def asked(registry: Registry, change: Callable[[], object], who: Actor = BOB) -> int:
    """The id of the request that a change becomes."""
    with acting(who), pytest.raises(ApprovalNeeded) as caught:
        change()
    assert str(caught.value.request_id) in str(caught.value)
    assert "ann" in str(caught.value)
    return caught.value.request_id


def champion(registry: Registry) -> str:
    return registry.get_version_by_alias("churn", "champion").version


CHANGES: list[tuple[str, Callable[[Registry], object], Callable[[Registry], bool]]] = [
    ("alias champion to v2", lambda r: r.set_alias("churn", "champion", "2"), lambda r: champion(r) == "2"),
    (
        "alias champion to nothing",
        lambda r: r.delete_alias("churn", "champion"),
        lambda r: not r.get_model("churn").aliases,
    ),
    (
        "v2 to Production, others to Archived",
        lambda r: r.transition("churn", "2", "production", archive_existing=True),
        lambda r: r.get_version("churn", "2").current_stage == "Production",
    ),
    (
        "delete v1",
        lambda r: r.delete_version("churn", "1"),
        lambda r: [one.version for one in r.search_versions()] == ["2"],
    ),
    (
        "rename to leavers",
        lambda r: r.rename_model("churn", "leavers"),
        lambda r: [(one.name, one.approvers) for one in r.search_models()] == [("leavers", ("ann",))],
    ),
    ("delete the model", lambda r: r.delete_model("churn"), lambda r: len(r.search_models()) == 0),
]


@pytest.mark.parametrize("number", range(len(CHANGES)), ids=lambda n: CHANGES[n][0].replace(" ", "-"))
def test_a_change_waits_and_is_done_when_it_is_approved(registry: Registry, number: int) -> None:
    words, change, is_done = CHANGES[number]
    request_id = asked(registry, lambda: change(registry))
    assert not is_done(registry)
    (request,) = registry.requests("churn")
    assert (request.id, request.change.words, request.user, request.reason) == (request_id, words, "bob", "my turn")
    with acting(ANN):
        done = registry.approve_request(request_id)
    assert (done.state, done.decided_by, done.answer) == (State.APPROVED, "ann", "it is better")
    assert is_done(registry)
    assert list(registry.requests()) == []


@pytest.mark.parametrize("number", range(len(CHANGES)), ids=lambda n: CHANGES[n][0].replace(" ", "-"))
def test_an_approver_changes_at_once(registry: Registry, number: int) -> None:
    _, change, is_done = CHANGES[number]
    with acting(ANN):
        change(registry)
    assert is_done(registry)


def test_the_audit_trail_tells_it_all(registry: Registry) -> None:
    request_id = asked(registry, lambda: registry.set_alias("churn", "champion", "2"))
    with acting(ANN):
        registry.approve_request(request_id)
    alias, approved, requested, protected = registry.audit("churn").items[:4]
    assert (protected.action, protected.old, protected.new) == ("protect_model", None, "ann")
    assert (requested.action, requested.user, requested.subject) == ("request", "bob", f"request {request_id}")
    assert (requested.version, requested.new, requested.reason) == ("2", "alias champion to v2", "my turn")
    assert (approved.action, approved.user, approved.new) == ("approve", "ann", "alias champion to v2")
    assert approved.reason == "it is better"
    assert (alias.action, alias.user, alias.old, alias.new) == ("alias", "ann", "1", "2")
    assert alias.reason == f"request {request_id} of bob: my turn"


def test_a_refused_change_is_not_done_and_says_why(registry: Registry) -> None:
    request_id = asked(registry, lambda: registry.set_alias("churn", "champion", "2"))
    with acting(Actor("ann", reason="recall fell")):
        assert registry.refuse_request(request_id).answer == "recall fell"
    assert champion(registry) == "1"
    entry = registry.audit("churn")[0]
    assert (entry.action, entry.user, entry.old, entry.reason) == (
        "refuse",
        "ann",
        "alias champion to v2",
        "recall fell",
    )
    (request,) = registry.requests("churn", waiting=False)
    assert request.state == State.REFUSED
    with acting(ANN), pytest.raises(InvalidState, match="refused before by ann"):
        registry.approve_request(request_id)


def test_who_is_no_approver_decides_nothing_but_takes_back_the_own(registry: Registry) -> None:
    request_id = asked(registry, lambda: registry.set_alias("churn", "champion", "2"))
    for who in (BOB, Actor("eve"), Actor("")):
        with acting(who), pytest.raises(NotAllowed, match="ann"):
            registry.approve_request(request_id)
    with acting(Actor("eve")), pytest.raises(NotAllowed):
        registry.refuse_request(request_id)
    assert champion(registry) == "1"
    with acting(BOB):
        assert registry.refuse_request(request_id).decided_by == "bob"


def test_nobody_is_no_approver_and_nobodys_request_is_not_everybodys(registry: Registry) -> None:
    request_id = asked(registry, lambda: registry.set_alias("churn", "champion", "2"), Actor(""))
    with acting(Actor("")), pytest.raises(NotAllowed):
        registry.refuse_request(request_id)


def test_the_same_asked_again_is_the_same_request(registry: Registry) -> None:
    first = asked(registry, lambda: registry.set_alias("churn", "champion", "2"))
    assert asked(registry, lambda: registry.set_alias("churn", "champion", "2")) == first
    assert asked(registry, lambda: registry.set_alias("churn", "champion", "2"), Actor("eve")) != first
    assert len(registry.requests()) == 2


def test_what_cannot_be_done_or_changes_nothing_asks_nobody(registry: Registry) -> None:
    with acting(BOB):
        registry.set_alias("churn", "champion", "1")
        registry.delete_alias("churn", "none")
        with pytest.raises(NotFound):
            registry.set_alias("churn", "champion", "7")
        with pytest.raises(InvalidValue):
            registry.transition("churn", "1", "Nowhere")
        registry.create_model("other")
        with pytest.raises(AlreadyExists):
            registry.rename_model("churn", "other")
    assert list(registry.requests()) == []


def test_what_promotes_nothing_needs_nobody(registry: Registry) -> None:
    with acting(BOB):
        registry.create_version("churn", "runs:/a/other")
        registry.set_version_tag("churn", "1", "k", "v")
        registry.update_model("churn", "who leaves")
    assert list(registry.requests()) == []


def test_a_request_that_cannot_be_done_any_more_waits_on(registry: Registry) -> None:
    request_id = asked(registry, lambda: registry.set_alias("churn", "champion", "2"))
    with acting(ANN):
        registry.delete_version("churn", "2")
        with pytest.raises(NotFound):
            registry.approve_request(request_id)
    assert [one.id for one in registry.requests("churn")] == [request_id]


def test_the_end_of_protection_refuses_what_waits(registry: Registry) -> None:
    request_id = asked(registry, lambda: registry.set_alias("churn", "champion", "2"))
    registry.protect_model("churn", [])
    assert list(registry.requests()) == []
    with acting(BOB):
        registry.set_alias("churn", "champion", "2")
    with acting(ANN), pytest.raises(InvalidState):
        registry.approve_request(request_id)


@pytest.mark.parametrize("names", ["ann", [""], ["group:"], ["a\nb"], ["x" * 251], [f"n{n}" for n in range(101)]])
def test_what_are_no_approvers(registry: Registry, names: list[str]) -> None:
    with pytest.raises(InvalidValue):
        registry.protect_model("churn", names)


def test_an_approving_group_has_to_be_there(registry: Registry) -> None:
    with pytest.raises(NotFound, match="no group 'opps'"):
        registry.protect_model("churn", ["ann", "group:opps"])
    assert registry.get_model("churn").approvers == ("ann",)


def test_pages_of_requests(registry: Registry) -> None:
    ids = [asked(registry, lambda n=n: registry.set_alias("churn", f"a{n}", "1")) for n in range(3)]  # type: ignore[misc]
    first = registry.requests(limit=2)
    assert [one.id for one in first] == ids[:0:-1]
    assert [one.id for one in registry.requests(limit=2, page_token=first.next_page_token)] == ids[:1]
    with pytest.raises(NotFound):
        registry.approve_request(10**6)
    assert all(isinstance(one, Request) and re.fullmatch(r"alias a\d to v1", one.change.words) for one in first)
