"""Imports of heavy modules, in threads of their own, so that neither loading nor the first run waits for them.

What every lesson needs is loaded at once, but for Altair: with it comes jsonschema, which builds a grammar of addresses
in Python for three seconds, beside which a cell would run at half its speed; the first chart waits for it.  The format
that scikit-learn's models are kept in takes seconds, since it looks at every estimator there is; it is loaded when a
cell has brought scikit-learn in, and not for anybody else.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from trackbook.core import warningfilters
from trackbook.errors import MissingDependency, StoreAway, StoreUnavailable
from trackbook.jupyter.guard import log

if TYPE_CHECKING:
    from pathlib import Path

FIRST = (
    "trackbook.jupyter.opening",
    "trackbook.tracking.recorder",
    "trackbook.tracking.runnames",
    "trackbook.store.sql",
)
THEN = ("trackbook.widgets.card", "trackbook.widgets.views")
LAST = ("pandas",)
MODELS = ("trackbook.models.sklearn",)
SKLEARN = "sklearn.base"


_step = threading.RLock()
"""Held during a step.  A process that is forked within an import would wait for ever for what the import holds."""
FORK_WAIT_S = 3.0
_is_held = False


def _before_fork() -> None:
    global _is_held
    _is_held = _step.acquire(timeout=FORK_WAIT_S)


def _after_fork() -> None:
    if _is_held:
        _step.release()


def _after_fork_in_child() -> None:
    global _step
    _step = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork_in_child)


class Warmup:
    """The warming threads of one extension."""

    def __init__(self, refused: Callable[[str], object]) -> None:
        """`refused` is told why the store could not be opened."""
        self._refused = refused
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._models = False

    def begin(self, folder: Path) -> None:
        """Load what every lesson needs; `folder` is the notebook's."""
        self._run([*_imports(FIRST), partial(_open, folder), *_imports(THEN), _read_a_filter, *_imports(LAST)])

    def after_cell(self, _result: object) -> None:
        """For `post_run_cell`: load what keeps models, once there can be models."""
        if not self._models and SKLEARN in sys.modules:
            self._models = True
            self._run([*_imports(MODELS), _load_skops])

    def end(self, timeout_s: float) -> None:
        """Stop after the steps that the threads are at."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout_s)

    def _run(self, steps: Sequence[Callable[[], object]]) -> None:
        thread = threading.Thread(target=self._work, args=(steps,), name="trackbook-warm", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self, steps: Sequence[Callable[[], object]]) -> None:
        for step in steps:
            if self._stop.is_set():
                return
            with _step:
                self._take(step)

    def _take(self, step: Callable[[], object]) -> None:
        try:
            with warningfilters.apart():
                step()
        except StoreUnavailable as error:
            self._refused(str(error).partition("\n")[0])
        except Exception:  # noqa: BLE001 - the thread's border: whoever needs it will say what is wrong
            log.info("a step of warming up failed", exc_info=True)


def _imports(names: Sequence[str]) -> list[Callable[[], object]]:
    return [partial(import_module, name) for name in names]


def _load_skops() -> None:
    from trackbook.models.skopsformat import skops_io

    with suppress(MissingDependency):  # said where a model is to be kept
        skops_io()


def _read_a_filter() -> None:
    """The parser is built from its grammar, for 0.2 s, beside which the first card would be drawn late."""
    from trackbook.core.filters.grammar import parser

    parser()


def _open(folder: Path) -> None:
    """Open a store that is there already, which also recovers what dead kernels left, and read the environment."""
    from trackbook.capture.environment import environment
    from trackbook.connect import is_remote
    from trackbook.tracking.session import current_session

    session = current_session(folder)
    if session.settings.home.is_dir():
        _ = session.recorder
    if is_remote(session.settings.tracking_uri):
        with suppress(StoreAway):  # it is waited for
            session.store.experiments.get_by_name(session.settings.experiment)
    environment()
