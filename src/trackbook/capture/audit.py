"""The one audit hook of this process (PEP 578), and who listens to it.

An audit hook cannot be removed again, so there is one for the life of the process, put in when somebody first listens;
while nobody does, it compares a dict with an empty one and returns.  An error inside it would abort what the user does,
so that whatever a listener meets, it goes no further.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

from trackbook.core import forks

Listener = Callable[[tuple[Any, ...]], object]
"""Called with the event's arguments, on the thread that does what it tells of: short, and never waiting."""

_listeners: Mapping[str, tuple[Listener, ...]] = {}
_lock = threading.Lock()
_installed = False


def listen(event: str, listener: Listener) -> None:
    """Have the events of one name told to `listener`; one that listens already is not told twice."""
    global _listeners, _installed
    with _lock:
        others = _without(event, listener)
        _listeners = {**_listeners, event: (*others, listener)}
        if not _installed:
            sys.addaudithook(_hook)
            _installed = True


def forget(event: str, listener: Listener) -> None:
    """Tell `listener` no more."""
    global _listeners
    with _lock:
        left = {**_listeners, event: _without(event, listener)}
        _listeners = {name: ones for name, ones in left.items() if ones}


def _without(event: str, listener: Listener) -> tuple[Listener, ...]:
    return tuple(one for one in _listeners.get(event, ()) if one != listener)


def _hook(event: str, args: tuple[Any, ...]) -> None:
    listeners = _listeners.get(event)
    if listeners is None:
        return
    for listener in listeners:
        try:  # noqa: SIM105 - a context costs time
            listener(args)
        except Exception:  # noqa: BLE001, S110 - it would abort what the user does
            pass


@forks.in_child
def _after_fork_in_child() -> None:
    """A child tells nobody: what is noted there is lost with it."""
    global _listeners, _lock
    _listeners, _lock = {}, threading.Lock()
