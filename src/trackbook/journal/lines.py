"""Segments of event lines: a file, or memory while the disk refuses."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Protocol


class Lines(Protocol):
    """Bytes that only grow."""

    @property
    def number(self) -> int: ...

    def read(self, offset: int, size: int) -> bytes:
        """At most `size` bytes from `offset`; fewer at the end."""


class FileLines:
    """A segment being written.  One `append` is one write(2): whole on return, whatever happens to the process."""

    def __init__(self, path: Path, number: int) -> None:
        """Raises `OSError`."""
        self.number, self.path, self.size = number, path, 0
        self._fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def append(self, data: bytes) -> None:
        """Raises `OSError`, also where the disk took only a part; the part is then a torn line."""
        if os.write(self._fd, data) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
        self.size += len(data)

    def read(self, offset: int, size: int) -> bytes:
        return os.pread(self._fd, size, offset)

    def close(self) -> None:
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            os.close(fd)

    def unlink(self) -> None:
        self.close()
        self.path.unlink(missing_ok=True)


class MemoryLines:
    """The same, in memory and bounded: what does not fit is counted in `lost` and left out."""

    def __init__(self, number: int, limit_bytes: int) -> None:
        self.number, self.size, self.lost = number, 0, 0
        self._limit, self._data = limit_bytes, bytearray()

    def append(self, data: bytes) -> None:
        if self.size + len(data) > self._limit:
            self.lost += 1
            return
        self._data += data
        self.size += len(data)

    def read(self, offset: int, size: int) -> bytes:
        return bytes(self._data[offset : offset + size])

    def close(self) -> None:
        pass

    def unlink(self) -> None:
        self._data = bytearray()
