"""Imports of heavy modules, in a thread after loading, so that neither loading nor the first run waits for them."""

from __future__ import annotations

import threading
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from trackbook.jupyter.guard import log

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MODULES = (
    "trackbook.jupyter.opening",
    "trackbook.tracking.recorder",
    "trackbook.store.sql",
    "trackbook.widgets.card",
    "trackbook.widgets.views",
    "pandas",
    "altair",
)
"""In the order in which a first lesson needs them."""


def warm_up(folder: Path, stop: threading.Event, at_last: Callable[[], None]) -> threading.Thread:
    """Begin; `stop` ends it after the module it is at.  `folder` is the notebook's; `at_last` is called at the end."""
    thread = threading.Thread(target=_warm, args=(folder, stop, at_last), name="trackbook-warm", daemon=True)
    thread.start()
    return thread


def _warm(folder: Path, stop: threading.Event, at_last: Callable[[], None]) -> None:
    steps: list[Callable[[], object]] = [partial(import_module, module) for module in MODULES]
    steps.insert(3, lambda: _open(folder))
    for step in (*steps, at_last):
        if stop.is_set():
            return
        try:
            step()
        except Exception:  # noqa: BLE001 - the thread's border: whoever needs it will say what is wrong
            log.info("a step of warming up failed", exc_info=True)


def _open(folder: Path) -> None:
    """Open a store that is there already, which also recovers what dead kernels left, and read the environment."""
    from trackbook.capture.environment import environment
    from trackbook.tracking.session import current_session

    session = current_session(folder)
    if session.settings.home.is_dir():
        _ = session.recorder
    environment()
