"""Files of runs, by MLflow's proxy of artifacts (`/api/2.0/mlflow-artifacts/artifacts/...`): one request a file.

A download is whole or not at all, and begins anew after an interruption: neither server sends a part of a file.  What
a server tells is not trusted: a path that leads out of its folder is left out.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import quote

from trackbook.core.clock import new_id
from trackbook.core.entities import FileInfo
from trackbook.core.names import check_artifact_path
from trackbook.core.ports import Progress, walk_files
from trackbook.errors import InvalidName, NotFound, StoreUnreadable, UnsafePath
from trackbook.remote.link import Link
from trackbook.wire.artifacts import Listed, file_info
from trackbook.wire.codec import from_body
from trackbook.wire.endpoints import PROXY_PREFIXES

PIECE_BYTES = 1 << 20
IN_MEMORY_BYTES = 8 << 20
"""Of an opened file; a larger one is kept on disk while it is open."""


class ProxiedArtifacts:
    """What both kinds of servers have; `_root` says where a run's files are."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def _root(self, run_id: str) -> str:
        """The run's folder below the proxy.  Raises `NotFound`."""
        return f"runs/{run_id}/artifacts"

    def list(self, run_id: str, path: str = "") -> Sequence[FileInfo]:
        path = check_artifact_path(path)
        below = f"{self._root(run_id)}/{path}".rstrip("/")
        answer = self._link.request("GET", PROXY_PREFIXES[0], again=True, params={"path": below})
        found = from_body(Listed, answer.content).files
        return below_folder((file_info(one, path) for one in found), path)

    def open(self, run_id: str, path: str) -> AbstractContextManager[BinaryIO]:
        path = check_artifact_path(path)
        file = cast(BinaryIO, tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES))  # noqa: SIM115 - the caller closes it
        try:
            self._fetch(run_id, path, file, None)
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file

    def digest(self, run_id: str, path: str) -> str:
        with self.open(run_id, path) as file:
            return _sha256(file)

    def adopt(self, run_id: str, path: str, file: Path, *, progress: Progress | None = None) -> None:
        path = check_artifact_path(path)
        if not path:
            raise UnsafePath(path, "it names no file")
        if not file.is_file():
            if not self._has(run_id, path):
                raise NotFound("file", str(file), f"it should become artifact {path}")
            return  # taken in before
        size = file.stat().st_size
        self._link.request(
            "PUT",
            self._url(run_id, path),
            again=True,
            body=lambda: _pieces(file, size, progress),
            headers={"content-length": str(size), "content-type": "application/octet-stream"},
        )
        file.unlink(missing_ok=True)

    def adopt_many(self, run_id: str, files: Iterable[tuple[str, Path]]) -> None:
        for path, file in files:
            self.adopt(run_id, path, file)

    def download(self, run_id: str, path: str, into: Path, *, progress: Progress | None = None) -> Path:
        path = check_artifact_path(path)
        infos = list(walk_files(self, run_id, path))
        if not infos and path and not self._is_folder(run_id, path):
            size = self._size(run_id, path)
            self._save(run_id, path, into / path, _Counter(size, progress))
            return into / path
        (into / path).mkdir(parents=True, exist_ok=True)
        counter = _Counter(sum(info.file_size or 0 for info in infos), progress)
        for info in infos:
            self._save(run_id, info.path, into / info.path, counter)
        return into / path

    def delete(self, run_id: str, path: str = "") -> int:
        path = check_artifact_path(path)
        infos = list(walk_files(self, run_id, path)) or self._alone(run_id, path)
        for info in infos:
            self._link.request("DELETE", self._url(run_id, info.path), again=True)
        return sum(info.file_size or 0 for info in infos)

    def uri(self, run_id: str, path: str = "") -> str:
        root = f"mlflow-artifacts:/{self._root(run_id)}"
        path = check_artifact_path(path)
        return f"{root}/{path}" if path else root

    def _url(self, run_id: str, path: str) -> str:
        return f"{PROXY_PREFIXES[0]}/{quote(f'{self._root(run_id)}/{path}')}"

    def _beside(self, run_id: str, path: str) -> Sequence[FileInfo]:
        return self.list(run_id, path.rpartition("/")[0])

    def _alone(self, run_id: str, path: str) -> Sequence[FileInfo]:
        return [info for info in self._beside(run_id, path) if info.path == path and not info.is_dir] if path else []

    def _has(self, run_id: str, path: str) -> bool:
        return bool(self._alone(run_id, path))

    def _is_folder(self, run_id: str, path: str) -> bool:
        return any(info.path == path and info.is_dir for info in self._beside(run_id, path))

    def _size(self, run_id: str, path: str) -> int:
        for info in self._alone(run_id, path):
            return info.file_size or 0
        raise _missing(run_id, path)

    def _digest_to_be(self, run_id: str, path: str) -> str | None:
        """What a downloaded file must have, where the server knows it."""
        del run_id, path
        return None

    def _save(self, run_id: str, path: str, target: Path, counter: _Counter) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".trackbook-part-{new_id()}")
        try:
            with part.open("w+b") as file:
                self._fetch(run_id, path, file, counter)
                expected = self._digest_to_be(run_id, path)
                file.seek(0)
                if expected is not None and _sha256(file) != expected:
                    raise StoreUnreadable(
                        self.uri(run_id, path), "what came has another sha256 than what was recorded", "try again"
                    )
            part.replace(target)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def _fetch(self, run_id: str, path: str, into: BinaryIO, counter: _Counter | None) -> None:
        try:
            with self._link.stream(self._url(run_id, path)) as answer:
                for piece in answer.iter_bytes(PIECE_BYTES):
                    into.write(piece)
                    if counter is not None:
                        counter.add(len(piece))
        except (NotFound, InvalidName) as error:
            raise _missing(run_id, path) from error


def below_folder(told: Iterable[FileInfo], folder: str) -> Sequence[FileInfo]:
    """Of what a server tells of a folder that which lies in it, sorted: these paths become files of this machine."""
    return sorted((one for one in told if _lies_in(folder, one.path)), key=lambda one: one.path)


def _lies_in(folder: str, path: str) -> bool:
    try:
        return check_artifact_path(path) == path != folder and path.rpartition("/")[0] == folder
    except UnsafePath:
        return False


class _Counter:
    """Bytes of several files, told to one function."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._done, self._total, self._progress = 0, total, progress

    def add(self, count: int) -> None:
        self._done += count
        if self._progress is not None:
            self._progress(self._done, self._total)


def _pieces(file: Path, size: int, progress: Progress | None) -> Iterator[bytes]:
    counter = _Counter(size, progress)
    with file.open("rb") as opened:
        while piece := opened.read(PIECE_BYTES):
            yield piece
            counter.add(len(piece))


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while piece := file.read(PIECE_BYTES):
        digest.update(piece)
    return digest.hexdigest()


def _missing(run_id: str, path: str) -> NotFound:
    return NotFound("artifact", path, f"list the artifacts of run {run_id}")
