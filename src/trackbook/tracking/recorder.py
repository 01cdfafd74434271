"""The recorder: one daemon thread that drains this process's journal to the store.

Callers never wait for it, except in `flush`.  While runs are open it looks up to ten times a second, and takes larger
batches the more a look costs; otherwise it sleeps until the journal has news.  A pass reads batches up to what was
there when it began, applies each in one transaction, adopts staged files, and gives applied segments back.  Live views
are told between passes, too (`tail`).  While the store is away the journal keeps everything, and the recorder tries
again with growing pauses; the journal itself is looked after in each turn (the next segment made ready, a refusing disk
tried again).

At its start, now and then, and at its end it recovers the journals of dead processes.

A forked child must not touch the store: SQLite's locks do not survive a fork
(https://www.sqlite.org/howtocorrupt.html, section 2.6).  Its recorder hands its journal over instead: about once a
second it closes it and goes on in a new one, and the parent's recorder brings the closed ones in.

Whoever makes a recorder closes it, at exit too: runs have to be ended first.
"""

from __future__ import annotations

import atexit
import logging
import os
import sys
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic as _monotonic

from trackbook.core import patience, warningfilters
from trackbook.core.events import Batch
from trackbook.core.ports import Store
from trackbook.errors import StoreUnavailable
from trackbook.journal.folder import JournalFolder, delete_folder
from trackbook.journal.reader import Reader
from trackbook.journal.recovery import drain, recover
from trackbook.journal.source import StoredJournal
from trackbook.journal.writer import Journal
from trackbook.tracking import active
from trackbook.tracking.absence import Absence
from trackbook.tracking.draining import Draining
from trackbook.tracking.lease import Lease
from trackbook.tracking.losses import tell_losses
from trackbook.tracking.subscribers import Subscribers
from trackbook.tracking.tail import Tail

log = logging.getLogger("trackbook.recorder")

TICK_S = 0.1
"""Between two looks while there is news, at least."""
SHARE = 0.005
"""Of one core's time for looking: passes take the interpreter's lock from the training, so costly ones come seldom."""
LONGEST_TICK_S = 2.0
WATCHED_TICK_S = 0.2
"""Between two words to those who look at a run."""
SLOW_TICK_S = 0.5
"""Between two looks at open runs that log nothing."""
IDLE_S = 5.0
"""Longest sleep."""
LEAST_JOIN_S = 0.5
LOOK_S = 0.2
"""Between two looks at whether a flush has hope."""
RECOVER_EVERY_S = 10.0
KEEP_S = 1.0
"""Longest sleep while the store is away, or the disk refuses the journal."""
HAND_OVER_S = 1.0
"""How often a forked child hands its journal over, and its parent looks for it."""


@dataclass(frozen=True, slots=True)
class RecorderState:
    """How it stands, for whoever looks from within the process."""

    pending_points: int
    pending_bytes: int
    """Of events."""
    applied_points: int
    last_error: str
    """The store's last word; "" while it answers."""
    store_away_since: int | None
    """ms"""
    disk_error: str
    """Why the journal is kept in memory; "" while it is on disk."""


