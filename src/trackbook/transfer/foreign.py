"""Files of a foreign store on this machine, which says itself where they lie: taken only from folders that are its own.

A database or a folder from somebody else may name any place (`file:///etc`) or hold links that lead to one; taken in,
its files would be shown and served like those of a run.  So a file counts by where it really is: below the store's own
folders, or below one that the user has named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlparse

from trackbook.transfer.records import FileRecord


class ForeignFiles:
    def __init__(self, base: Path, own: Iterable[Path], named: Sequence[Path] = ()) -> None:
        """`base` is what relative addresses are below, `own` the store's folders, `named` those that the user adds."""
        self._base, self._own = base, list(own)
        self._roots = [root.resolve() for root in (*self._own, *named)]
        self._left_out: list[Path] = []

    def holds(self, path: Path) -> bool:
        """Whether a file or folder really lies where files may be taken from."""
        real = path.resolve()
        return any(real.is_relative_to(root) for root in self._roots)

    def below(self, uri: str) -> Iterator[FileRecord]:
        """Every file below an artifact URI that lies on this machine; symbolic links are left out."""
        named = local_path(uri, self._base) if uri else None
        there = [] if named is None else [path for path in (named, *_moved(named, self._base)) if path.is_dir()]
        folder = next(filter(self.holds, there), None)
        if folder is not None:
            return self._files(folder)
        self._left_out += there[:1]
        return iter(())

    def _files(self, folder: Path) -> Iterator[FileRecord]:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink() and self.holds(path):
                yield FileRecord(path.relative_to(folder).as_posix(), partial(_reading, path))

    def notes(self) -> list[str]:
        """What was left out, and how to take it."""
        if not self._left_out:
            return []
        own = " and ".join(map(str, self._own))
        note = f"artifacts of {len(self._left_out)} runs were left out, the first in {self._left_out[0]}: they do not "
        return [note + f"lie in {own}; if they are this store's, import again with --artifacts and their folder"]


def local_path(uri: str, base: Path) -> Path | None:
    """The local folder that an artifact URI names, relative ones below `base`; None for a remote one."""
    parsed = urlparse(uri)
    if parsed.scheme == "file":
        return Path(unquote(parsed.path))
    if parsed.scheme == "mlflow-artifacts":  # the server's default destination lies beside its database
        return base / "mlartifacts" / unquote(parsed.path).lstrip("/")
    if parsed.scheme in ("", "c", "d"):
        path = Path(uri)
        return path if path.is_absolute() else base / path
    return None


def _moved(root: Path, base: Path) -> Iterator[Path]:
    """Where a recorded folder may lie now, if its store was moved as a whole: its tail below `base`."""
    for start in range(1, len(root.parts) - 1):
        yield base.joinpath(*root.parts[start:])


def _reading(path: Path) -> BinaryIO:
    return path.open("rb")
