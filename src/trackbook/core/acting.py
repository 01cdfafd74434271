"""On whose behalf the registry is changed: what its audit trail keeps of every change beside the change itself.

The ports' methods have MLflow's arguments, which name nobody.  So who acts is context: a process is introduced once
(its user, what it is), and a view, a server or an import says more for the time of one call.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path

from trackbook.core.names import tag_text

MAX_REASON = 2000
"""Characters."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes the registry, with what, from where and why."""

    user: str = ""
    client: str = "Python"
    """What the change is made with: "Python", "registry view", a client's own name on a server."""
    place: str = ""
    """"cell [7] of lesson.ipynb", the name of a script, an address."""
    reason: str = ""


@dataclass(slots=True)
class Act:
    """One use of the registry by an actor."""

    actor: Actor
    seen: int | None = None
    """The newest audit entry of the model that the actor knows of: a change on top of another is refused.  None: any.

    Changes that are made in the same act count as known."""


_act: ContextVar[Act | None] = ContextVar("trackbook_act", default=None)
_user = ""
_place: Callable[[], str] | None = None


def introduce(user: str) -> None:
    """Name this process's user."""
    global _user
    _user = user


def set_place(place: Callable[[], str] | None) -> None:
    """Give what tells where this process is just now: a kernel's cell.  It must not raise."""
    global _place
    _place = place


def myself() -> Actor:
    """This process."""
    return Actor(user=_user, place=_place() if _place is not None else _script())


def _script() -> str:
    return Path(sys.argv[0]).name if sys.argv and sys.argv[0] not in ("", "-c", "-m") else ""


def act() -> Act:
    """What is said here and now, else this process."""
    return _act.get() or Act(myself())


@contextmanager
def acting(actor: Actor, seen: int | None = None) -> Iterator[Act]:
    """Within it, changes of the registry are this actor's."""
    made = Act(replace(actor, reason=tag_text("reason", actor.reason)[:MAX_REASON]), seen)
    token = _act.set(made)
    try:
        yield made
    finally:
        _act.reset(token)


@contextmanager
def change_reason(reason: str) -> Iterator[None]:
    """Within it, changes of the model registry have this reason in the audit trail."""
    with acting(replace(act().actor, reason=reason)):
        yield
