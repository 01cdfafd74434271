"""Interrupts that meet our own code: kept until it is done, and given to the cell then.

IPython takes whatever a callback raises for the callback's own error: an interrupt in one would be shown as "Error in
callback" and lost to the cell; one while a run is opened or ended would leave half of it.  Our part is short, and its
waits are bounded.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

AGAIN_S = 0.002
"""Until it is given to the cell, by when our frames are gone from its stack."""
_getsignal, _set = signal.getsignal, signal.signal
_main, _current = threading.main_thread, threading.current_thread
_holds = False


@contextmanager
def held(*, given_on: bool = True) -> Iterator[None]:
    """Keep an interrupt until the end; it is `given_on` to the cell then, unless that is over.

    Nothing on other threads, which none reaches, and where no function handles it.
    """
    global _holds
    before = _getsignal(signal.SIGINT) if not _holds and _current() is _main() else None
    if not callable(before):
        yield
        return
    kept: list[int] = []
    _set(signal.SIGINT, lambda number, _frame: kept.append(number))
    _holds = True
    try:
        yield
    finally:
        _holds = False
        _set(signal.SIGINT, before)
        if kept and given_on:
            give_again()


def run_held(call: Callable[[Any], object], given: Any, *, given_on: bool = True) -> None:
    """Call with interrupts held; one on the way to the hold, or back from it, neither stops the call nor passes."""
    begun = False
    while not begun:
        try:
            with held(given_on=given_on):
                begun = True
                call(given)
        except KeyboardInterrupt:
            if given_on:
                give_again()


def give_again() -> None:
    """Interrupt the main thread once more in a moment: for an interrupt that met code of ours outside a hold."""
    again = threading.Timer(AGAIN_S, _again, (os.getpid(),))
    again.name, again.daemon = "trackbook-interrupt", True
    again.start()


def _again(process: int) -> None:
    """On a thread of its own: what was raised here would have our frames in its traceback."""
    with suppress(OSError, ValueError):
        if process == os.getpid() and hasattr(signal, "pthread_kill"):
            signal.pthread_kill(_main().ident or 0, signal.SIGINT)  # wakes a wait of the main thread, too
        elif process == os.getpid():
            signal.raise_signal(signal.SIGINT)
