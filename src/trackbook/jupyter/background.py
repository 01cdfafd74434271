"""Daemon threads for what must not wait on a cell's path: the environment, git, the notebook's file."""

from __future__ import annotations

import atexit
import queue
import threading
from collections.abc import Callable

from trackbook.jupyter.guard import log


class Worker:
    """Runs tasks one after the other; its thread starts with the first and ends at `close`."""

    def __init__(self, name: str = "trackbook-worker") -> None:
        self._name = name
        self._tasks: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._closed = False

    def submit(self, task: Callable[[], object]) -> threading.Event:
        """Do this later; the event is set when it is done, whatever came of it (errors are logged)."""
        done = threading.Event()

        def run() -> None:
            try:
                task()
            except Exception:  # noqa: BLE001 - the thread's border
                log.warning("a background task failed", exc_info=True)
            finally:
                done.set()

        with self._lock:
            if self._closed:
                done.set()
                return done
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()
                # Registered after tracking's own, so that it runs before: what is left belongs to runs of the session.
                atexit.register(self.close)
            self._tasks.put(run)
        return done

    def wait(self, timeout_s: float) -> bool:
        """Wait until all that was submitted before is done; False where that took longer."""
        return True if self._thread is None else self.submit(lambda: None).wait(timeout_s)

    def close(self, timeout_s: float = 5.0) -> None:
        """Finish what was submitted, and end the thread.  Idempotent."""
        with self._lock:
            self._closed = True
            thread, self._thread = self._thread, None
            if thread is not None:
                self._tasks.put(None)
        atexit.unregister(self.close)
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout_s)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            task()


class Workers:
    """The threads of one extension: what a cell's end may wait for a moment, and what takes its time after it."""

    def __init__(self) -> None:
        self.now = Worker()
        self.later = Worker("trackbook-later")

    def wait(self, timeout_s: float) -> bool:
        """Wait until all that was submitted before is done; False where either took longer."""
        return self.now.wait(timeout_s) and self.later.wait(timeout_s)

    def close(self, timeout_s: float = 5.0) -> None:
        """Finish what was submitted, and end the threads.  Idempotent."""
        self.now.close(timeout_s)
        self.later.close(timeout_s)
