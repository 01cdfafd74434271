"""What a server says for the time of one request: who is signed in, and under which addresses it tells artifacts.

The ports' methods name nobody, and clients call themselves what they like.  So the store takes the user of a run or a
version that begins within a request from here.  Filters compare addresses as they are told: else whoever may search
could find out, guess by guess, where files lie on the server's machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Serving:
    user: str = ""
    """Empty where nobody is asked to sign in."""
    artifacts: str = ""
    """What stands for the store's place of artifacts, and for all folders of the machine; empty: they themselves."""


_NOBODY = Serving()
_serving: ContextVar[Serving] = ContextVar("trackbook_serving", default=_NOBODY)


def serving() -> Serving:
    return _serving.get()


@contextmanager
def serve(request: Serving) -> Iterator[None]:
    token = _serving.set(request)
    try:
        yield
    finally:
        _serving.reset(token)
