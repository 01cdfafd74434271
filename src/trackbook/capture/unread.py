"""Texts that may tell of secrets and have not been read yet: noted at once, read soon, and at the latest before a
secret's value is looked for elsewhere.

Apart from the search itself, which takes its time to load.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from trackbook.core import forks

LONGEST_WAIT_S = 1.0
"""For another thread that is reading."""
_texts: deque[Callable[[], str]] = deque()
_reading = threading.Lock()


def note(text: Callable[[], str]) -> None:
    """Have a text read, which is asked for then; costs nothing by itself."""
    _texts.append(text)


def read(search: Callable[[str], object]) -> None:
    """Search what was noted; who comes while another thread does waits until it has."""
    if not (_texts or _reading.locked()) or not _reading.acquire(timeout=LONGEST_WAIT_S):
        return
    try:
        while _texts:
            try:
                search(_texts[0]())
            except Exception:
                _texts.popleft()
                raise
            _texts.popleft()  # only now: an interrupted search is begun again
    finally:
        _reading.release()


@forks.in_child
def _in_child() -> None:
    global _reading
    _reading = threading.Lock()
