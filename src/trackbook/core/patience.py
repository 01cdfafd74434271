"""How long whoever asks a store can be kept: a server may take a connection and never answer.

The recorder can wait, since nobody waits for it.  A script that begins a run cannot: it goes on with what it knows,
as it does where nobody takes the connection.  Nor can one that ends: it leaves its records in the journal.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol, runtime_checkable

OPENING_S = 5.0
"""What a script waits for each answer where it can go on without."""

AWAY_S = 1.0
"""The same where the server was just found away."""

_limit_s: ContextVar[float | None] = ContextVar("trackbook_patience", default=None)


@runtime_checkable
class Distant(Protocol):
    """A store that may not answer."""

    @property
    def is_silent(self) -> bool:
        """Whether it keeps somebody waiting for longer than a script waits, and moves nothing meanwhile."""

    @property
    def is_moving(self) -> bool:
        """Whether it has taken or given something within that time."""


def limit_s() -> float | None:
    """The longest that an answer is waited for here; None: as long as whoever asks likes."""
    return _limit_s.get()


@contextmanager
def impatient() -> Iterator[None]:
    """Within it, what does not answer within `OPENING_S` is away."""
    token = _limit_s.set(OPENING_S)
    try:
        yield
    finally:
        _limit_s.reset(token)
