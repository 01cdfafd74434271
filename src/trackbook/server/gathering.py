"""Work of many threads at the same time, done together: a transaction costs the same for one request as for twenty.

Whoever comes while nobody works does so at once, with what is its own.  Who comes meanwhile waits, and one of these
then does the work of all that wait.  So there is no delay where there is no crowd, and no thread beside the callers'.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from trackbook.errors import StoreUnavailable

Work = TypeVar("Work")
MOST = 64
"""What is done together at most, so that the last of a crowd is not kept waiting for all of it."""


@dataclass(eq=False, slots=True)
class _Waiting(Generic[Work]):
    name: str
    work: Work
    leads: bool = False
    error: Exception | None = None
    turn: threading.Event = field(default_factory=threading.Event)


class Gathering(Generic[Work]):
    def __init__(self, together: Callable[[Sequence[Work]], Sequence[Exception | None]]) -> None:
        """`together` does all of it or, where it raises, nothing; what it refuses of one it returns in its place."""
        self._together = together
        self._begin()

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[_Waiting[Work]] = []
        self._is_led = False
        self._process = os.getpid()

    def do(self, name: str, work: Work) -> None:
        """Blocks until it is done.  What has the same name is done one after the other.  Raises what it is refused."""
        if self._process != os.getpid():
            self._begin()  # who worked when the process forked works in the parent
        mine = _Waiting(name, work)
        with self._lock:
            self._waiting.append(mine)
            mine.leads, self._is_led = not self._is_led, True
        try:
            if not mine.leads:
                mine.turn.wait()
            if mine.leads:
                self._lead()
        except BaseException:
            self._leave(mine)
            raise
        if mine.error is not None:
            raise mine.error

    def _lead(self) -> None:
        """Do what waits, and leave the lead to the first of those that have come meanwhile."""
        with self._lock:
            some = self._taken()
        errors = self._done([one.work for one in some])
        with self._lock:
            self._waiting = [one for one in self._waiting if one not in some]
            for one, error in zip(some, errors, strict=True):
                one.leads, one.error = False, error
                one.turn.set()
            self._hand_on()

    def _taken(self) -> list[_Waiting[Work]]:
        """The first of each name, the leader's own among them, since it is the first of all."""
        names: dict[str, _Waiting[Work]] = {}
        for one in self._waiting:
            names.setdefault(one.name, one)
        return list(names.values())[:MOST]

    def _done(self, some: Sequence[Work]) -> Sequence[Exception | None]:
        try:
            return self._together(some)
        except StoreUnavailable as error:
            return [error] * len(some)
        except Exception as error:  # noqa: BLE001 - it goes to whoever's it is
            return [error] if len(some) == 1 else [self._done([one])[0] for one in some]

    def _hand_on(self) -> None:
        self._is_led = bool(self._waiting)
        if self._waiting:
            self._waiting[0].leads = True
            self._waiting[0].turn.set()

    def _leave(self, mine: _Waiting[Work]) -> None:
        """After an interrupt: others go on without this one."""
        with self._lock:
            if mine in self._waiting:
                self._waiting.remove(mine)
            if mine.leads:
                self._hand_on()
