"""What both kinds of folder can do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

from trackbook.core.entities import FileInfo
from trackbook.core.ports import Progress
from trackbook.store.files.content import Content


class Folder(Protocol):
    """One run's artifacts.  Paths are relative, with `/`; every method checks them and raises `UnsafePath`.

    What the place itself has to say against it (a full disk, no network, no permission) is `StoreUnavailable`.
    """

    @property
    def is_local(self) -> bool: ...
    @property
    def parallel(self) -> int:
        """How many small files are best moved at once."""

    def uri(self, path: str = "") -> str: ...

    def list(self, path: str = "") -> Sequence[FileInfo]:
        """One level, sorted; empty for a file or what is not there."""

    def walk(self, path: str = "") -> Sequence[FileInfo]:
        """Every file below a folder, sorted."""

    def size(self, path: str) -> int | None:
        """Bytes of a file; None for a folder or what is not there."""

    def is_folder(self, path: str) -> bool: ...

    def open(self, path: str) -> BinaryIO:
        """A file, seekable; the caller has seen that it is there, and closes it."""

    def pieces(self, path: str, start: int, size: int) -> Iterator[bytes]:
        """The bytes of a file from `start` to `size`, a few MiB at a time."""

    def take(self, path: str, file: Path, content: Content, progress: Progress | None = None) -> None:
        """Make a local file, whose content is known, the file of that path; it may be moved.  Whole or not at all."""

    def replaced(self, old: Content) -> int:
        """A file of that content is gone from its path: bytes given back by forgetting what was kept of it."""

    def delete(self, path: str = "") -> int:
        """Delete a file, or a folder with all that is in it: bytes given back.  0 for what is not there."""
