"""Protected models in the registry's view: who approves, what waits, and deciding it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from trackbook.core.approvals import Request, check_approvers
from trackbook.errors import InvalidValue, NotFound, shown
from trackbook.widgets.registry_payloads import Effect, RequestRow

if TYPE_CHECKING:
    from trackbook.core.ports import Store

Params = Mapping[str, Any]
PROMOTIONS = ("alias", "unalias", "stage", "rename", "delete")
MOST_WAITING = 100
Told = tuple[list[Effect], list[str]]


def waiting(store: Store, name: str) -> list[RequestRow]:
    """What waits for an approver of a model, newest first."""
    return [
        RequestRow(id=str(one.id), words=one.change.words, user=one.user, reason=one.reason, time_ms=one.time)
        for one in store.registry.requests(name, MOST_WAITING)
    ]


def notes_of(store: Store, params: Params) -> list[str]:
    """What is said of a change before it is made, where approvers have a say in it."""
    if params.get("action") not in PROMOTIONS:
        return []
    approvers = store.registry.get_model(str(params.get("name"))).approvers
    if not approvers:
        return []
    return [f"The model is protected: unless you approve its changes, this waits for {', '.join(approvers)}."]


def plan_protect(store: Store, params: Params) -> Told:
    old = store.registry.get_model(str(params.get("name"))).approvers
    new = check_approvers(_approvers(params))
    if list(old) == new:
        return [], []
    notes = [] if new else ["Whoever may edit the model changes it at once again; what waits is refused."]
    return [Effect(what="approvers", old=", ".join(old) or None, new=", ".join(new) or None)], notes


def do_protect(store: Store, params: Params) -> None:
    store.registry.protect_model(str(params.get("name")), _approvers(params))


def plan_approve(store: Store, params: Params) -> Told:
    found = _request(store, params)
    asked = f"{found.user or 'Somebody'} asked for it{f': {found.reason}' if found.reason else '.'}"
    return [Effect(what=f"request {found.id}", old=None, new=f"approved, {found.change.words}")], [asked]


def do_approve(store: Store, params: Params) -> None:
    store.registry.approve_request(_number(params))


def plan_refuse(store: Store, params: Params) -> Told:
    found = _request(store, params)
    return [Effect(what=f"request {found.id}", old=found.change.words, new=None)], []


def do_refuse(store: Store, params: Params) -> None:
    store.registry.refuse_request(_number(params))


def _approvers(params: Params) -> list[str]:
    """Of a text with commas between names."""
    return [name for one in str(params.get("approvers") or "").split(",") if (name := one.strip())]


def _number(params: Params) -> int:
    given = str(params.get("request"))
    if not given.isascii() or not given.isdecimal() or len(given) > 15:
        raise InvalidValue(f"request {shown(given)} is no number")
    return int(given)


def _request(store: Store, params: Params) -> Request:
    number = _number(params)
    for one in store.registry.requests(str(params.get("name")), 1000):
        if one.id == number:
            return one
    raise NotFound("waiting request", number, "it was decided meanwhile, perhaps")
