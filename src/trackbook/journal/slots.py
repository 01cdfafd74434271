"""Segments of metric points: slots in a mapped file, or in memory while the disk refuses.

A page mapped MAP_SHARED belongs to the file from the moment of the store, so it outlives its process.  The space is
allocated before it is mapped (a store into a hole of a full disk would be SIGBUS), and a mapped file is never
truncated.

`point_writer` makes the function that the hot path calls; it stays the same one through all segments, so callers may
keep it.  `itertools.count().__next__` hands out slots: one C call, so no two threads get the same under the GIL (a
build without the GIL needs an atomic counter here).  A slot past the end makes `pack_into` raise, which is how a full
segment shows.  A thread that took a slot before the next segment was opened still fills it: it holds the mapping, and
the `Ticket` by which `sealed` knows of it.
"""

from __future__ import annotations

import itertools
import mmap
import os
import struct
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from trackbook.core.clock import now_ms
from trackbook.journal.format import HEADER_SIZE, NATIVE_ORDER, SLOT, Header
from trackbook.journal.lines import COPIED_AT_ONCE, identity

PointWriter = Callable[[int, float, int, int], None]
"""`(series, value, step, time_ms) -> None`"""
Overflow = Callable[[int, Any, Any, Any, Any], None]
"""`(marker, series, value, step, time_ms) -> None`: what to do with a point that did not go into that segment."""


class Ticket:
    """Held by every call that may still write to a segment."""

    __slots__ = ("__weakref__",)


Target = tuple[mmap.mmap | bytearray, Callable[[], int], int, Ticket]
"""Where points go: the mapping, what hands out offsets (bytes), the marker, the ticket."""


def point_writer(overflow: Overflow) -> tuple[PointWriter, Callable[[Target], None]]:
    """The function that writes a point, and the one that aims it at a segment.  At first each point overflows."""
    pack_into = SLOT.pack_into
    target = nowhere()

    def point(series: int, value: float, step: int, time_ms: int) -> None:
        # One load of `target`, so that mapping, counter and marker belong together; `_held` is the ticket.
        buffer, take, marker, _held = target
        try:
            pack_into(buffer, take(), value, step, time_ms, series, marker)
        except (struct.error, ValueError, TypeError, OverflowError):
            overflow(marker, series, value, step, time_ms)

    def aim(at: Target) -> None:
        nonlocal target
        target = at

    return point, aim


def nowhere() -> Target:
    """A target that every point overflows."""
    return bytearray(), itertools.count().__next__, 0, Ticket()


class Slots(Protocol):
    """Slots as a reader sees them."""

    @property
    def number(self) -> int: ...
    @property
    def capacity(self) -> int: ...
    @property
    def marker(self) -> int: ...
    @property
    def order(self) -> str:
        """ "<" or ">"."""

    @property
    def sealed(self) -> bool:
        """Nobody can fill a slot of it any more."""

    def read(self, start: int, stop: int) -> bytes:
        """A copy of the slots `[start, stop)`; fewer where the file is shorter than it should be."""


