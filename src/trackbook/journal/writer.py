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
import itertools
import os
import shutil
import sys
import threading
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from trackbook.core.clock import new_id, now_ms
from trackbook.core.events import ArtifactStaged, Event, RunEnded, RunResumed, RunStarted, SeriesDefined, to_json
from trackbook.core.names import INT64_MAX, INT64_MIN, metric_number, step_number
from trackbook.errors import InvalidValue, JournalDamaged
from trackbook.journal.folder import JournalFolder, delete_folder, staged_file
from trackbook.journal.format import CARRIED, encode_line
from trackbook.journal.lines import FileLines, Lines, MemoryLines, copy_rest
from trackbook.journal.owner import this_process
from trackbook.journal.slots import MappedSlots, Slots, nowhere, point_writer
from trackbook.journal.trouble import MEMORY_LINES_BYTES, DiskTrouble

FIRST_SLOTS = 8_192
"""256 KiB: most runs need no more."""
MORE_SLOTS = 131_072
"""4 MiB, for those that do."""
LINES_BYTES = 1 << 20
"""A segment of events is closed beyond this, and goes when all of it is applied."""
VITAL_BYTES = 1 << 20
"""Memory beyond its bound for the events without which others mean nothing: a run's start and end, a series."""
_VITAL = (RunStarted, RunResumed, RunEnded, SeriesDefined)


def _version() -> str:
    """Trackbook's version, without an import upward."""
    return str(getattr(sys.modules.get("trackbook"), "__version__", ""))


