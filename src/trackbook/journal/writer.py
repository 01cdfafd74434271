"""What a process logs to.

    journal = Journal(home / "journal", destination=store.uri)
    journal.append(RunStarted(...))                     # one line, on disk on return
    loss = journal.define(run_id, "loss")               # a series; its line is on disk before the number is known
    journal.point(loss, 0.25, step, time_ms)            # one slot, the hot path

The folder is made at first use.  After `fork` the child's object begins a journal of its own, in which series numbers
given before the fork stay good (they are defined again at its head), and `point` may be kept across it; the parent's
files are only closed.  `detach` ends a journal in the same way: whatever a late thread still logs begins a new one.

Locks are re-entrant, since a signal handler or a finalizer may log in the middle of a log call.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
import threading
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from trackbook.core import forks
from trackbook.core.clock import new_id, now_ms
from trackbook.core.events import ArtifactStaged, Event, RunEnded, RunResumed, RunStarted, SeriesDefined
from trackbook.core.names import INT64_MAX, INT64_MIN, metric_number, step_number
from trackbook.errors import InvalidValue, JournalDamaged
from trackbook.journal.carried import Carried
from trackbook.journal.event_segments import EventSegments
from trackbook.journal.folder import JournalFolder, delete_folder, staged_file
from trackbook.journal.lines import Lines
from trackbook.journal.owner import this_process
from trackbook.journal.point_segments import PointSegments
from trackbook.journal.slots import Slots, point_writer
from trackbook.journal.trouble import DiskTrouble

FIRST_SLOTS = 8_192
"""256 KiB: most runs need no more."""
MORE_SLOTS = 131_072
"""4 MiB, for those that do."""


def _version() -> str:
    """Trackbook's version, without an import upward."""
    return str(getattr(sys.modules.get("trackbook"), "__version__", ""))


def _nothing() -> None: ...


