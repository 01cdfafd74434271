"""Tells tables that runs have changed, whoever changed them: this kernel, another one, a script.

One thread looks, once a second at most, whether the store's file has changed since it looked last; that costs a few
microseconds.  Where it has, each table that somebody has open reads its rows in sight again and sends them if they
differ.  What processor time that costs is paid back by a pause of fifty times as long, so that a training cell beside
it loses two percent at the very most.  A store that is no file is read every few seconds.
"""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote
from weakref import WeakSet

from trackbook.core import forks

if TYPE_CHECKING:
    from collections.abc import Hashable

log = logging.getLogger(__name__)

TICK_S = 1.0
BLIND_TICK_S = 5.0
"""Where nothing tells that the store has changed."""
REST = 50
"""How many times as long as a look took the next one waits."""
MAX_FAILURES = 3
"""One after another."""


class Watched(Protocol):
    """A table, as the watcher sees it."""

    def store_uri(self) -> str: ...

    def is_open(self) -> bool:
        """Whether a front end shows it."""

    def look(self) -> None:
        """Read again what is in sight, and send it where it differs."""


class Watcher:
    """The thread and the tables it looks after; it ends with the last of them and begins anew with the next."""

    def __init__(self) -> None:
        self._tables: WeakSet[Watched] = WeakSet()
        self._marks: dict[int, Hashable] = {}
        self._failures: dict[int, int] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, table: Watched) -> None:
        with self._lock:
            if table in self._tables:
                return
            self._tables.add(table)
            self._marks[id(table)] = mark_of(table.store_uri())
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="trackbook-tables", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        pause_s = TICK_S
        while True:
            time.sleep(pause_s)
            start = time.thread_time()
            with self._lock:
                tables = [table for table in list(self._tables) if self._keeps(table)]
                if not tables:
                    self._thread = None
                    self._marks.clear()
                    return
            blind = [self._visit(table) for table in tables]
            pause_s = max(BLIND_TICK_S if all(blind) else TICK_S, REST * (time.thread_time() - start))
            del tables

    def _keeps(self, table: Watched) -> bool:
        if table.is_open() and self._failures.get(id(table), 0) < MAX_FAILURES:
            return True
        self._tables.discard(table)
        self._marks.pop(id(table), None)
        self._failures.pop(id(table), None)
        return False

    def _visit(self, table: Watched) -> bool:
        """True where the store is no file."""
        try:
            mark = mark_of(table.store_uri())
            if mark is None or mark != self._marks.get(id(table)):
                self._marks[id(table)] = mark
                table.look()
                self._failures.pop(id(table), None)
        except Exception:  # a thread's border: one view that is not fresh must not end the others
            log.debug("a run table could not be kept fresh", exc_info=True)
            self._failures[id(table)] = self._failures.get(id(table), 0) + 1
            return False
        return mark is None


def mark_of(uri: str) -> Hashable | None:
    """What differs after every commit to a store in a file; None for others."""
    place = uri.removeprefix("sqlite:///").partition("?")[0]
    if "://" in place:
        return None
    path = Path(unquote(place))
    if not uri.startswith("sqlite:"):
        path = path / "trackbook.db"
    marks = []
    for each in (path, path.with_name(f"{path.name}-wal")):
        try:
            found = each.stat()
        except OSError:
            marks.append((0, 0))
        else:
            marks.append((found.st_mtime_ns, found.st_size))
    return tuple(marks)


def has_changed(uri: str, mark: Hashable | None) -> bool:
    """Whether the store may have changed since it had this mark."""
    now = mark_of(uri)
    return now is None or now != mark


watcher = Watcher()
"""The process's own."""


@forks.in_child
def _after_fork_in_child() -> None:
    """The thread stayed with the parent; a child shows nothing."""
    global watcher
    watcher = Watcher()
