"""Secrets that were found in this process, so that they are known again wherever they turn up.

`password = "…"` tells what it is; `print(password)` shows the value alone.  What was found by its name or its shape is
therefore remembered, in memory and as long as the process lives, and replaced in every text that is looked at later.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape

from trackbook.capture.secrets.shapes import Span

SHORTEST, LONGEST = 8, 4000
"""Characters: a shorter one may be an ordinary word elsewhere."""
MOST = 200
"""The last ones."""

_known: dict[str, str] = {}
"""Value -> kind."""
_lock = threading.Lock()


def remember(found: Iterable[tuple[str, str]]) -> None:
    """Values with their kinds; those that are too short or plain words are not remembered."""
    for value, kind in found:
        if SHORTEST <= len(value) <= LONGEST and not (value.isalpha() or value.isdigit()):
            with _lock:
                _known.setdefault(value, kind)
                while len(_known) > MOST:
                    del _known[next(iter(_known))]


def spans(text: str) -> Iterator[Span]:
    """Where known secrets stand in a text."""
    with _lock:
        known = tuple(_known.items())
    for value, kind in known:
        for form in _forms(value):
            at = text.find(form)
            while at >= 0:
                yield at, at + len(form), kind
                at = text.find(form, at + len(form))


@lru_cache(2 * MOST)
def _forms(value: str) -> tuple[str, ...]:
    """The value, and as it is written in HTML, where that is different."""
    quoted = escape(value)
    forms = {value: None, escape(value, quote=False): None, quoted: None, quoted.replace("&#x27;", "&#39;"): None}
    return tuple(forms)


def forget() -> None:
    """All of them."""
    with _lock:
        _known.clear()
    _forms.cache_clear()
