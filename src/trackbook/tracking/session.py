"""The session: what one process records with.  Settings, store, journal and recorder, each opened when first needed.

Log calls need only the journal, so they work while the store is away; reading opens the store, after the recorder has
caught up (`reading`), so that a process reads its own writes.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
from typing import TYPE_CHECKING

from trackbook import settings as settings_module
from trackbook.core import forks, patience
from trackbook.errors import NotFound
from trackbook.tracking import active

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trackbook.core.entities import Experiment
    from trackbook.core.ports import Store
    from trackbook.journal.writer import Journal
    from trackbook.settings import Settings
    from trackbook.tracking.recorder import Recorder

FLUSH_TIMEOUT_S = 10.0


class Session:
    """One process's way to one store.  Thread-safe."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.experiment: Experiment | None = None
        """The experiment chosen by `set_experiment`, None before."""
        self._store: Store | None = None
        self._recorder: Recorder | None = None
        self._lock = threading.RLock()
        self.before_close: list[Callable[[], object]] = []
        """Called when it closes, while it can still be written to."""
        _sessions.append(self)

    @property
    def store(self) -> Store:
        """The store, opened at first use.  Raises `StoreUnavailable`."""
        with self._lock:
            if self._store is None:
                from trackbook.connect import connect
                from trackbook.core.acting import introduce

                introduce(self.settings.user)
                self._store = connect(self.settings.tracking_uri, artifact_root=self.settings.artifact_root or None)
            return self._store

    @property
    def recorder(self) -> Recorder:
        """The recorder, started at first use."""
        with self._lock:
            if self._recorder is None:
                from trackbook.connect import is_remote
                from trackbook.journal.writer import Journal
                from trackbook.tracking.recorder import Recorder

                journal = Journal(self.settings.journal_folder, destination=self.store.uri)
                self._recorder = Recorder(journal, lambda: self.store, leased=is_remote(self.store.uri))
            return self._recorder

    @property
    def journal(self) -> Journal:
        return self.recorder.journal

    def flush(self, timeout_s: float = FLUSH_TIMEOUT_S) -> bool:
        """Wait until what was logged before is in the store; False where that took longer than `timeout_s`."""
        recorder = self._recorder
        return True if recorder is None else recorder.flush(timeout_s)

    @property
    def reading(self) -> Store:
        """The store, caught up with this process's journal, and with those that dead processes left."""
        if self._recorder is None and self._has_journals():
            _ = self.recorder  # it recovers them before the flush returns
        self.flush()
        return self.store

    def _has_journals(self) -> bool:
        try:
            with os.scandir(self.settings.journal_folder) as entries:
                return any(entry.name[:1] != "." for entry in entries)
        except OSError:
            return False

    def choose_experiment(self, name: str) -> Experiment:
        """The active experiment of this name, made where there is none.

        While a server is away, or takes longer than a script waits, it has `BY_NAME` and the name in place of an id.
        """
        from trackbook.core.entities import Experiment
        from trackbook.core.events import BY_NAME
        from trackbook.errors import StoreAway
        from trackbook.tracking.naming import experiment_name

        name = experiment_name(name)
        try:
            with patience.impatient():
                return self._stored_experiment(name)
        except StoreAway:
            return Experiment(f"{BY_NAME}{name}", name, "")

    def _stored_experiment(self, name: str) -> Experiment:
        from trackbook.errors import AlreadyExists

        experiments = self.store.experiments
        found = experiments.get_by_name(name)
        if found is not None and found.lifecycle_stage == "active":
            return found
        try:
            return experiments.get(experiments.create(name))
        except AlreadyExists:  # another process was quicker
            found = experiments.get_by_name(name)
            if found is None:
                raise NotFound("experiment", name) from None
            return found

    def default_experiment(self) -> Experiment:
        """The one chosen, else the one the settings name."""
        from trackbook.core.events import BY_NAME

        chosen = self.experiment
        if chosen is not None and not chosen.experiment_id.startswith(BY_NAME):
            return chosen
        return self.choose_experiment(self.settings.experiment if chosen is None else chosen.name)

    def close(self, *, to_the_end: bool = False) -> None:
        """Flush, give the journal back and close the store; `to_the_end` as in `Recorder.close`."""
        while self.before_close:
            self.before_close.pop(0)()
        with self._lock:
            recorder, self._recorder = self._recorder, None
        if recorder is not None:
            recorder.close(to_the_end=to_the_end)  # it still needs the store, and would open another
        with self._lock:
            store, self._store = self._store, None
        if store is not None:
            store.close()
        if self in _sessions:
            _sessions.remove(self)

    def _after_fork(self) -> None:
        self._lock = threading.RLock()


_sessions: list[Session] = []
_current: Session | None = None
_guard = threading.RLock()


def current_session(start: Path | str | None = None) -> Session:
    """The process's session; made from the settings of `start` (the current folder by default) at first use."""
    global _current
    with _guard:
        if _current is None:
            _current = Session(settings_module.load(start))
        return _current


def chosen_experiment() -> str:
    """The name that `set_experiment` chose, "" for none.  Opens nothing."""
    chosen = None if _current is None else _current.experiment
    return "" if chosen is None else chosen.name


def open_session(start: Path | str | None = None, *, tracking_uri: str | None = None) -> Session:
    """Make the settings of this folder (and this destination) the process's session.

    The earlier session is kept where it already leads there, else it is flushed and closed; runs that are still open
    in it stay bound to it and end there.
    """
    global _current
    wanted = settings_module.load(start, tracking_uri=tracking_uri)
    with _guard:
        if _current is not None:
            before = _current.settings
            if (before.home, before.tracking_uri) == (wanted.home, wanted.tracking_uri):
                return _current
            if not active.open_runs():
                _current.close()
        _current = Session(wanted)
        return _current


def close_session() -> None:
    """Flush and close the process's session; the next use makes a new one."""
    global _current
    with _guard:
        session, _current = _current, None
    if session is not None:
        session.close()


def _at_exit() -> None:
    """End what is open with the true status, then flush: an interpreter that leaves by an exception did not finish."""
    # A shell sets it for every cell that failed, however long ago; there the cells' own runs are ended by its hooks.
    active.end_left(None if _in_shell() else getattr(sys, "last_value", None))
    for session in [*_sessions]:
        session.close(to_the_end=not _in_shell())  # a kernel is killed soon, and its machine keeps the journal


def _in_shell() -> bool:
    ipython = sys.modules.get("IPython")
    return ipython is not None and ipython.get_ipython() is not None


atexit.register(_at_exit)


@forks.in_child
def _after_fork_in_child() -> None:
    """A child has the parent's runs but is not their owner: it neither ends nor flushes them."""
    global _guard
    _guard = threading.RLock()
    for session in _sessions:
        session._after_fork()  # noqa: SLF001 - the same module
    atexit.unregister(_at_exit)
