"""flock(2) on a file: held by a descriptor, given back by the kernel when its last copy is closed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if sys.platform != "win32":
    import fcntl


def try_lock(path: Path) -> int | None:
    """Take the lock of `path` (made if missing) without waiting: the descriptor that holds it, None if it is taken.

    Raises `OSError` where the file cannot be opened or the file system has no locks.
    """
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if sys.platform != "win32":
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        return None
    except BaseException:
        os.close(fd)
        raise
    return fd