class MappedSlots:
    """A segment being written."""

    order = NATIVE_ORDER

    def __init__(self, number: int, header: Header, buffer: mmap.mmap, path: Path | None) -> None:
        self.number, self.path = number, path
        self.marker, self.first, self.capacity = header.marker, header.first, header.capacity
        self.in_memory = path is None
        """Its points die with the process."""
        self._header = header
        self._identity = None if path is None else identity(path)
        self._buffer: mmap.mmap | None = buffer
        self._saved: mmap.mmap | None = None
        """The file that takes the place of the buffer, once nobody can write to that any more."""
        self._ticket: weakref.ref[Ticket] | None = None

    @classmethod
    def create(cls, path: Path, number: int, first: int, capacity: int, journal_id: str) -> MappedSlots:
        """A new file at `path`, with its space allocated.  Raises `OSError` and leaves nothing behind."""
        path.unlink(missing_ok=True)
        header, size = _header(first, capacity, journal_id), HEADER_SIZE + capacity * SLOT.size
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            _allocate(fd, size)
            os.pwrite(fd, header.pack(), 0)
            return cls(number, header, mmap.mmap(fd, size), path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        finally:
            os.close(fd)

    @classmethod
    def of_memory(cls, number: int, first: int, capacity: int, journal_id: str) -> MappedSlots:
        """Slots that die with the process."""
        size = HEADER_SIZE + capacity * SLOT.size
        buffer = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        return cls(number, _header(first, capacity, journal_id), buffer, None)

    def move_to(self, path: Path) -> None:
        """Raises `OSError`."""
        if self.path is not None:
            self.path.rename(path)
        self.path = path

    @property
    def homeless(self) -> bool:
        """It never had a file, or that was deleted or replaced."""
        return self.path is None or identity(self.path) != self._identity

    def save(self, path: Path) -> None:
        """Write it to a file; `settle` brings what late writers add.  Raises `OSError` and leaves nothing behind."""
        if self._buffer is None:
            return
        new = path.with_name(path.name + ".saved")
        new.unlink(missing_ok=True)
        fd = os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            size = HEADER_SIZE + self.capacity * SLOT.size
            _allocate(fd, size)
            os.pwrite(fd, self._header.pack(), 0)
            self._saved = mmap.mmap(fd, size)
            self.settle()
            new.rename(path)
        except BaseException:
            self._saved = None
            new.unlink(missing_ok=True)
            raise
        finally:
            os.close(fd)
        self.path, self._identity = path, identity(path)

    def settle(self) -> bool:
        """Bring the file up to date; True where it is all of it, and takes the buffer's place."""
        if self._saved is None or self._buffer is None:
            return True
        sealed = self.sealed  # before the copy: what is filled until then is in it
        for start in range(HEADER_SIZE, len(self._saved), COPIED_AT_ONCE):
            stop = min(start + COPIED_AT_ONCE, len(self._saved))
            self._saved[start:stop] = self._buffer[start:stop]
        if sealed:
            self._buffer, self._saved = self._saved, None
        return sealed

    def target(self) -> Target:
        """What `aim` takes.  Call it once: two counters would hand out the same slots."""
        ticket = Ticket()
        self._ticket = weakref.ref(ticket)
        return self._buffer or bytearray(), itertools.count(HEADER_SIZE, SLOT.size).__next__, self.marker, ticket

    @property
    def sealed(self) -> bool:
        """No call that could still fill a slot is under way, and none will be."""
        return self._buffer is None or (self._ticket is not None and self._ticket() is None)

    def read(self, start: int, stop: int) -> bytes:
        # A slice of a mapping is a copy made under the GIL, so it shows no slot half written.
        if self._buffer is None:
            return b""
        return self._buffer[HEADER_SIZE + start * SLOT.size : HEADER_SIZE + stop * SLOT.size]

    def is_filled(self, slot: int) -> bool:
        """Whether a point was written there."""
        return any(self.read(slot, slot + 1))

    def close(self) -> None:
        """Unmap; a late writer's `pack_into` raises from now on, and its point goes through `overflow`."""
        self.settle()
        if self._buffer is not None:
            buffer, self._buffer = self._buffer, None
            buffer.close()

    def unlink(self) -> None:
        """Give the space back; the mapping goes with its last user."""
        self._buffer = self._saved = None
        if self.path is not None:
            self.path.unlink(missing_ok=True)


def _header(first: int, capacity: int, journal_id: str) -> Header:
    marker = int.from_bytes(os.urandom(4), "little") or 1
    return Header(marker, first, capacity, now_ms(), journal_id)


def _allocate(fd: int, size: int) -> None:
    """Own `size` bytes of disk, zeroed.  Raises `OSError` (ENOSPC) rather than leave a hole."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(fd, 0, size)
        return
    zeros, written = bytes(1 << 20), 0
    while written < size:
        written += os.pwrite(fd, zeros[: size - written], written)
