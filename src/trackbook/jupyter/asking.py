"""Questions to the store that a cell waits for only so long: another program may hold the database, or its server be
out of reach.  They are asked on a thread of their own, which may be left waiting there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from trackbook.errors import StoreBusy
from trackbook.tracking.worker import Worker

T = TypeVar("T")


class Asking:
    """One question at a time."""

    def __init__(self) -> None:
        self._worker = Worker("trackbook-asks")
        self._answered: threading.Event | None = None

    def ask(self, location: str, question: Callable[[], T], limit_s: float) -> T:
        """The answer, or what the question raises.

        Raises `StoreBusy` where it takes longer than `limit_s`, and while an earlier question is without an answer.
        """
        if self._answered is not None and not self._answered.is_set():
            raise _busy(location)
        found: list[T] = []
        failed: list[Exception] = []

        def answer() -> None:
            try:
                found.append(question())
            except Exception as error:  # noqa: BLE001 - the thread's border: whoever asked is told
                failed.append(error)

        self._answered = self._worker.submit(answer)
        self._answered.wait(limit_s)
        if failed:
            raise failed[0]
        if not found:
            raise _busy(location)
        return found[0]

    def close(self, timeout_s: float = 5.0) -> None:
        self._worker.close(timeout_s)


def _busy(location: str) -> StoreBusy:
    return StoreBusy(location, "it does not answer", "wait for the program that holds it, or close it")
