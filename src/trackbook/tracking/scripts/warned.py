"""Warnings that Python shows while somebody notes them; each is shown as it would be."""

from __future__ import annotations

import threading
import warnings
from collections import deque
from typing import Any

from trackbook.capture.secrets import redact

MOST = 500
LONGEST = 500
PLACE = "_showwarnmsg_impl"
"""Where every warning that is to be shown comes by, with `catch_warnings` and without, and nothing of it is lost.

Set in the module's dict, since a thread of ours sees attributes of its own (`capture.warningfilters`)."""

_noting: tuple[deque[Any], ...] = ()
_lock = threading.Lock()
_before: Any = None


def note() -> deque[Any]:
    """Begin to note the messages that are shown; `forget` it in the end."""
    global _noting, _before
    noted: deque[Any] = deque(maxlen=MOST)
    with _lock:
        shows = vars(warnings).get(PLACE)
        if not _noting and callable(shows) and shows is not _show:
            _before = shows
            vars(warnings)[PLACE] = _show
        _noting = (*_noting, noted)
    return noted


def forget(noted: deque[Any]) -> None:
    global _noting
    with _lock:
        _noting = tuple(one for one in _noting if one is not noted)
        if not _noting and _before is not None and vars(warnings).get(PLACE) is _show:
            vars(warnings)[PLACE] = _before


def _show(message: Any) -> None:
    for noted in _noting:
        noted.append(message)
    _before(message)


def described(noted: deque[Any]) -> list[dict[str, str]]:
    """Category and text of each, as in the outputs of a cell."""
    found = []
    for one in tuple(noted):
        try:
            found.append({"category": one.category.__name__, "message": redact(str(one.message)).text[:LONGEST]})
        except Exception:  # noqa: BLE001 - a user's own warning
            found.append({"category": "Warning", "message": "<its text cannot be had>"})
    return found
