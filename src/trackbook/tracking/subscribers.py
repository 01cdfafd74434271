"""Who wants to hear what was drained: views that grow while a run goes on."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from trackbook.core.events import Batch

log = logging.getLogger("trackbook.recorder")

Callback = Callable[[Batch], None]
MAX_FAILURES = 3


@dataclass(eq=False, slots=True)
class _Subscriber:
    run_id: str
    callback: Callback
    failures: int = 0


class Subscribers:
    """Callbacks by run.  A callback that fails three times is dropped; the others go on."""

    def __init__(self) -> None:
        self._subscribers: list[_Subscriber] = []
        self._waiting: deque[Batch] = deque()
        self._delivering = False

    def __bool__(self) -> bool:
        return bool(self._subscribers)

    def add(self, run_id: str, callback: Callback) -> Callable[[], None]:
        """Returns the function that takes it back; calling that twice does no harm."""
        subscriber = _Subscriber(run_id, callback)
        self._subscribers = [*self._subscribers, subscriber]

        def remove() -> None:
            self._subscribers = [one for one in self._subscribers if one is not subscriber]

        return remove

    def deliver(self, batch: Batch) -> None:
        """Call back, in the order of batches, also where a callback flushes and so drains the next one."""
        if not self._subscribers:
            return
        self._waiting.append(batch)
        if self._delivering:
            return
        self._delivering = True
        try:
            while self._waiting:
                self._deliver(self._waiting.popleft())
        finally:
            self._delivering = False

    def _deliver(self, batch: Batch) -> None:
        for subscriber in self._subscribers:
            part = part_of(batch, subscriber.run_id)
            if part is None:
                continue
            try:
                subscriber.callback(part)
            except Exception:  # a view's failure must not stop the recording
                subscriber.failures += 1
                log.warning("a live view of run %s failed", subscriber.run_id, exc_info=True)
                if subscriber.failures >= MAX_FAILURES:
                    self._subscribers = [one for one in self._subscribers if one is not subscriber]


def part_of(batch: Batch, run_id: str) -> Batch | None:
    """What of a batch belongs to one run, without a cursor; None for nothing."""
    events = [event for event in batch.events if event.run_id == run_id]
    points = [one for one in batch.points if one.run_id == run_id]
    return Batch(batch.journal_id, events, points, {}) if events or points else None