T = TypeVar("T", FileLines | MemoryLines, MappedSlots)


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
        self._first_slots, self._more_slots = first_slots, more_slots
        self._series: dict[int, tuple[str, str]] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._next_series = itertools.count(1).__next__
        self._trouble = DiskTrouble()
        self._unstaged: set[str] = set()
        """Names of staged files that the disk refused."""
        self._ended: set[str] = set()
        self._started: dict[str, RunStarted] = {}
        self.point, self._aim = point_writer(self._overflow)
        self._begin()
        _journals.add(self)

    def _begin(self) -> None:
        """A journal of no files yet, under a new id."""
        self.id = new_id()
        self._folder = JournalFolder(self.root, this_process(self.id, self.destination, now_ms(), _version()))
        self._trouble.begin()
        self._seq = 0
        self._lines: list[FileLines | MemoryLines] = []
        self._slots: list[MappedSlots] = []
        self._prepared: MappedSlots | None = None
        self._next_slots_number, self._slots_so_far = 1, 0
        self._open_runs: dict[str, None] = {}
        self._aim(nowhere())

    # -- logging --------------------------------------------------------------------------------------------------

    def append(self, event: Event) -> None:
        """Write an event down.  I/O errors do not reach the caller."""
        with self._lock:
            if isinstance(event, ArtifactStaged) and event.staged in self._unstaged:
                self._unstaged.remove(event.staged)
                self._trouble.lose_artifact(event.run_id, event.path)
                return
            if isinstance(event, RunStarted | RunResumed) and not self._open_runs and self._homeless():
                self._mend()  # deleted while no run was open: nobody needs to be told
            if not self._write(to_json(event), vital=isinstance(event, _VITAL)):
                self._trouble.lose_record(event.run_id)
            self._follow(event)
        self.on_news()

    def define(self, run_id: str, key: str) -> int:
        """The series that stands for this run's metric `key` from now on."""
        with self._lock:
            known = self._numbers.get((run_id, key))
            if known is not None:
                return known
            series = self._next_series()
            self._write(to_json(SeriesDefined(run_id, series, key)), vital=True)
            self._series[series] = run_id, key
            self._numbers[run_id, key] = series
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

    # -- events ---------------------------------------------------------------------------------------------------

    def _write(self, fields: dict[str, Any], vital: bool = False) -> bool:
        """False where the line is dropped: the disk refuses it, and memory is full."""
        lines = self._lines[-1] if self._lines else self._roll_lines()
        if lines.size > LINES_BYTES and isinstance(lines, FileLines):  # not sooner: a head repeats what was followed
            lines = self._roll_lines()
        data = self._encoded(fields)
        if isinstance(lines, FileLines):
            try:
                lines.append(data)
            except OSError as error:
                self._trouble.report(error, self._folder.path)
                lines = self._roll_lines()
                data = self._encoded(fields)  # the head took numbers
        if isinstance(lines, MemoryLines):
            kept = sum(one.size for one in self._lines if isinstance(one, MemoryLines)) + len(data)
            if kept > MEMORY_LINES_BYTES + VITAL_BYTES * vital:
                return False
            lines.append(data)
        self._seq += 1
        return True

    def _encoded(self, fields: dict[str, Any], ahead: int = 1) -> bytes:
        return encode_line({**fields, "seq": self._seq + ahead})

    def _follow(self, event: Event) -> None:
        """Know which runs are open, and which series need not be carried any more."""
        if isinstance(event, RunStarted | RunResumed):
            if isinstance(event, RunStarted):
                self._started[event.run_id] = event
            self._open_runs[event.run_id] = None
            self._ended.discard(event.run_id)
        elif isinstance(event, RunEnded):
            self._open_runs.pop(event.run_id, None)
            self._started.pop(event.run_id, None)
            self._ended.add(event.run_id)
            self._trouble.tell_losses(event.run_id)

    def _roll_lines(self) -> FileLines | MemoryLines:
        """Begin the next segment of events, on disk if it can be; once in memory, only `heal` leads back."""
        number = self._lines[-1].number + 1 if self._lines else 1
        lines: FileLines | MemoryLines | None = None
        if self._trouble.error is None:
            try:
                lines = self._file_lines(number)
            except OSError as error:
                self._trouble.report(error, self._folder.path)
        if lines is None:
            lines = MemoryLines(number)
            self._head(lines)
        self._lines.append(lines)
        return lines

    def _file_lines(self, number: int) -> FileLines:
        """A segment on disk with its head; raises `OSError` and leaves nothing behind."""
        lines = self._folder.lines(number)
        try:
            self._head(lines)
        except OSError:
            with contextlib.suppress(OSError):
                lines.unlink()
            raise
        return lines

    def _head(self, lines: FileLines | MemoryLines) -> None:
        """Repeat what a segment needs of earlier ones, open runs and series; nothing in a fresh journal.

        A run's series are carried once more after its end, for points that were under way.  Raises `OSError`.
        """
        if not self._open_runs and not self._series and not self._started:
            return
        started = [to_json(event) for event in self._started.values()]
        records: list[dict[str, Any]] = [{"kind": CARRIED, "runs": list(self._open_runs), "started": started}]
        for series, (run_id, key) in self._series.items():
            records.append(to_json(SeriesDefined(run_id, series, key)))
        lines.append(b"".join(self._encoded(fields, ahead) for ahead, fields in enumerate(records, 1)))
        self._seq += len(records)
        for series in [number for number, (run_id, _) in self._series.items() if run_id in self._ended]:
            self._numbers.pop(self._series.pop(series), None)
        self._ended.clear()

    # -- points ---------------------------------------------------------------------------------------------------

    def _overflow(self, marker: int, series: Any, value: Any, step: Any, time_ms: Any) -> None:
        """A point that did not go in: its types are odd, or its segment is full, closed or not there yet."""
        if not (type(series) is int and 0 < series < 2**32):
            raise InvalidValue(f"series {series!r} was not given by define()")
        if not (type(value) is float and _is_int64(step) and _is_int64(time_ms)):
            _, key = self._series.get(series, ("", ""))
            self.point(series, metric_number(key, value), step_number(key, step), step_number(key, time_ms))
            return
        with self._lock:
            current = self._slots[-1] if self._slots else None
            if (current is None or current.marker == marker) and not self._roll_slots():
                run_id, _ = self._series.get(series, ("", ""))
                self._trouble.lose_point(run_id)
                return
        self.point(series, value, step, time_ms)

    def _roll_slots(self) -> bool:
        """Begin the next segment of points; False where there is no room, and the point is dropped."""
        if not self._lines:
            self._roll_lines()  # a new journal's first point: its series are defined at the head of its events
        number, capacity = self._next_slots_number, self._more_slots if self._slots_so_far else self._first_slots
        slots = self._disk_slots(number, capacity) or self._trouble.slots(number, self._slots_so_far, capacity, self.id)
        if slots is None:
            return False
        self._use(slots)
        self.on_news()
        return True

    def _use(self, slots: MappedSlots) -> None:
        self._next_slots_number, self._slots_so_far = slots.number + 1, self._slots_so_far + slots.capacity
        self._slots.append(slots)
        self._aim(slots.target())

    def _disk_slots(self, number: int, capacity: int) -> MappedSlots | None:
        if self._trouble.error is not None:  # only `heal` leads back: what is in memory goes first
            return None
        prepared, self._prepared = self._prepared, None
        try:
            if prepared is not None and prepared.number == number:
                return self._folder.adopt_slots(prepared)
            return self._folder.slots(number, self._slots_so_far, capacity)
        except OSError as error:
            self._trouble.report(error, self._folder.path)
            return None

    # -- what the recorder does for it ----------------------------------------------------------------------------

    def prepare(self) -> None:
        """Make the next segment of points ahead of need, outside the log calls' lock.

        Not before a quarter of the last one is filled: a run of few points would own megabytes for nothing.
        """
        with self._lock:
            if self._prepared is not None or not self._slots or self._trouble.error is not None:
                return
            if not self._slots[-1].is_filled(self._slots[-1].capacity // 4):
                return
            folder, number, first = self._folder, self._next_slots_number, self._slots_so_far
        try:
            made = folder.prepared_slots(number, first, self._more_slots)
        except OSError:
            return  # the log call that needs it will meet the same, and report it
        with self._lock:
            if self._folder is folder and self._next_slots_number == number and self._prepared is None:
                self._prepared = made
                return
        made.unlink()

    def heal(self, *, at_once: bool = False) -> None:
        """Go back to the disk where it refused, or where the files of an open run were deleted.

        All that has no file is written to one first, at its own place in the order, so that it then survives the
        process.  Most of it is written outside the log calls' lock.  `at_once` does not wait for the next try's time.
        """
        with self._lock:
            self._settle()
            if self._trouble.error is None:
                if not (self._open_runs and self._homeless()):
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
        return self._folder.vanished or any(one.homeless for one in (*self._lines, *self._slots))

    def _go_back_to_disk(self) -> None:
        """Raises `OSError`, and leaves what has no file as it is."""
        with self._lock:
            folder, lines, slots = self._folder, tuple(self._lines), tuple(self._slots)
            folder.open()
        saved = [one for one in slots if one.homeless]
        for one in saved:
            folder.save_slots(one)
        copies = {one.number: folder.copied_lines(one) for one in lines if one.homeless}
        with self._lock:
            if self._folder is not folder:  # it was closed meanwhile; its folder is somebody else's now
                return
            if self._slots and self._slots[-1] in saved:
                self._use(folder.slots(self._next_slots_number, self._slots_so_far, self._more_slots))
            for place, old in enumerate(self._lines):
                if old.number in copies:
                    copy_rest(old, copies[old.number])
                    self._lines[place] = copies.pop(old.number)
                    old.close()
            self._settle()
            self._trouble.over()
        for copy in copies.values():  # the original was given back meanwhile
            copy.unlink()

    def _settle(self) -> None:
        """Bring the files of saved segments up to date with what late threads wrote."""
        for one in self._slots:
            if one.settle() and one.in_memory and one.path is not None:
                one.in_memory = False
                self._trouble.returned(one)

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
        return bool(self._open_runs)

    @property
    def open_runs(self) -> Sequence[str]:
        with self._lock:
            return tuple(self._open_runs)

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
            return tuple(self._lines)

    def slots(self) -> Sequence[Slots]:
        with self._lock:
            return tuple(self._slots)

    def release_lines(self, below: int) -> None:
        """Give back the segments of events with smaller numbers, but never the one in use."""
        with self._lock:
            given, self._lines = _split(self._lines, below)
        for lines in given:
            with contextlib.suppress(OSError):
                lines.unlink()

    def release_slots(self, below: int) -> None:
        """Give back the segments of points with smaller numbers, but never the one in use."""
        with self._lock:
            given, self._slots = _split(self._slots, below)
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
            folder, lines, slots, prepared = self._folder, self._lines, self._slots, self._prepared
            self._begin()
        for one in (*lines, *slots):
            one.close()
        if prepared is not None:
            with contextlib.suppress(OSError):
                prepared.unlink()
        return folder

    def close(self, *, delete: bool = False) -> None:
        """End this journal; delete its files, or leave them to be recovered."""
        folder = self.detach()
        if delete and folder.is_open:
            delete_folder(folder.path)
        folder.close()

    def _after_fork_in_child(self) -> None:
        """The parent's journal is not ours: close our copies of it and begin our own at first use."""
        folder, lines, slots, prepared = self._folder, self._lines, self._slots, self._prepared
        self.on_news = _nothing
        self._lock = threading.RLock()
        self._begin()
        for one in (*lines, *slots, *([prepared] if prepared is not None else [])):
            one.close()
        folder.close()


def _split(items: list[T], below: int) -> tuple[list[T], list[T]]:
    given = [item for item in items[:-1] if item.number < below]
    return given, [item for item in items if item not in given]


def _is_int64(value: object) -> bool:
    return type(value) is int and INT64_MIN <= value <= INT64_MAX


_journals: weakref.WeakSet[Journal] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for journal in tuple(_journals):
        journal._after_fork_in_child()  # noqa: SLF001 - the same module


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
