"""Who answers in place of a kernel that is busy or gone: the Jupyter server, where it keeps the same store.

Each view says what the server has to know to answer for it: the route of `trackbook.jupyter.server_extension`, the
requests that only read, and what they are about.  The page asks there what the kernel leaves unanswered
(`js/src/bridge/standby.ts`), and attaches a saved output by it again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from trackbook.settings import Settings

DIGITS = 16


class Standby(TypedDict):
    route: str
    methods: list[str]
    about: dict[str, Any]
    """Sent with each question; its `store` keeps a server with another store from answering."""


def standby(settings: Settings, route: str, methods: Iterable[str], **about: Any) -> Standby:
    return Standby(route=route, methods=list(methods), about={"store": store_mark(settings), **about})


def store_mark(settings: Settings) -> str:
    """What tells one store from another, without its address, which may hold a password."""
    return hashlib.sha256(settings.tracking_uri.encode()).hexdigest()[:DIGITS]
