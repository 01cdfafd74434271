"""Protected registered models: whose aliases, stages, name and existence change with an approver's word alone.

A model is protected while it has approvers: names of users, and on a server with users also `group:<name>`.  What one
of them does is done.  The same by anybody else becomes a request that waits, and raises `ApprovalNeeded` with its id;
an approver accepts it, which does it, or refuses it, both with a reason.  New versions, tags and descriptions promote
nothing, and need nobody.

A server with users knows who asks.  Elsewhere, in a local home or on a server without users, a person is the name that
is said: protection there keeps colleagues from slips, and holds off nobody who says another name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from trackbook.core import audit
from trackbook.errors import InvalidValue, shown

GROUP = "group:"
MOST_APPROVERS, MAX_NAME = 100, 250


class State(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the registry that a protected model has approved first."""

    name: str
    action: str
    """ALIAS, TRANSITION, DELETE_VERSION, DELETE_MODEL or RENAME_MODEL of `core.audit`."""
    version: str | None = None
    """None with ALIAS: the alias is taken away."""
    subject: str = ""
    """The alias, the stage, the new name."""
    archive: bool = False
    """With TRANSITION: older versions in the stage make room."""

    @property
    def words(self) -> str:
        match self.action:
            case audit.ALIAS:
                return f"alias {self.subject} {'to nothing' if self.version is None else f'to v{self.version}'}"
            case audit.TRANSITION:
                return f"v{self.version} to {self.subject}{', others to Archived' if self.archive else ''}"
            case audit.DELETE_VERSION:
                return f"delete v{self.version}"
            case audit.RENAME_MODEL:
                return f"rename to {self.subject}"
            case _:
                return "delete the model"


@dataclass(frozen=True, slots=True)
class Request:
    """A change that waits, or was decided.  Times are ms since the epoch."""

    id: int
    change: Change
    time: int
    user: str = ""
    client: str = ""
    place: str = ""
    reason: str = ""
    state: State = State.WAITING
    decided_by: str = ""
    decided_time: int | None = None
    answer: str = ""
    """The approver's reason."""


def subject_of(request_id: int) -> str:
    """As the audit trail names a request."""
    return f"request {request_id}"


def check_approvers(names: Iterable[str]) -> list[str]:
    """Each once, sorted.  Raises `InvalidValue`."""
    if isinstance(names, str):
        raise InvalidValue("give approvers as a list of names")
    found = sorted(set(names))
    for name in found:
        if not isinstance(name, str) or not name.removeprefix(GROUP).strip() or len(name) > MAX_NAME:
            raise InvalidValue(f"approver {shown(name)} is no name: give a user's, or {GROUP}<name>")
        if not name.isprintable():
            raise InvalidValue(f"approver {shown(name)} holds characters that a name has not")
    if len(found) > MOST_APPROVERS:
        raise InvalidValue(f"a model has at most {MOST_APPROVERS} approvers: give a group")
    return found
