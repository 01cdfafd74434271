"""Files of runs: the port, and the walk over them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol

from trackbook.core.entities import FileInfo

Progress = Callable[[int, int], None]
"""Called with (bytes done, bytes in all) as a file or folder moves, perhaps from another thread; raising ends it."""


class Artifacts(Protocol):
    """Files of runs, at paths relative to the run's artifact root, with `/`.  Unsafe paths raise `UnsafePath`."""

    def list(self, run_id: str, path: str = "") -> Sequence[FileInfo]:
        """One level, sorted by path; empty for a missing folder or a file."""

    def open(self, run_id: str, path: str) -> AbstractContextManager[BinaryIO]:
        """Raises `NotFound`."""

    def digest(self, run_id: str, path: str) -> str:
        """The sha256 of a file, hex.  Raises `NotFound`."""

    def adopt(self, run_id: str, path: str, file: Path, *, progress: Progress | None = None) -> None:
        """Take a local file in, atomically; the file of that path is replaced, `file` is gone afterwards.

        A `file` that is no longer there, while `path` is, means that it was taken in before: nothing to do.
        After an interruption call it again: where the place allows it, a large upload goes on where it stopped.
        Raises `UnsafePath` also for a path that its place cannot have (too long, another file in the way).
        """

    def adopt_many(self, run_id: str, files: Iterable[tuple[str, Path]]) -> None:
        """As `adopt` of each (path, file), faster.  Where one fails, others may have been taken in: call it again."""

    def download(self, run_id: str, path: str, into: Path, *, progress: Progress | None = None) -> Path:
        """Copy a file or a folder below `into`; the local path of it.

        Each file is checked against its recorded size and digest, and is there whole or not at all.  After an
        interruption call it again: a large file goes on where it stopped.  Raises `StoreUnreadable` for a file that
        is not what was recorded.
        """

    def delete(self, run_id: str, path: str = "") -> int:
        """Delete a file or a folder, all of the run's by default, for good: the bytes given back.

        Nothing where there is nothing.  Content that other runs share gives its bytes back with the last of them.
        """

    def uri(self, run_id: str, path: str = "") -> str: ...


def walk_files(artifacts: Artifacts, run_id: str, folder: str = "") -> Iterator[FileInfo]:
    """Every file below a folder of a run's artifacts, depth first."""
    for entry in artifacts.list(run_id, folder):
        if entry.is_dir:
            yield from walk_files(artifacts, run_id, entry.path)
        else:
            yield entry