class Journal:
    """The journal of this process for one destination.  Any thread may log; see the module for `fork`."""

    def __init__(
        self, root: Path, *, destination: str, first_slots: int = FIRST_SLOTS, more_slots: int = MORE_SLOTS
    ) -> None:
        self.root, self.destination = root, destination
        self.on_news: Callable[[], None] = _nothing
        """Called after each event, and when points begin a segment; must return at once."""
        self._lock = threading.RLock()
        self._capacities = first_slots, more_slots
        self._carried = Carried()
        self._trouble = DiskTrouble()
        self._unstaged: set[str] = set()
        """Names of staged files that the disk refused."""
        self.point, self._aim = point_writer(self._overflow)
        self._begin()
        _journals.add(self)

    def _begin(self) -> None:
        """A journal of no files yet, under a new id."""
        self.id = new_id()
        self._folder = JournalFolder(self.root, this_process(self.id, self.destination, now_ms(), _version()))
        self._trouble.begin()
        self._carried.begin()
        self._events = EventSegments(self._folder, self._trouble, self._carried)
        self._points = PointSegments(self._folder, self._trouble, self._aim, self._capacities)

    # -- logging --------------------------------------------------------------------------------------------------

    def append(self, event: Event) -> None:
        """Write an event down.  I/O errors do not reach the caller."""
        with self._lock:
            if isinstance(event, ArtifactStaged) and event.staged in self._unstaged:
                self._unstaged.remove(event.staged)
                self._trouble.lose_artifact(event.run_id, event.path)
                return
            if isinstance(event, RunStarted | RunResumed) and not self.has_open_runs and self._homeless():
                self._mend()  # deleted while no run was open: nobody needs to be told
            if not self._events.write(event):
                self._trouble.lose_record(event.run_id)
            self._carried.follow(event)
            if isinstance(event, RunEnded):
                self._trouble.tell_losses(event.run_id)
        self.on_news()

    def define(self, run_id: str, key: str) -> int:
        """The series that stands for this run's metric `key` from now on."""
        with self._lock:
            series = self._carried.number(run_id, key)
            if series is not None:
                return series
            series = self._carried.new_number()
            definition = SeriesDefined(run_id, series, key)
            self._events.write(definition)
            self._carried.follow(definition)
        self.on_news()
        return series

    point: Callable[[int, float, int, int], None]
    """`point(series, value, step, time_ms)`: write a point down.  Costs about one `struct.pack_into`."""

    def stage_file(self, path: Path) -> tuple[str, int]:
        """Copy a file to where `ArtifactStaged` finds it: its name there and its size (bytes).

        Raises `OSError` where the file cannot be read; where the journal cannot be written, the artifact is dropped,
        and its event becomes a word of the loss.
        """
        with path.open("rb") as source:
            size = os.fstat(source.fileno()).st_size
            return self._stage(lambda file: shutil.copyfileobj(source, file, 1 << 20)), size

    def stage_bytes(self, data: bytes) -> tuple[str, int]:
        """As `stage_file`, of bytes."""
        return self._stage(lambda file: file.write(data)), len(data)

    def staged_path(self, name: str) -> Path:
        """Where the staged file of this name lies."""
        return staged_file(self._folder.path, name)

    def _stage(self, fill: Callable[[BinaryIO], object]) -> str:
        name, target = new_id(), None
        try:
            with self._lock:
                target = self._folder.files() / name
            with target.open("xb") as file:
                fill(file)
        except OSError as error:
            with self._lock, contextlib.suppress(OSError):
                self._trouble.report(error, self._folder.path)
                self._unstaged.add(name)
                if target is not None:
                    target.unlink(missing_ok=True)
        return name

    # -- points ---------------------------------------------------------------------------------------------------

    def _overflow(self, marker: int, series: Any, value: Any, step: Any, time_ms: Any) -> None:
        """A point that did not go in: its types are odd, or its segment is full, closed or not there yet."""
        if not (type(series) is int and 0 < series < 2**32):
            raise InvalidValue(f"series {series!r} was not given by define()")
        if not (type(value) is float and _is_int64(step) and _is_int64(time_ms)):
            _, key = self._carried.named(series)
            self.point(series, metric_number(key, value), step_number(key, step), step_number(key, time_ms))
            return
        with self._lock:
            if self._points.is_over(marker) and not self._roll_points():
                run_id, _ = self._carried.named(series)
                self._trouble.lose_point(run_id)
                return
        self.point(series, value, step, time_ms)

    def _roll_points(self) -> bool:
        """Begin the next segment of points; False where there is no room, and the point is dropped."""
        self._events.begun()  # a new journal's first point: its series are defined at the head of its events
        if not self._points.roll():
            return False
        self.on_news()
        return True

    # -- what the recorder does for it ----------------------------------------------------------------------------

    def prepare(self) -> None:
        """Make the next segment of points ahead of need, outside the log calls' lock."""
        with self._lock:
            points = self._points
            wanted = points.wanted()
        if wanted is None:
            return
        try:
            made = points.make(*wanted)
        except OSError:
            return  # the log call that needs it will meet the same, and report it
        with self._lock:
            if self._points is points and points.keep(made):
                return
        made.unlink()

    def heal(self, *, at_once: bool = False) -> None:
        """Go back to the disk where it refused, or where the files of an open run were deleted.

        All that has no file is written to one first, at its own place in the order, so that it then survives the
        process.  Most of it is written outside the log calls' lock.  `at_once` does not wait for the next try's time.
        """
        with self._lock:
            self._points.settle()
            if self._trouble.error is None:
                if not (self.has_open_runs and self._homeless()):
                    return
                error = FileNotFoundError(errno.ENOENT, "its files were deleted")
                self._trouble.report(error, self._folder.path)
            elif not (at_once or self._trouble.may_retry):
                return
        self._mend()

    def _mend(self) -> None:
        try:
            self._go_back_to_disk()
        except OSError as error:
            with self._lock:
                self._trouble.report(error, self._folder.path)

    def _homeless(self) -> bool:
        """Something of this journal is not where its files should be."""
        return self._folder.vanished or any(one.homeless for one in (*self._events.all, *self._points.all))

    def _go_back_to_disk(self) -> None:
        """Raises `OSError`, and leaves what has no file as it is."""
        with self._lock:
            folder, lines, slots = self._folder, self._events.all, self._points.all
            folder.open()
        saved = [one for one in slots if one.homeless]
        for one in saved:
            folder.save_slots(one)
        copies = {one.number: folder.copied_lines(one) for one in lines if one.homeless}
        with self._lock:
            if self._folder is not folder:  # it was closed meanwhile; its folder is somebody else's now
                return
            self._points.leave(saved)
            late = self._events.replace(copies)
            self._points.settle()
            self._trouble.over()
        for copy in late:  # the original was given back meanwhile
            copy.unlink()

    def losses(self, *, final: bool = False) -> Sequence[tuple[str, str]]:
        """Run id and a sentence for each run of which something was dropped; each is given out once.

        What a run loses while the disk still refuses waits for its end, or the disk's; `final` does not wait.
        """
        with self._lock:
            if final:
                self._trouble.tell_all_losses()
            return self._trouble.losses()

    @property
    def has_open_runs(self) -> bool:
        """Points may come at any time."""
        return bool(self._carried.open_runs)

    @property
    def open_runs(self) -> Sequence[str]:
        with self._lock:
            return tuple(self._carried.open_runs)

    @property
    def disk_error(self) -> str:
        """Why records are kept in memory now; "" while they are not."""
        return "" if self._trouble.error is None else str(self._trouble.error)

    # -- reading it while it lives (`reader.Source`) --------------------------------------------------------------

    ended = False
    damage: Sequence[JournalDamaged] = ()

    @property
    def journal_id(self) -> str:
        return self.id

    def lines(self) -> Sequence[Lines]:
        with self._lock:
            return self._events.all

    def slots(self) -> Sequence[Slots]:
        with self._lock:
            return self._points.all

    def release_lines(self, below: int) -> None:
        """Give back the segments of events with smaller numbers, but never the one in use."""
        with self._lock:
            given = self._events.take_out(below)
        for lines in given:
            with contextlib.suppress(OSError):
                lines.unlink()

    def release_slots(self, below: int) -> None:
        """Give back the segments of points with smaller numbers, but never the one in use."""
        with self._lock:
            given = self._points.take_out(below)
        for slots in given:
            if slots.in_memory:
                self._trouble.returned(slots)
            with contextlib.suppress(OSError):
                slots.unlink()

    # -- its end --------------------------------------------------------------------------------------------------

    def detach(self) -> JournalFolder:
        """End this journal and keep its lock: nobody writes to it any more, and `point` begins a new one.

        Close the returned folder to let others recover what is left in it, or give it to `delete`.
        """
        if self.disk_error:
            self.heal(at_once=True)
        with self._lock:
            folder, events, points = self._folder, self._events, self._points
            self._begin()
        events.close()
        points.close()
        points.unlink_prepared()
        return folder

    def close(self, *, delete: bool = False) -> None:
        """End this journal; delete its files, or leave them to be recovered."""
        folder = self.detach()
        if delete and folder.is_open:
            delete_folder(folder.path)
        folder.close()

    def _after_fork_in_child(self) -> None:
        """The parent's journal is not ours: close our copies of it and begin our own at first use."""
        folder, events, points = self._folder, self._events, self._points
        self.on_news = _nothing
        self._lock = threading.RLock()
        self._begin()
        events.close()
        points.close()
        folder.close()


def _is_int64(value: object) -> bool:
    return type(value) is int and INT64_MIN <= value <= INT64_MAX


_journals: weakref.WeakSet[Journal] = weakref.WeakSet()


@forks.in_child
def _after_fork_in_child() -> None:
    for journal in tuple(_journals):
        journal._after_fork_in_child()  # noqa: SLF001 - the same module
