"""Files of a folder copied to this machine, checked against size and digest, continued after an interruption.

The bytes go into a file beside the target, which is renamed when they are whole, so that a target is never half
there.  For a large file with a known digest the name of that file says what it will be, so that the next attempt
finds it, reads again what it has (for the digest) and goes on from there; a lock keeps two processes apart.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from trackbook.core.clock import new_id
from trackbook.core.ports import Progress
from trackbook.errors import StoreUnreadable
from trackbook.store.files.content import PIECE_BYTES, UNFINISHED, Content
from trackbook.store.files.folder import Folder

RESUMED_BYTES = 8 << 20
"""From here on a download is worth continuing, and has the lines to itself."""


class Counter:
    """Bytes of several files on the way at once, told to one function."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._done, self._total, self._progress = 0, total, progress
        self._lock = threading.Lock()

    def add(self, count: int) -> None:
        if self._progress is not None:
            with self._lock:
                self._done += count
                self._progress(self._done, self._total)


def download(
    folder: Folder,
    files: Sequence[tuple[str, int]],
    into: Path,
    known: Mapping[str, Content],
    counter: Counter,
) -> None:
    """Copy files (path, size) below `into`; `known` has the manifest's rows, `counter` is told.

    Raises `StoreUnreadable` where the bytes that came are not those that were recorded, `OSError` where `into` cannot
    be written.
    """

    def fetch(file: tuple[str, int]) -> None:
        path, size = file
        content = known.get(path)
        # A file that was changed by others since: there is nothing to check it against.
        _fetch(folder, path, size, into / path, content if content and content.size == size else None, counter)

    small = [file for file in files if file[1] < RESUMED_BYTES]
    if folder.parallel > 1 and len(small) > 1:
        fetch(small[0])  # so that the connection is there before it is shared
        with ThreadPoolExecutor(folder.parallel, "trackbook-download") as pool:
            for _ in pool.map(fetch, small[1:]):
                pass
    else:
        for file in small:
            fetch(file)
    for file in files:
        if file[1] >= RESUMED_BYTES:
            fetch(file)


def write(target: Path, data: bytes) -> None:
    """Make a file of these bytes, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with _part(target, None) as (part, opened):
        opened.write(data)
        opened.flush()
        part.replace(target)


def _fetch(folder: Folder, path: str, size: int, target: Path, content: Content | None, counter: Counter) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    resumed = content is not None and size >= RESUMED_BYTES
    with _part(target, content if resumed else None) as (part, opened):
        continued = opened.seek(0, os.SEEK_END) > 0
        found, digest = _filled(folder, path, size, opened, counter)
        if continued and content is not None and digest != content.digest:
            opened.truncate(0)  # what the last attempt left was wrong
            counter.add(-found)
            found, digest = _filled(folder, path, size, opened, counter)
        if found != size or (content is not None and digest != content.digest):
            part.unlink(missing_ok=True)
            raise StoreUnreadable(
                folder.uri(path),
                f"{found} bytes came with sha256 {digest[:12]}…, {size} with "
                f"{content.digest[:12] if content else 'any'}… were expected",
                "try again; where that does not help, it was damaged or replaced by something else than trackbook",
            )
        part.replace(target)


def _filled(folder: Folder, path: str, size: int, part: BinaryIO, counter: Counter) -> tuple[int, str]:
    """Complete a part: its size in the end and its sha256."""
    digest = hashlib.sha256()
    if part.seek(0, os.SEEK_END) > size:
        part.truncate(0)
    part.seek(0)
    while piece := part.read(PIECE_BYTES):
        digest.update(piece)
        counter.add(len(piece))
    for piece in folder.pieces(path, part.tell(), size):
        part.write(piece)
        digest.update(piece)
        counter.add(len(piece))
    part.flush()
    return part.tell(), digest.hexdigest()


@contextmanager
def _part(target: Path, content: Content | None) -> Iterator[tuple[Path, BinaryIO]]:
    """The file to fill: that of the last attempt at this content, where there is one and nobody else is at it."""
    own = target.with_name(UNFINISHED + new_id())
    part = own
    if content is not None:
        part = target.with_name(UNFINISHED + hashlib.sha256(f"{content.digest}/{target.name}".encode()).hexdigest())
    opened = part.open("a+b")
    try:
        if part is not own and not _locked(opened, part):
            opened.close()
            part = own
            opened = part.open("a+b")
        yield part, opened
    finally:
        opened.close()
        if part is own:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def _locked(opened: BinaryIO, part: Path) -> bool:
    try:
        import fcntl
    except ImportError:
        return True  # Windows: two processes at one target have to be kept apart by their user
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(opened.fileno()), part.stat())
    except OSError:
        return False
