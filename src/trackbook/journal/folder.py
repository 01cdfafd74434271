"""The folder of a journal: made so that nobody ever sees one without its lock, deleted so that nobody sees half of one.

A folder is made under a name that begins with `.new-`, locked, and renamed; flock follows the inode, not the name.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
from pathlib import Path

from trackbook.errors import UnsafePath
from trackbook.journal.format import lines_name, slots_name
from trackbook.journal.lines import FileLines, Lines, copy_rest, identity
from trackbook.journal.lock import try_lock
from trackbook.journal.owner import OWNER_NAME, Owner
from trackbook.journal.slots import MappedSlots

log = logging.getLogger("trackbook.journal")

LOCK_NAME = "lock"
RECOVERY_LOCK_NAME = "recovery.lock"
FILES_NAME = "files"
NEW_PREFIX, GONE_PREFIX = ".new-", ".gone-"


class JournalFolder:
    """The folder on disk of a journal being written; made by `open`, which may be called again after it vanished."""

    def __init__(self, root: Path, owner: Owner) -> None:
        self.root, self.owner = root, owner
        self.path = root / owner.journal_id
        self._lock_fd: int | None = None

    @property
    def is_open(self) -> bool:
        return self._lock_fd is not None

    @property
    def vanished(self) -> bool:
        """It was made, and somebody has deleted it, or what makes it a journal of ours."""
        if self._lock_fd is None:
            return False
        return identity(self.path / LOCK_NAME) != identity(self._lock_fd) or not (self.path / OWNER_NAME).exists()

    def open(self) -> None:
        """Make the folder and hold its lock.  Raises `OSError`."""
        if self.is_open and not self.vanished:
            return
        self.close()
        if not self.root.parent.is_dir():
            self.root.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        self.root.mkdir(mode=0o700, exist_ok=True)
        if self.path.is_dir():
            self._mend()
            return
        new = self.root / (NEW_PREFIX + self.owner.journal_id)
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        try:
            self._lock_fd = _lock_if_possible(new / LOCK_NAME)
            (new / FILES_NAME).mkdir(mode=0o700)
            self.owner.write(new)
            new.rename(self.path)
        except BaseException:
            self.close()
            shutil.rmtree(new, ignore_errors=True)
            raise

    def _mend(self) -> None:
        """The folder is there but was emptied in part: the lock first, so that nobody takes it for a dead one's."""
        self._lock_fd = _lock_if_possible(self.path / LOCK_NAME)
        (self.path / FILES_NAME).mkdir(mode=0o700, exist_ok=True)
        self.owner.write(self.path)

    def lines(self, number: int) -> FileLines:
        """Raises `OSError`."""
        self.open()
        return FileLines(self.path / lines_name(number), number)

    def copied_lines(self, lines: Lines) -> FileLines:
        """A segment that has no file (any more), in a new one.  Raises `OSError` and leaves nothing behind."""
        (self.path / lines_name(lines.number)).unlink(missing_ok=True)
        copy = self.lines(lines.number)
        try:
            copy_rest(lines, copy)
        except BaseException:
            with contextlib.suppress(OSError):
                copy.unlink()
            raise
        return copy

    def save_slots(self, slots: MappedSlots) -> None:
        """The same for points.  Raises `OSError`."""
        slots.save(self.path / slots_name(slots.number))

    def slots(self, number: int, first: int, capacity: int) -> MappedSlots:
        """Raises `OSError`."""
        self.open()
        return MappedSlots.create(self.path / slots_name(number), number, first, capacity, self.owner.journal_id)

    def prepared_slots(self, number: int, first: int, capacity: int) -> MappedSlots:
        """As `slots`, under the name of a segment that is not in use; `adopt_slots` puts it to use."""
        path = self.path / (slots_name(number) + ".prepared")
        return MappedSlots.create(path, number, first, capacity, self.owner.journal_id)

    def adopt_slots(self, slots: MappedSlots) -> MappedSlots:
        """Raises `OSError`."""
        slots.move_to(self.path / slots_name(slots.number))
        return slots

    def files(self) -> Path:
        """The folder of staged artifacts.  Raises `OSError`."""
        self.open()
        return self.path / FILES_NAME

    def close(self) -> None:
        """Give the lock back, so that anyone may recover what is left; a forked child closes only its copy."""
        if self._lock_fd is not None:
            fd, self._lock_fd = self._lock_fd, None
            with contextlib.suppress(OSError):
                os.close(fd)


def _lock_if_possible(path: Path) -> int:
    try:
        fd = try_lock(path)
    except OSError as error:
        log.debug("no flock on %s (%s): a dead process is known by its pid alone", path, error)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if fd is None:
        raise BlockingIOError(f"{path} is held by another process")
    return fd


def staged_file(folder: Path, name: str) -> Path:
    """Where a journal keeps the staged file of this name; raises `UnsafePath` for a name that leads elsewhere."""
    if not name or name.startswith(".") or "/" in name or "\\" in name or "\0" in name:
        raise UnsafePath(name)
    return folder / FILES_NAME / name


def delete_folder(path: Path) -> None:
    """Delete a journal's folder: out of sight at once, then file by file.  Never raises `OSError`."""
    gone = path.with_name(GONE_PREFIX + path.name)
    try:
        path.rename(gone)
    except OSError:
        gone = path
    shutil.rmtree(gone, ignore_errors=True)
