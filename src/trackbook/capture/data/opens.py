"""What a process opens, noted by listening to its audit events while a cell is watched.

An opening appends a tuple to a deque, and no file is touched for it.

A relative path is put behind the folder that is current at that moment (`%cd` may move on before anyone looks).  What
threads of ours open is left out, by the names of threads.  A forked worker would note into a copy, and notes nothing:
what only workers read is not seen.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from trackbook.capture import audit
from trackbook.core import forks

MOST_NOTED = 200_000
"""Openings of one cell; of more the last are kept."""

OUR_THREADS = "trackbook"
"""How the names of our threads begin."""

Opening = tuple[Any, Any, Any, int]
"""Path (text, or a pair of folder and relative path), mode (text or None), flags (an integer or None), thread."""

UNKNOWN = "?"
"""The mode where a library does not tell whether it reads or writes."""
URL = "url"
"""The mode of an address that was asked for."""

_getcwd = os.getcwd
_get_ident = threading.get_ident
_watching: tuple[Callable[[Opening], None], ...] = ()
_busy: set[int] = set()
"""Threads of the user that run code of ours."""
_folder: str | None = None
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Watch:
    """The openings since it began, oldest first; `stop` it in the end."""

    noted: deque[Opening]

    def stop(self) -> tuple[Opening, ...]:
        """End it; what was opened.  A second call gives the same."""
        global _watching
        with _lock:
            _watching = tuple(one for one in _watching if one.__self__ is not self.noted)  # type: ignore[attr-defined]
            if not _watching:
                for event, listener in _LISTENERS.items():
                    audit.forget(event, listener)
        if not self.noted:
            return ()
        ours = {one.ident for one in threading.enumerate() if one.name.startswith(OUR_THREADS)}
        return tuple(one for one in self.noted.copy() if one[3] not in ours)

    @property
    def overflowed(self) -> bool:
        return len(self.noted) == self.noted.maxlen


def watch() -> Watch:
    """Begin to note.  Several may watch at once: a cell may run another."""
    global _watching
    begun = Watch(deque(maxlen=MOST_NOTED))
    with _lock:
        for event, listener in _LISTENERS.items():
            audit.listen(event, listener)
        _watching = (*_watching, begun.noted.append)
    return begun


def note(path: Any, mode: str = UNKNOWN) -> None:
    """Note an opening that no audit event tells of."""
    if _watching:
        _note(path, mode, None)


@contextmanager
def ours() -> Iterator[None]:
    """What this thread opens meanwhile is ours, not the cell's."""
    me = _get_ident()
    outer = me in _busy
    _busy.add(me)
    try:
        yield
    finally:
        if not outer:
            _busy.discard(me)


def folder() -> str:
    """The current folder, "" where it is gone; asked for again only when it was changed since the last time."""
    global _folder
    known = _folder
    if known is None:
        audit.listen("os.chdir", _changed_folder)
        try:
            known = _folder = _getcwd()
        except OSError:
            return ""
    return known


def forget_folder() -> None:
    """Listen no more for changes of the folder."""
    global _folder
    audit.forget("os.chdir", _changed_folder)
    _folder = None


def _changed_folder(_args: tuple[Any, ...]) -> None:
    """It is about to be."""
    global _folder
    _folder = None


def _opened(args: tuple[Any, ...]) -> None:
    if args[0].__class__ is not int:
        _note(*args)


def _connected(args: tuple[Any, ...]) -> None:
    _note(args[0], UNKNOWN, None)


def _asked(args: tuple[Any, ...]) -> None:
    if args[1] is None:
        _note(args[0], URL, None)


_LISTENERS = {"open": _opened, "sqlite3.connect": _connected, "urllib.Request": _asked}


def _note(path: Any, mode: Any, flags: Any) -> None:
    me = _get_ident()
    if me in _busy:
        return
    if path.__class__ is not str:
        path = os.fsdecode(path)
    if path[:1] != "/" and mode is not URL:
        path = (_getcwd(), path)
    opening = (path, mode, flags, me)
    for append in _watching:
        append(opening)


@forks.in_child
def _after_fork_in_child() -> None:
    """What a child opens is not noted; it may have a run of its own, and begin anew."""
    global _watching, _folder, _lock
    _watching, _folder, _lock = (), None, threading.Lock()
    _busy.clear()