class Recorder:
    """Drains `journal` to the store that `store_factory` gives (called on the recorder's thread, each pass)."""

    def __init__(self, journal: Journal, store_factory: Callable[[], Store], *, leased: bool = False) -> None:
        """`leased`: the store cannot see whether this process lives, and is told so with each open run."""
        self.journal = journal
        self._store_factory = store_factory
        self._leased, self._lease = leased, Lease(needed=leased)
        self._parent_pid = 0
        """In a forked child the process that it was forked from, else 0."""
        self._has_children = False
        self._begin()
        _recorders.add(self)
        self._ensure_thread()

    def _begin(self) -> None:
        self._subscribers = Subscribers()
        self._tail = Tail(self._subscribers)
        self._draining = Draining(self.journal, self._store_factory, self._tail)
        self._pass_lock = threading.RLock()
        self._changed = threading.Condition()
        self._wake = threading.Event()
        self._wanted = self._answered = self._served = 0
        self._idle = self._stopping = self._closed = False
        self._settled_at = 0.0
        """Just woken: a cell begins, and a pass beside it would take the interpreter's lock at each of its writes."""
        self._thread: threading.Thread | None = None
        self._left: JournalFolder | None = None
        """Of a journal closed while a pass was still under way: its lock is the thread's to give back."""
        self._recover_at = self._next_pass_at = 0.0
        self._absence = Absence()
        self.journal.on_news = self._news

    # -- for callers ----------------------------------------------------------------------------------------------

    def flush(self, timeout_s: float = 10.0) -> bool:
        """Wait until all that was logged before this call is applied and adopted.

        False where the store is away, or where it takes longer than `timeout_s`, and in a forked child, which only
        hands its journal over; nothing is lost then.  May be called from any thread, from a live view's callback, and
        at exit.
        """
        return self._flush(timeout_s, _never, _never)

    def _flush(self, timeout_s: float, is_vain: Callable[[], bool], is_moving: Callable[[], bool]) -> bool:
        """As `flush`, but no longer than there is hope, and longer than `timeout_s` while something moves."""
        if threading.current_thread() is self._thread or not self._ensure_thread():
            return self._pass(flushing=True)[1]
        until = _monotonic() + timeout_s
        with self._changed:
            self._wanted += 1
            ticket = self._wanted
            self._wake.set()
            while self._answered < ticket and not is_vain():
                left_s = until - _monotonic()
                if left_s <= 0 and not is_moving():
                    break
                self._changed.wait(min(left_s, LOOK_S) if left_s > 0 else LOOK_S)
            return self._served >= ticket

    def subscribe(self, run_id: str, callback: Callable[[Batch], None]) -> Callable[[], None]:
        """Call back on the recorder's thread with what is logged of this run, soon; returns what takes it back.

        The store has it later.
        """
        take_back = self._subscribers.add(run_id, callback)
        if _monotonic() >= self._settled_at:  # the pause that was chosen while nobody looked may be long
            self._settle()
        return take_back

    def close(self, timeout_s: float = 10.0, *, to_the_end: bool = False) -> None:
        """Flush and stop; delete the journal if all of it is applied, else leave it to be recovered.  Idempotent.

        A store that does not answer is not waited for as long as one that does; `to_the_end`, one that still takes
        something is waited for as long as it does, until an interrupt.
        """
        if self._closed:
            return
        deadline = _monotonic() + timeout_s
        tell_losses(self.journal, self._store_factory, final=True)
        try:
            applied = self._flush(timeout_s, self._is_silent, self._is_moving if to_the_end else _never)
        except KeyboardInterrupt:
            applied = False
        applied = applied and not self._parent_pid
        if not applied and not self._parent_pid:
            self._tell_what_is_left()
            deadline = _monotonic()
        self._closed = self._stopping = True
        self._wake.set()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(max(deadline - _monotonic(), LEAST_JOIN_S))
        is_free = self._pass_lock.acquire(timeout=LEAST_JOIN_S)
        folder = self.journal.detach()
        if not is_free:  # the pass under way must not meet another process's recovery of the same batch
            self._left = folder
            is_free = self._pass_lock.acquire(blocking=False)  # it may just have ended
        if is_free:
            try:
                if applied and folder.is_open:
                    self._finish(folder)
            except Exception as error:  # noqa: BLE001 - the last border: the journal stays, and is recovered later
                self._fail(error)
            finally:
                self._left = None
                folder.close()
                self._pass_lock.release()
        _recorders.discard(self)

    @property
    def state(self) -> RecorderState:
        """Counted now.  Asks the store for its place in the journal where it failed just before, and raises then."""
        points, size = 0, 0
        if self._pass_lock.acquire(timeout=0.2):
            try:
                points, size = self._draining.reader().pending()
            finally:
                self._pass_lock.release()
        absence = self._absence
        return RecorderState(
            points, size, self._draining.applied_points, absence.error, absence.since, self.journal.disk_error
        )

    # -- the thread -----------------------------------------------------------------------------------------------

    def _ensure_thread(self) -> bool:
        """Whether the thread runs, started if need be; not after the end, and not while the interpreter ends."""
        if self._thread is not None and self._thread.is_alive():
            return True
        if self._closed:
            return False
        thread = threading.Thread(target=_loop, args=(weakref.ref(self),), name="trackbook-recorder", daemon=True)
        self._thread = thread
        try:
            thread.start()
        except RuntimeError:
            self._thread = None
            return False
        if self._parent_pid and "multiprocessing.util" in sys.modules:
            # A worker of multiprocessing leaves by os._exit, which runs these but no atexit.
            sys.modules["multiprocessing.util"].Finalize(self, _close_of(self), exitpriority=0)
        return True

    def _news(self) -> None:
        """The journal has something: begin (in a forked child), or wake up."""
        if self._thread is None:
            self._ensure_thread()
        if self._idle:
            self._idle = False
            self._settle()

    def _settle(self) -> None:
        """Wake up to look in a moment."""
        self._settled_at = _monotonic() + TICK_S
        self._wake.set()

    def _turn(self, pause_s: float) -> float:
        """One pass; how long to wait for the next."""
        with self._changed:
            wanted = self._wanted
        flushing = wanted > self._answered
        settling_s = self._settled_at - _monotonic()
        if settling_s > 0 and not flushing:
            return settling_s
        if not flushing and not self._parent_pid and not self._absence.is_retried:
            self._keep()
            self._tell_views()
            return min(KEEP_S, self._absence.retry_s)
        if not flushing and self._subscribers and _monotonic() < self._next_pass_at:
            self._tell_views()
            return WATCHED_TICK_S
        began = time.thread_time()
        news, ok = self._pass(flushing)
        took_s = time.thread_time() - began
        with self._changed:
            self._answered = wanted
            self._served = wanted if ok else self._served
            self._changed.notify_all()
        if self._parent_pid:
            return HAND_OVER_S
        if not ok:
            self._absence.wait_longer()
            return min(KEEP_S, self._absence.retry_s)
        if news:
            self._idle = False
            rest_s = min(max(took_s / SHARE, TICK_S), LONGEST_TICK_S)
            self._next_pass_at = _monotonic() + rest_s
            return min(rest_s, WATCHED_TICK_S) if self._subscribers else rest_s
        if self.journal.has_open_runs:
            self._idle = False
            return min(max(pause_s, TICK_S) * 1.5, WATCHED_TICK_S if self._subscribers else SLOW_TICK_S)
        if not self._idle:  # announce it, and look once more: what came before the word needs no waking
            self._idle = True
            return 0.0
        return KEEP_S if self.journal.disk_error else IDLE_S

    # -- one pass -------------------------------------------------------------------------------------------------

    def _pass(self, flushing: bool = False) -> tuple[bool, bool]:
        """Drain what is there: whether there was news, and whether all of it is in the store."""
        if self._parent_pid:
            self._hand_over()
            return False, False
        news = False
        with self._pass_lock:
            try:
                self._keep()
                self._recover(flushing)
                self._tell_views()
                news = self._draining.run()
            except Exception as error:  # noqa: BLE001 - the thread's border: the journal keeps what was not applied
                self._fail(error)
                return news, False
            finally:
                if self._left is not None:
                    self._left.close()
            self._absence.is_over()
        return news, True

    def _keep(self) -> None:
        """Look after the journal itself, whatever the store does."""
        self.journal.heal()
        self.journal.prepare()
        tell_losses(self.journal, self._store_factory)
        self._lease.renew(self.journal)

    def _tell_views(self) -> None:
        with self._pass_lock:
            try:
                self._tail.tell(self._draining.reader)
            except Exception as error:  # noqa: BLE001 - the thread's border: what was not told now is told by the next
                log.debug("live views were not told: %s", error)

    def _hand_over(self) -> None:
        """In a forked child: let go of what was logged, while somebody is there to take it."""
        with self._pass_lock:
            self.journal.heal()
            if self.journal.disk_error and not self._closed:
                return  # what is in memory would be lost
            if self.journal.lines() and (os.getppid() == self._parent_pid or self._closed):
                self.journal.close()

    def _is_silent(self) -> bool:
        store = self._distant()
        return store is not None and store.is_silent

    def _is_moving(self) -> bool:
        store = self._distant()
        return store is not None and store.is_moving

    def _distant(self) -> patience.Distant | None:
        """The store where it may not answer, and this process waits for it."""
        if self._parent_pid or not self._leased:
            return None
        store = self._store_factory()
        return store if isinstance(store, patience.Distant) else None

    def _tell_what_is_left(self) -> None:
        if self._absence.since is not None:  # it was told then
            return
        text = "not everything was stored before the end: %s keeps what is left until the next that opens this home"
        if self._leased:
            text = "not everything was sent before the end: what is left is in %s, for `trackbook sync`"
        else:
            text += ", or `trackbook recover`"
        with suppress(Exception):  # logging may be broken by whoever replaced `time.time`
            log.warning(text, self.journal.root)

    def _recover(self, flushing: bool) -> None:
        """Recover dead journals when it is time to.  Raises `StoreUnavailable`."""
        if _monotonic() < self._recover_at and not (flushing and self._has_children):
            return
        root = self.journal.root
        others = root.is_dir() and any(path.name != self.journal.id for path in root.iterdir() if path.name[:1] != ".")
        if others:
            try:
                recover(
                    root, self._store_factory(), self.journal.id, self.journal.destination, self._subscribers.deliver
                )
            except StoreUnavailable:
                raise
            except Exception:  # another process's journal must not hold back ours
                log.warning("a journal in %s could not be recovered", root, exc_info=True)
        self._recover_at = _monotonic() + (HAND_OVER_S if self._has_children else RECOVER_EVERY_S)

    def _finish(self, folder: JournalFolder) -> None:
        """Apply what late threads still wrote, and delete the journal unless a run in it is open."""
        journal_id, store = folder.owner.journal_id, self._store_factory()
        reader = Reader(StoredJournal(folder.path, journal_id), store.recording.cursor(journal_id))
        drain(reader, store)
        if not reader.damage and not reader.known.open_runs:
            delete_folder(folder.path)
            store.recording.forget(journal_id)
        recover(self.journal.root, store, journal_id, self.journal.destination)

    def _fail(self, error: BaseException) -> None:
        if self._closed and self._thread is not None and threading.current_thread() is self._thread:
            return  # the journal was taken away under the last pass
        self._absence.begins(error, self.journal.root)

    def _after_fork_in_parent(self) -> None:
        self._has_children = True
        self._recover_at = min(self._recover_at, _monotonic() + HAND_OVER_S)

    def _after_fork_in_child(self) -> None:
        self._parent_pid, self._has_children = os.getppid(), False
        self._begin()
        atexit.register(_close_of(self))


def _loop(reference: weakref.ref[Recorder]) -> None:
    """The thread holds its recorder only during a turn, so that one that is forgotten ends."""
    pause_s = 0.0
    while (recorder := reference()) is not None and not recorder._stopping:  # noqa: SLF001 - the same module
        with warningfilters.apart():
            pause_s = recorder._turn(pause_s)  # noqa: SLF001
        wake = recorder._wake  # noqa: SLF001
        del recorder
        wake.wait(pause_s)
        wake.clear()


def _never() -> bool:
    return False


def _close_of(recorder: Recorder) -> Callable[[], None]:
    """For the end of a forked child."""
    reference = weakref.ref(recorder)

    def close() -> None:
        recorder = reference()
        if recorder is not None:
            active.end_left(sys.exc_info()[1] or getattr(sys, "last_value", None))
            recorder.close()

    return close


_recorders: weakref.WeakSet[Recorder] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for recorder in tuple(_recorders):
        recorder._after_fork_in_child()  # noqa: SLF001 - the same module


def _after_fork_in_parent() -> None:
    for recorder in tuple(_recorders):
        recorder._after_fork_in_parent()  # noqa: SLF001 - the same module


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child, after_in_parent=_after_fork_in_parent)
