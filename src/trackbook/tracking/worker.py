"""A daemon thread for what must not wait on the user's path: the environment, git, files to be digested."""

from __future__ import annotations

import atexit
import logging
import queue
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress

from trackbook.core import forks, warningfilters

log = logging.getLogger(__name__)
# Without a handler, Python would write to the user's stderr; who wants to see it configures logging.
log.addHandler(logging.NullHandler())


class Worker:
    """Runs tasks one after the other; its thread starts with the first and ends at `close`.

    At exit it closes itself, before the session does: what is left belongs to runs of that.  With `at_exit` false
    somebody else sees to it.
    """

    def __init__(self, name: str = "trackbook-worker", *, at_exit: bool = True) -> None:
        self._name, self._at_exit = name, at_exit
        self._tasks: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._closed = False
        _workers.add(self)

    def submit(self, task: Callable[[], object]) -> threading.Event:
        """Do this later; the event is set when it is done, whatever came of it (errors are logged)."""
        done = threading.Event()

        def run() -> None:
            try:
                with warningfilters.apart():
                    task()
            except Exception:
                with suppress(Exception):  # logging may be broken by whoever replaced `time.time`
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
                if self._at_exit:
                    atexit.register(self.close)  # after the session's own, so that it runs before
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

    def _after_fork_in_child(self) -> None:
        """The thread is the parent's, and so is what it had still to do."""
        self._tasks, self._thread, self._lock = queue.SimpleQueue(), None, threading.Lock()


_workers: weakref.WeakSet[Worker] = weakref.WeakSet()


@forks.in_child
def _after_fork_in_child() -> None:
    for worker in tuple(_workers):
        worker._after_fork_in_child()  # noqa: SLF001 - the same module
