"""Files of runs: a plain tree on disk, with a manifest of size and digest in the database.

Adopting renames the staged file into place, so that a reader sees the old file or the new one, never a part.  Links
inside a run's folder are followed only where they stay inside it.  Reading goes through fsspec's local file system,
which other places of storage will stand in for.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from trackbook.core.clock import new_id
from trackbook.core.entities import FileInfo
from trackbook.core.names import check_artifact_path
from trackbook.core.ports import Artifacts
from trackbook.errors import NotFound, UnsafePath
from trackbook.store import schema
from trackbook.store.engine import Database
from trackbook.store.faults import translated
from trackbook.store.places import Places, safe_join

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

PIECE_BYTES = 1 << 20


class SqlArtifacts:
    def __init__(self, database: Database, places: Places) -> None:
        self._database, self._places = database, places

    def list(self, run_id: str, path: str = "") -> Sequence[FileInfo]:
        root = self._root(run_id)
        folder = safe_join(root, path)
        if not folder.is_dir():
            return []
        entries = [entry for entry in _files().ls(str(folder), detail=True) if _is_inside(root, entry["name"])]
        found = [_info(root, entry) for entry in entries if not _is_unfinished(entry["name"])]
        return sorted(found, key=lambda info: info.path)

    def open(self, run_id: str, path: str) -> AbstractContextManager[BinaryIO]:
        file = safe_join(self._root(run_id), path)
        if not file.is_file():
            raise NotFound("artifact", path, f"list the artifacts of run {run_id}")
        return _opened(file)

    def adopt(self, run_id: str, path: str, file: Path) -> None:
        if not check_artifact_path(path):
            raise UnsafePath(path)
        with self._database.read() as connection:
            run, root = self._places.of_run(connection, run_id)
        with translated(str(root)):
            self._places.make(root, root)
            target = safe_join(root, path)
            if not file.exists():
                if target.exists():
                    return  # taken in before
                raise NotFound("file", str(file), f"it should become artifact {path}")
            self._places.make(root, target.parent)
            size, digest = _digest(file)
            _move(file, target)
        self._note(run, check_artifact_path(path), size, digest)

    def download(self, run_id: str, path: str, into: Path) -> Path:
        root = self._root(run_id)
        source = safe_join(root, path)
        if not source.exists():
            raise NotFound("artifact", path, f"list the artifacts of run {run_id}")
        target = into / check_artifact_path(path)
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            _files().get_file(str(source), str(target))
            return target
        target.mkdir(parents=True, exist_ok=True)
        for info in self.list(run_id, path):
            self.download(run_id, info.path, into)
        return target

    def uri(self, run_id: str, path: str = "") -> str:
        uri = self._root(run_id).as_uri()
        relative = check_artifact_path(path)
        return f"{uri}/{relative}" if relative else uri

    def _root(self, run_id: str) -> Path:
        with self._database.read() as connection:
            return self._places.of_run(connection, run_id)[1]

    def _note(self, run: int, path: str, size: int, digest: str) -> None:
        insert = self._database.dialect.insert(schema.artifacts)
        kept = insert.on_conflict_do_update(
            index_elements=["run", "path"], set_={"size": insert.excluded.size, "digest": insert.excluded.digest}
        )
        with self._database.write() as connection:
            connection.execute(kept, {"run": run, "path": path, "size": size, "digest": digest})


def _files() -> Any:
    from fsspec.implementations.local import LocalFileSystem

    return LocalFileSystem()


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    with _files().open(str(file), "rb") as opened:
        yield cast("BinaryIO", opened)


def _is_inside(root: Path, name: str) -> bool:
    try:
        safe_join(root, Path(name).relative_to(root).as_posix())
    except UnsafePath:
        return False
    return True


def _info(root: Path, entry: dict[str, Any]) -> FileInfo:
    path = Path(entry["name"])
    is_dir = path.is_dir()
    return FileInfo(path.relative_to(root).as_posix(), is_dir, None if is_dir else path.stat().st_size)


def _is_unfinished(name: str) -> bool:
    return Path(name).name.startswith(_UNFINISHED)


_UNFINISHED = ".trackbook-unfinished-"


def _digest(file: Path) -> tuple[int, str]:
    """Size in bytes and sha256."""
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as opened:
        while piece := opened.read(PIECE_BYTES):
            digest.update(piece)
            size += len(piece)
    return size, digest.hexdigest()


def _move(file: Path, target: Path) -> None:
    """Rename; across file systems copy beside the target first, so that the last step is a rename again."""
    file.chmod(0o600)
    try:
        file.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = target.with_name(_UNFINISHED + new_id())
        try:
            shutil.copyfile(file, beside)
            beside.chmod(0o600)
            beside.replace(target)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        file.unlink()


def _fits(artifacts: SqlArtifacts) -> Artifacts:
    return artifacts
