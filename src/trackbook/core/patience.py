"""How long whoever asks a store can be kept: a server may take a connection and never answer.

The recorder can wait, since nobody waits for it.  A script that begins a run cannot: it goes on with what it knows,
as it does where nobody takes the connection.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

OPENING_S = 5.0
"""What a script waits for each answer where it can go on without."""

_limit_s: ContextVar[float | None] = ContextVar("trackbook_patience", default=None)


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
