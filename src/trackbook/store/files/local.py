"""A run's artifacts in a folder of this machine: a plain tree, which any tool can read.

A file comes in by rename, so that a reader sees the old one or the new one, never a part; from another file system it
is copied beside its place first.  Links in the folder are followed only where they stay inside it, and linked folders
are not listed, since they may lead in a circle.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from trackbook.core.clock import new_id
from trackbook.core.entities import FileInfo
from trackbook.core.names import check_artifact_path
from trackbook.core.ports import Progress
from trackbook.errors import UnsafePath
from trackbook.store.faults import translated
from trackbook.store.files.content import PIECE_BYTES, UNFINISHED, Content, is_unfinished
from trackbook.store.files.folder import Folder
from trackbook.store.files.paths import make_private, safe_join
from trackbook.store.files.pool import Pool

ABANDONED_S = 24 * 3600
"""An unfinished file of that age belongs to nobody any more."""
_DEPTHS = ("*/artifacts", "*/*/artifacts", "*/*/*/artifacts")
"""Artifacts of runs and of logged models, below a user's location and below the store's own."""
_IN_THE_WAY = (errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ENOTEMPTY)


class LocalFolder:
    is_local = True
    parallel = 1

    def __init__(self, root: Path, location: Path, *, owned: bool) -> None:
        """`root` is the run's own folder below `location`; with `owned` that is ours alone, and kept private too."""
        self.root = root
        self.pool = Pool(location)
        self._private = location if owned else root

    def uri(self, path: str = "") -> str:
        relative = check_artifact_path(path)
        return (self.root / relative if relative else self.root).as_uri()

    def list(self, path: str = "") -> Sequence[FileInfo]:
        folder = safe_join(self.root, path)
        try:
            with os.scandir(folder) as entries:
                found = [info for entry in entries if (info := self._info(entry)) is not None]
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                return []
            raise
        return sorted(found, key=lambda info: info.path)

    def walk(self, path: str = "") -> Sequence[FileInfo]:
        found: list[FileInfo] = []
        for info in self.list(path):
            found.extend(self.walk(info.path) if info.is_dir else [info])
        return found

    def size(self, path: str) -> int | None:
        file = safe_join(self.root, path)
        try:
            return file.stat().st_size if file.is_file() else None
        except OSError:
            return None

    def is_folder(self, path: str) -> bool:
        try:
            return safe_join(self.root, path).is_dir()
        except OSError:
            return False

    def open(self, path: str) -> BinaryIO:
        return safe_join(self.root, path).open("rb")

    def pieces(self, path: str, start: int, size: int) -> Iterator[bytes]:
        with self.open(path) as file:
            file.seek(start)
            while (left := size - file.tell()) > 0 and (piece := file.read(min(PIECE_BYTES, left))):
                yield piece

    def take(self, path: str, file: Path, content: Content, progress: Progress | None = None) -> None:
        with translated(str(self.root)):
            make_private(self._private, self.root)
            target = safe_join(self.root, path)
            if target.is_symlink() and target.is_dir():
                raise UnsafePath(path, "a linked folder is in the way")
            try:
                make_private(self.root, target.parent)
                if not self.pool.share(file, target, content):
                    _move(file, target, progress)
                    self.pool.keep(target, content)
            except OSError as error:
                if error.errno in _IN_THE_WAY:
                    raise UnsafePath(path, "another artifact is in the way: a name is a file or a folder") from error
                if error.errno == errno.ENAMETOOLONG:
                    raise UnsafePath(path, "it is too long for this file system") from error
                raise
        if progress is not None:
            progress(content.size, content.size)

    def replaced(self, old: Content) -> int:
        return self.pool.release(old)

    def delete(self, path: str = "") -> int:
        target = safe_join(self.root, path)
        with translated(str(self.root)):
            if not target.is_dir() or target.is_symlink():
                freed = _own_bytes(target)
                with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                    target.unlink()
                return freed
            freed = sum(_own_bytes(Path(folder) / name) for folder, _, names in os.walk(target) for name in names)
            shutil.rmtree(target)
            if target == self.root:
                _drop_empty(target.parent)
            return freed

    def _info(self, entry: os.DirEntry[str]) -> FileInfo | None:
        if is_unfinished(entry.name) or (entry.is_symlink() and not entry.is_file()):
            return None
        relative = Path(entry.path).relative_to(self.root).as_posix()
        try:
            if entry.is_symlink():
                safe_join(self.root, relative)
            check_artifact_path(relative)
        except UnsafePath:
            return None
        is_dir = entry.is_dir()
        return FileInfo(relative, is_dir, None if is_dir else entry.stat().st_size)


def _move(file: Path, target: Path, progress: Progress | None) -> None:
    """Rename; where that would take along a name that others use, or is not possible, copy beside the target first."""
    found = file.lstat()
    if file.is_file() and not file.is_symlink() and found.st_nlink == 1:
        file.chmod(0o600)
        try:
            file.replace(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
        else:
            return
    beside = target.with_name(UNFINISHED + new_id())
    try:
        _copy(file, beside, progress)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    file.unlink()


def _copy(file: Path, beside: Path, progress: Progress | None) -> None:
    size = file.stat().st_size
    with file.open("rb") as source, os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as to:
        while piece := source.read(PIECE_BYTES):
            to.write(piece)
            if progress is not None and to.tell() < size:
                progress(to.tell(), size)


def _own_bytes(file: Path) -> int:
    """Bytes that deleting this name gives back: none where the content has another one."""
    try:
        found = file.lstat()
    except OSError:
        return 0
    return found.st_size if found.st_nlink == 1 else 0


def swept(location: Path) -> int:
    """Clear away what crashes left below a location: content of no run, files nobody finished; bytes given back."""
    pool = Pool(location)
    freed = pool.sweep()
    before = time.time() - ABANDONED_S
    folders = [pool.root, *(one for depth in _DEPTHS for one in location.glob(depth))]
    for file in itertools.chain.from_iterable(folder.rglob(f"{UNFINISHED}*") for folder in folders):
        if file.lstat().st_mtime < before:
            freed += _own_bytes(file)
            file.unlink(missing_ok=True)
    return freed


def _drop_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return  # something of the user's is in it


def _fits(folder: LocalFolder) -> Folder:
    return folder
