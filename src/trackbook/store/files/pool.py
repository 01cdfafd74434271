"""Equal content is stored once: a pool of hard links, named by digest, beside the runs' folders.

A file of a run and the pool's entry are two names of one inode, so that a file costs nothing when it is there already,
and the runs' folders stay plain trees.  Nothing is ever written into an inode that has a second name: a new content
comes by rename, which changes one name alone, and what is shared is read-only (0400), so that an editor that opens the
file of one run does not change the others.  Before content is shared it is compared byte by byte with what is there,
so that an entry that was damaged all the same is not spread: it is replaced.

An entry whose link count is 1 belongs to no run any more; `release` drops it at once, `sweep` what a crash left.  Both
are safe while others adopt: whoever links first keeps the inode, and whoever comes too late stores the file anew.
Where the file system has no hard links, or an inode has as many as it can, files are stored as they come.
Below `SHARED_BYTES` an entry would cost as much as it saves.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from trackbook.core.clock import new_id
from trackbook.store.files.content import UNFINISHED, Content, same_bytes
from trackbook.store.files.paths import make_private

NAME = ".trackbook-content"
SHARED_BYTES = 4096
SHARED_MODE = 0o400 if os.name == "posix" else 0o600  # Windows cannot replace a read-only file


class Pool:
    def __init__(self, home: Path) -> None:
        """`home` is the folder in which the pool has its own; everything it serves is on that file system."""
        self.root = home / NAME

    def share(self, file: Path, target: Path, content: Content) -> bool:
        """Make `target` a link to what the pool has of this content: whether it had it.  `file` is left alone."""
        entry = self._entry(content)
        if content.size < SHARED_BYTES or not entry.is_file():
            return False
        beside = target.with_name(UNFINISHED + new_id())
        try:
            os.link(entry, beside)
            if not same_bytes(file, beside):
                entry.unlink(missing_ok=True)
                return False
            beside.replace(target)
        except OSError:
            return False  # too many links, or released under our hands; what is wrong with the target, a move will say
        finally:
            # Renaming a link over another link to the same inode leaves both.
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
        return True

    def keep(self, file: Path, content: Content) -> None:
        """Remember a stored file, where it is large enough and links are possible."""
        if content.size < SHARED_BYTES:
            return
        with contextlib.suppress(OSError):
            entry = self._entry(content)
            make_private(self.root, entry.parent)
            beside = self.root / (UNFINISHED + new_id())
            os.link(file, beside)
            file.chmod(SHARED_MODE)
            beside.replace(entry)
            beside.unlink(missing_ok=True)

    def release(self, content: Content) -> int:
        """Drop an entry that no run has any more: bytes given back."""
        return _dropped(self._entry(content)) if content.size >= SHARED_BYTES else 0

    def sweep(self) -> int:
        """Drop every entry that no run has any more: bytes given back."""
        return sum(_dropped(entry) for entry in self.root.glob("*/*"))

    def _entry(self, content: Content) -> Path:
        return self.root / content.digest[:2] / content.digest


def _dropped(entry: Path) -> int:
    with contextlib.suppress(OSError):
        found = entry.lstat()
        if found.st_nlink == 1:
            entry.unlink()
            return found.st_size
    return 0
