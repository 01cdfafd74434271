"""Segments of event lines: a file, or memory while the disk refuses."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Protocol

COPIED_AT_ONCE = 1 << 20
"""bytes"""


class Lines(Protocol):
    """Bytes that only grow."""

    @property
    def number(self) -> int: ...
    @property
    def size(self) -> int:
        """Bytes in it by now."""

    def read(self, offset: int, size: int) -> bytes:
        """At most `size` bytes from `offset`; fewer at the end."""


class FileLines:
    """A segment being written.  One `append` is one write(2): whole on return, whatever happens to the process."""

    def __init__(self, path: Path, number: int) -> None:
        """Raises `OSError`."""
        self.number, self.path, self.size = number, path, 0
        self._fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._identity = identity(self._fd)

    def append(self, data: bytes) -> None:
        """Raises `OSError`, also where the disk took only a part; the part is then a torn line."""
        if os.write(self._fd, data) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
        self.size += len(data)

    def read(self, offset: int, size: int) -> bytes:
        return os.pread(self._fd, size, offset)

    @property
    def homeless(self) -> bool:
        """The file was deleted or replaced; what is in it can still be read here, and here alone."""
        return identity(self.path) != self._identity

    def close(self) -> None:
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            os.close(fd)

    def unlink(self) -> None:
        self.close()
        self.path.unlink(missing_ok=True)


class MemoryLines:
    """The same, in memory and bounded."""

    homeless = True

    def __init__(self, number: int) -> None:
        self.number, self.size = number, 0
        self._data = bytearray()

    def append(self, data: bytes) -> None:
        self._data += data
        self.size += len(data)

    def read(self, offset: int, size: int) -> bytes:
        return bytes(self._data[offset : offset + size])

    def close(self) -> None:
        pass

    def unlink(self) -> None:
        self._data = bytearray()


def copy_rest(source: Lines, target: FileLines) -> None:
    """Bring a copy of a segment up to its size: the same bytes at the same offsets.  Raises `OSError`."""
    while target.size < source.size:
        target.append(source.read(target.size, min(COPIED_AT_ONCE, source.size - target.size)))


def identity(file: Path | int) -> tuple[int, int] | None:
    """What makes a file itself whatever its name; None where there is none."""
    try:
        found = os.stat(file)  # noqa: PTH116 - of a descriptor too
    except OSError:
        return None
    return found.st_dev, found.st_ino
