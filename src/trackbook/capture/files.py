"""Reading a file that anything may stand behind: a pipe, a device, a folder, more than was expected."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path


def regular_bytes(path: Path, most: int) -> bytes | None:
    """The file's bytes; None where there is no regular, readable file of at most `most` bytes."""
    try:
        # Non-blocking, so that a pipe of that name cannot hold anyone up.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError):
        return None
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode) or about.st_size > most:
            return None
        with io.open(handle, "rb", closefd=False) as file:  # noqa: UP020 - a cell may have replaced the built-in
            return file.read(most)
    except OSError:
        return None
    finally:
        os.close(handle)
