"""Approvers of protected models, and the requests of those who are none (`core.approvals`).

Every change that can need approval passes `_promote`.  Where it needs one it is done first and taken back in the same
transaction, so that what cannot be done is refused at once, and what changes nothing asks nobody.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from trackbook.core import access, audit
from trackbook.core.acting import act, acting
from trackbook.core.approvals import GROUP, Change, Request, State, check_approvers, subject_of
from trackbook.core.clock import now_ms
from trackbook.core.entities import Page, RegisteredModel
from trackbook.errors import ApprovalNeeded, InvalidState, NotAllowed, NotFound
from trackbook.store import pages, registry_audit, registry_rows, schema
from trackbook.store.engine import Database

if TYPE_CHECKING:
    from sqlalchemy import Connection

_models, _approvers, _requests = schema.registered_models.c, schema.model_approvers.c, schema.registry_requests.c
_principals, _members = schema.principals.c, schema.members.c
MAX_LIMIT = 1000


class Approvals(ABC):
    _database: Database

    @abstractmethod
    def _do(self, connection: Connection, change: Change) -> None:
        """Make a change, whoever acts."""

    def protect_model(self, name: str, approvers: Sequence[str]) -> RegisteredModel:
        names = check_approvers(approvers)
        with self._database.write() as connection:
            row = registry_rows.model(connection, name, self._database.dialect)
            old = registry_rows.approvers_of(connection, row.id)
            _check_groups(connection, set(names).difference(old))
            connection.execute(delete(schema.model_approvers).where(_approvers.model == row.id))
            if names:
                connection.execute(insert(schema.model_approvers), [{"model": row.id, "name": one} for one in names])
            if names != old:
                before, after = (", ".join(found) or None for found in (old, names))
                registry_audit.record(connection, audit.PROTECT_MODEL, name, old=before, new=after)
            if not names:
                self._close(connection, row)
            return registry_rows.loaded_models(connection, [row])[0]

    def requests(
        self, name: str | None = None, limit: int = 100, page_token: str | None = None, *, waiting: bool = True
    ) -> Page[Request]:
        pages.check_limit(limit, MAX_LIMIT)
        query = _query().order_by(_requests.id.desc()).limit(limit + 1)
        if page_token is not None:
            query = query.where(_requests.id < registry_audit.number_of(page_token))
        if name is not None:
            query = query.where(_models.name == name)
        if waiting:
            query = query.where(_requests.state == State.WAITING)
        names = access.sight().models
        if names is not None:
            query = query.where(_models.name.in_(sorted(names)))
        with self._database.read() as connection:
            found = [_request(row) for row in connection.execute(query)]
        return Page(found[:limit], str(found[limit - 1].id) if len(found) > limit else None)

    def approve_request(self, request_id: int) -> Request:
        actor = act().actor
        with self._database.write() as connection:
            request, model = self._waiting(connection, request_id)
            approvers = registry_rows.approvers_of(connection, model.id)
            if not is_approver(connection, approvers, actor.user):
                raise _no_approver(request, approvers, actor.user)
            said = f"{subject_of(request.id)} of {request.user or 'somebody'}"
            decided = _decide(connection, request, State.APPROVED)
            reason = ": ".join(one for one in (said, request.reason) if one)
            with acting(replace(actor, reason=reason), act().seen):
                self._do(connection, request.change)
            return decided

    def refuse_request(self, request_id: int) -> Request:
        user = act().actor.user
        with self._database.write() as connection:
            request, model = self._waiting(connection, request_id)
            approvers = registry_rows.approvers_of(connection, model.id)
            if not is_approver(connection, approvers, user) and (user != request.user or not user):
                raise _no_approver(request, approvers, user)
            return _decide(connection, request, State.REFUSED)

    def _promote(self, change: Change) -> None:
        """Raises `ApprovalNeeded`, with the request kept."""
        with self._database.write() as connection:
            model = registry_rows.model(connection, change.name, self._database.dialect)
            approvers = registry_rows.approvers_of(connection, model.id)
            if not approvers or is_approver(connection, approvers, act().actor.user):
                self._do(connection, change)
                return
            if not self._would_change(connection, change):
                return
            request_id = _asked(connection, model, change)
        raise ApprovalNeeded(change.name, change.words, request_id, approvers)

    def _would_change(self, connection: Connection, change: Change) -> bool:
        trail = schema.registry_audit.c
        newest = select(func.max(trail.id)).where(trail.name == change.name)  # others change other models meanwhile
        before = connection.execute(newest).scalar()
        with connection.begin_nested() as tried, acting(act().actor, act().seen):
            self._do(connection, change)
            after = connection.execute(newest).scalar()
            tried.rollback()
        return bool(after != before)

    def _waiting(self, connection: Connection, request_id: int) -> tuple[Request, Any]:
        """A request that waits, and the row of its model, locked."""
        row = connection.execute(_query().where(_requests.id == request_id)).first()
        if row is None:
            raise NotFound("request", request_id, "see trackbook registry requests --all")
        model = registry_rows.model(connection, row.name, self._database.dialect)
        request = _request(connection.execute(_query().where(_requests.id == request_id)).one())
        if request.state != State.WAITING:
            by = f" by {request.decided_by}" if request.decided_by else ""
            raise InvalidState(f"request {request_id} was {request.state} before{by}")
        return request, model

    def _close(self, connection: Connection, model: Any) -> None:
        """What waits when protection ends is refused: whoever may change the model makes the change now."""
        waiting = _query().where(_requests.model == model.id, _requests.state == State.WAITING)
        for row in connection.execute(waiting).all():
            _decide(connection, _request(row), State.REFUSED)


def is_approver(connection: Connection, approvers: Sequence[str], user: str) -> bool:
    """Whether a user is named among them, or one of the user's groups is."""
    if not user:
        return False
    if user in approvers and not user.startswith(GROUP):
        return True
    if not any(one.startswith(GROUP) for one in approvers):
        return False
    users = select(_principals.id).where(_principals.kind == "user", _principals.name == user)
    groups = select(_principals.name).join_from(schema.principals, schema.members, _members.group == _principals.id)
    found = connection.execute(groups.where(_members.user.in_(users))).scalars()
    return any(f"{GROUP}{name}" in approvers for name in found)


