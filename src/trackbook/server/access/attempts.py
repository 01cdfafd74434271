"""How often somebody may fail to sign in: counted by name and address, by address, and by name.

The limits of the last two are higher, so that nobody locks a colleague out, and a guesser who changes names or
addresses is slowed down all the same.  Counts are this process's own.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

WINDOW_S = 300.0
BOTH, ADDRESS, NAME = 10, 50, 100
"""Failures within the window."""
MOST_KEPT = 10_000
Key = tuple[str | None, str | None]
"""(name, address); None: whichever."""


class Attempts:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failed: OrderedDict[Key, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, name: str, address: str) -> float:
        """How long until the next attempt is looked at; 0 for now."""
        now = self._clock()
        with self._lock:
            return max(self._wait(key, limit, now) for key, limit in _keys(name, address))

    def failed(self, name: str, address: str) -> None:
        now = self._clock()
        with self._lock:
            for key, limit in _keys(name, address):
                self._failed.setdefault(key, deque(maxlen=limit)).append(now)
                self._failed.move_to_end(key)
            while len(self._failed) > MOST_KEPT:
                self._failed.popitem(last=False)

    def passed(self, name: str, address: str) -> None:
        with self._lock:
            self._failed.pop((name, address), None)

    def _wait(self, key: Key, limit: int, now: float) -> float:
        times = self._failed.get(key, ())
        recent = [one for one in times if now - one < WINDOW_S]
        return 0.0 if len(recent) < limit else WINDOW_S - (now - recent[0])


def _keys(name: str, address: str) -> tuple[tuple[Key, int], ...]:
    return ((name, address), BOTH), ((None, address), ADDRESS), ((name, None), NAME)
