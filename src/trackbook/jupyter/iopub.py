"""What ipykernel sends to its front ends for one request, heard on its way.

All of it, from whichever thread, forked process or coroutine, goes through `IOPubThread.send_multipart` as bytes that
are finished already.  While somebody listens, a function that looks at them first stands in that one's place on the
instance: the kernel's streams, displays and hooks are not touched, and whatever happens here, the message goes on.
A message counts for the request that its parent header names, up to the `idle` that ends the request.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from typing import Any

from trackbook.capture.screen import COMM, COMM_OPEN, KINDS, Screen
from trackbook.jupyter.guard import log

DELIMITER = b"<IDS|MSG>"
IDLE_WAIT_S = 1.0
"""How long is waited for the end of a request whose cell has ended: its last prints come with it."""
SENT_WAIT_S = 120.0
"""And for what is on its way then: a hundred megabytes take many seconds on a busy machine."""

_listening: list[Listening] = []
_lock = threading.Lock()


class Listening:
    """One listener; `stop` it in the end."""

    def __init__(self, thread: Any, session: Any, request: str, nested: bool) -> None:
        self.nested = nested
        """Another one listens to the same request: this cell is run by a cell."""
        self._thread, self._unpack, self._request = thread, session.unpack, request
        self._screen: Screen | None = Screen()
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self._idle = threading.Event()

    def hear(self, frames: Any) -> None:
        """Look at a message; it is never changed.  Raises nothing."""
        if os.getpid() != self._pid:  # a forked child's copy: its parent hears what it passes on
            return
        try:
            at = frames.index(DELIMITER) + 2
            if self._unpack(frames[at + 1]).get("msg_id") == self._request:
                self._take(self._unpack(frames[at])["msg_type"], frames[at + 3])
        except Exception:  # noqa: BLE001 - the kernel's message goes on, whatever its shape
            log.debug("a message could not be read", exc_info=True)

    def _take(self, kind: str, content: Any) -> None:
        if kind == "status":
            if self._unpack(content).get("execution_state") == "idle":
                self._idle.set()
        elif kind in KINDS and (kind not in (COMM, COMM_OPEN) or b"msg_id" in content):
            found = self._unpack(content)
            with self._lock:
                if self._screen is not None:
                    self._screen.hear(kind, found, len(content))

    def stop(self, wait_s: float = 0.0) -> Screen:
        """Hear no more, after the end of the request if that comes in time; what is shown by then."""
        if wait_s and not self._idle.wait(wait_s):
            self._wait_for_what_is_sent()
        with _lock:
            if self in _listening:
                _listening.remove(self)
            if not any(one._thread is self._thread for one in _listening):  # noqa: SLF001 - the same class
                _restore(self._thread)
        with self._lock:
            screen, self._screen = self._screen or Screen(), None
        return screen

    def _wait_for_what_is_sent(self) -> None:
        sent = threading.Event()
        with suppress(Exception):  # a thread that ended, or one of another kind
            self._thread.schedule(sent.set)
            sent.wait(SENT_WAIT_S)


def listen(shell: Any) -> Listening | None:
    """Begin to listen to what is sent for the shell's current request; None for a shell that is no ipykernel's."""
    kernel = getattr(shell, "kernel", None)
    thread, session = getattr(kernel, "iopub_thread", None), getattr(kernel, "session", None)
    if kernel is None or session is None or not callable(getattr(thread, "send_multipart", None)):
        return None
    request = (kernel.get_parent() or {}).get("header", {}).get("msg_id")
    if request is None:
        return None
    with _lock:
        nested = any(one._request == request for one in _listening)  # noqa: SLF001 - the same module
    if nested:
        flush()
    begun = Listening(thread, session, request, nested)
    with _lock:
        _listening.append(begun)
        if "send_multipart" not in thread.__dict__:
            _shadow(thread)
    return begun


def flush() -> None:
    """Have sent what the cell printed so far."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()


def _shadow(thread: Any) -> None:
    send = thread.send_multipart

    def send_multipart(message: Any, *args: Any, **kwargs: Any) -> Any:
        for one in tuple(_listening):
            one.hear(message)
        return send(message, *args, **kwargs)

    send_multipart.__module__ = __name__
    thread.send_multipart = send_multipart


def _restore(thread: Any) -> None:
    """Take ours out; where somebody else stands before it, it stays and does nothing."""
    if getattr(thread.__dict__.get("send_multipart"), "__module__", None) == __name__:
        del thread.send_multipart