def _check_groups(connection: Connection, names: Iterable[str]) -> None:
    """Raises `NotFound` for a group that is not there: nobody would ever approve for it."""
    asked = sorted(name.removeprefix(GROUP) for name in names if name.startswith(GROUP))
    if not asked:
        return
    groups = select(_principals.name).where(_principals.kind == "group").order_by(_principals.name)
    there = connection.execute(groups).scalars().all()
    for name in asked:
        if name not in there:
            make = f"`trackbook users create {name} --group` makes one"
            raise NotFound("group", name, f"{registry_rows.listed('groups', there)}; {make}")


def _no_approver(request: Request, approvers: Sequence[str], user: str) -> NotAllowed:
    who = f"its approvers are {', '.join(approvers)}, and you are {user or 'nobody'}"
    why = who if approvers else "it is protected no longer"
    return NotAllowed(f"request {request.id} of model {request.change.name!r} is not yours to decide: {why}")


def _asked(connection: Connection, model: Any, change: Change) -> int:
    """The id of the request: of the one that waits already, where the same was asked by the same before."""
    actor = act().actor
    wanted = {
        "model": model.id,
        "action": change.action,
        "version": None if change.version is None else int(change.version),
        "subject": change.subject,
        "archive": change.archive,
        "user_id": actor.user,
        "state": State.WAITING,
    }
    same = (_requests[name].is_not_distinct_from(value) for name, value in wanted.items())
    known = connection.execute(select(_requests.id).where(*same).limit(1)).scalar()
    if known is not None:
        return int(known)
    rest = {"client": actor.client, "place": actor.place, "reason": actor.reason, "decided_by": "", "answer": ""}
    made = insert(schema.registry_requests).values(**wanted, **rest, time_ms=now_ms()).returning(_requests.id)
    request_id = int(connection.execute(made).scalar_one())
    _record(connection, audit.REQUEST, request_id, change, new=change.words)
    return request_id


def _decide(connection: Connection, request: Request, state: State) -> Request:
    actor, now = act().actor, now_ms()
    decided = {"state": state, "decided_by": actor.user, "decided_ms": now, "answer": actor.reason}
    connection.execute(update(schema.registry_requests).where(_requests.id == request.id).values(**decided))
    if state == State.APPROVED:
        _record(connection, audit.APPROVE, request.id, request.change, new=request.change.words)
    else:
        _record(connection, audit.REFUSE, request.id, request.change, old=request.change.words)
    return replace(request, state=state, decided_by=actor.user, decided_time=now, answer=actor.reason)


def _record(connection: Connection, action: str, request_id: int, change: Change, **told: str) -> None:
    number = None if change.version is None else int(change.version)
    registry_audit.record(connection, action, change.name, number, subject_of(request_id), **told)  # type: ignore[arg-type]


def _query() -> Any:
    return select(schema.registry_requests, _models.name).join_from(
        schema.registry_requests, schema.registered_models, _models.id == _requests.model
    )


def _request(row: Any) -> Request:
    version = None if row.version is None else str(row.version)
    return Request(
        id=row.id,
        change=Change(row.name, row.action, version, row.subject, row.archive),
        time=row.time_ms,
        user=row.user_id,
        client=row.client,
        place=row.place,
        reason=row.reason,
        state=State(row.state),
        decided_by=row.decided_by,
        decided_time=row.decided_ms,
        answer=row.answer,
    )
