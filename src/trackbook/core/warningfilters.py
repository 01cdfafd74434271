"""Filters of warnings of our own for what threads of ours do beside a cell.

Python keeps one list of filters for all threads, and `catch_warnings` puts back what it found, so that two threads that
leave it in another order than they entered it leave each other's filters behind, and what one ignores meanwhile the
other loses.  scikit-learn, skops, pandas and others use it while they are imported.  So on a thread of ours the module
`warnings` shows filters of that thread: nothing is shown there, only "error" within a block still raises, and no
registry of a user's module is cleared, by which a warning would be shown twice.

Where the attributes of a module are asked for, by Python's own C code too, properties of its class come first.  The
class is swapped only as long as such a thread is at work.  Filters that a module adds for good, outside of any block,
are everybody's.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from trackbook.core import forks

KEPT = ("filters", "showwarning", "_showwarnmsg_impl")
"""What `catch_warnings` keeps and puts back."""
TOLD = ("_filters_mutated", "_filters_mutated_lock_held")
"""What it calls to have all registries of warnings that were shown forgotten."""
ADDED = "_add_filter"
"""Where `simplefilter` and `filterwarnings` lead to; it does not raise."""

_get_ident = threading.get_ident
_own: dict[int, dict[str, Any]] = {}
"""Thread -> the attributes that it sees."""
_lock = threading.Lock()
_add: Callable[..., None] | None = None
"""The module's own, while ours stands in its place."""


@contextmanager
def apart() -> Iterator[None]:
    """Give this thread filters of its own, with which nothing is shown."""
    me = _get_ident()
    if me in _own:
        yield
        return
    with _lock:
        _own[me] = _fresh()
        _place()
    try:
        yield
    finally:
        with _lock:
            del _own[me]
            if not _own:
                _restore()


@contextmanager
def aloud() -> Iterator[None]:
    """For what the user is to be told: on a thread that is `apart`, the filters are everybody's within."""
    me = _get_ident()
    own = _own.pop(me, None)
    try:
        yield
    finally:
        if own is not None:
            _own[me] = own


def _fresh() -> dict[str, Any]:
    everything = [("ignore", None, Warning, None, 0)]
    return {**dict.fromkeys((*KEPT, *TOLD), _nothing), "filters": everything, "outside": everything}


def _nothing(*_: Any, **__: Any) -> None: ...


def _seen(name: str) -> property:
    def get(module: ModuleType) -> Any:
        own = _own.get(_get_ident())
        return vars(module)[name] if own is None else own[name]

    def put(module: ModuleType, value: Any) -> None:
        (_own.get(_get_ident()) or vars(module))[name] = value

    return property(get, put)


class _Warnings(ModuleType):
    """The class of the module while a thread of ours is at work."""


for _name in (*KEPT, *TOLD):
    if hasattr(sys.modules["warnings"], _name):
        setattr(_Warnings, _name, _seen(_name))


def _place() -> None:
    global _add
    module: Any = sys.modules["warnings"]
    if type(module) is ModuleType:
        module.__class__ = _Warnings
        _add = vars(module).get(ADDED)
        if _add is not None:
            vars(module)[ADDED] = _added


def _restore() -> None:
    module: Any = sys.modules["warnings"]
    if type(module) is _Warnings:
        if vars(module).get(ADDED) is _added:
            vars(module)[ADDED] = _add
        module.__class__ = ModuleType  # type: ignore[assignment]  # what it was


def _added(*item: Any, append: bool = False) -> None:
    """In the place of the module's own."""
    own = _own.get(_get_ident())
    if own is None or own["filters"] is own["outside"]:
        if _add is not None:
            _add(*item, append=append)
    elif item[0] == "error":
        own["filters"].insert(0, item)


@forks.in_child
def _after_fork_in_child() -> None:
    """The threads are the parent's."""
    global _lock
    _lock = threading.Lock()
    _own.clear()
    _restore()
