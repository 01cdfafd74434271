"""A run's artifacts anywhere that fsspec reaches: S3, Google Cloud Storage, Azure, `memory://`, SFTP and so on.

An object store shows an object when its upload has ended, whole; other file systems (SFTP, SMB) show it as it grows.
Uploads of large files to S3 go part by part and continue after an interruption (`multipart`); to all other places
they are sent by the place's own `put_file`, in pieces, and begin anew.  Downloads are range reads, and continue from
everywhere (`download`).  An upload to S3 takes about 150 MiB of memory whatever the file's size (four parts on
their way); elsewhere it takes what the driver takes.

Only calls that take a path as it is are used: fsspec's `rm`, `get` and `put` read `*`, `?` and `[` as patterns, so
that deleting the file `[a]` would delete `a`.  Its listing caches are dropped before each look, since other processes
write here as well.  Empty folders do not exist.

Tested against `memory://` and against an S3 endpoint over HTTP.  `gs://` and `az://` go the same way through their
drivers, which have not been tried against the real services.
"""

from __future__ import annotations

import io
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, cast

from trackbook.core.direct import Part, PartsUpload
from trackbook.core.entities import FileInfo
from trackbook.core.names import check_artifact_path
from trackbook.core.ports import Progress
from trackbook.errors import StoreUnavailable, TrackbookError, UnsafePath
from trackbook.store.files import multipart, signed
from trackbook.store.files.content import Content, is_unfinished
from trackbook.store.files.folder import Folder
from trackbook.store.files.paths import file_system

SINGLE_BYTES = 8 << 20
"""Up to here a file is sent by one request."""
RANGE_BYTES = 8 << 20
RANGES = 4
"""Range reads at once."""
BUFFER_BYTES = 1 << 20
_S3 = frozenset(("s3", "s3a"))
_OBJECT_STORES = _S3 | frozenset(("gs", "gcs", "az", "abfs", "abfss", "memory", "oci", "oss"))


class RemoteFolder:
    is_local = False
    parallel = 8

    def __init__(self, url: str) -> None:
        self.url = url
        self._scheme = urllib.parse.urlsplit(url).scheme

    @cached_property
    def _place(self) -> tuple[Any, str]:
        """The file system and the path of this folder in it, without a slash at its end."""
        with self._reached():
            files, root = file_system(self.url)
            return files, str(root).rstrip("/")

    def uri(self, path: str = "") -> str:
        relative = check_artifact_path(path)
        return f"{self.url}/{relative}" if relative else self.url

    def list(self, path: str = "") -> Sequence[FileInfo]:
        files, name = self._at(path)
        folder = check_artifact_path(path)
        with self._reached():
            files.invalidate_cache(name)
            try:
                entries = files.ls(name, detail=True)
            except (FileNotFoundError, NotADirectoryError):
                return []
        found = {info.path: info for entry in entries if (info := self._info(entry)) is not None}
        return [found[one] for one in sorted(found) if one.rpartition("/")[0] == folder]

    def walk(self, path: str = "") -> Sequence[FileInfo]:
        files, name = self._at(path)
        folder = check_artifact_path(path)
        with self._reached():
            files.invalidate_cache(name)
            entries = files.find(name, detail=True)
        infos = [self._info(entry) for entry in entries.values()]
        below = f"{folder}/" if folder else ""
        found = [info for info in infos if info is not None and not info.is_dir and info.path.startswith(below)]
        return sorted(found, key=lambda info: info.path)

    def size(self, path: str) -> int | None:
        files, name = self._at(path)
        with self._reached():
            files.invalidate_cache(name)
            try:
                found = files.info(name)
            except (FileNotFoundError, NotADirectoryError):
                return None
        return int(found["size"]) if found["type"] == "file" else None

    def is_folder(self, path: str) -> bool:
        files, name = self._at(path)
        with self._reached():
            files.invalidate_cache(name)
            return bool(files.isdir(name))

    def open(self, path: str) -> BinaryIO:
        size = self.size(path)
        return cast("BinaryIO", io.BufferedReader(_Ranges(self, path, size or 0), BUFFER_BYTES))

    def pieces(self, path: str, start: int, size: int) -> Iterator[bytes]:
        files, name = self._at(path)
        while start < size:
            starts = list(range(start, min(size, start + RANGES * RANGE_BYTES), RANGE_BYTES))
            ends = [min(size, one + RANGE_BYTES) for one in starts]
            with self._reached():
                parts = files.cat_ranges([name] * len(starts), starts, ends, on_error="raise")
            yield from parts
            start = ends[-1]

    def read(self, path: str, start: int, end: int) -> bytes:
        files, name = self._at(path)
        with self._reached():
            return cast("bytes", files.cat_file(name, start=start, end=end))

    def take(self, path: str, file: Path, content: Content, progress: Progress | None = None) -> None:
        try:
            self._send(path, file, content.size, None if progress is None else _guarded(progress))
        except _Stopped as stopped:
            raise stopped.error from None

    def _send(self, path: str, file: Path, size: int, progress: Progress | None) -> None:
        files, name = self._at(path)
        with self._reached():
            if self._scheme not in _OBJECT_STORES:
                files.makedirs(name.rpartition("/")[0], exist_ok=True)
            if size <= SINGLE_BYTES:
                files.pipe_file(name, file.read_bytes())
                if progress is not None:
                    progress(size, size)
            elif self._scheme in _S3:
                multipart.upload(files, name, file, progress)
            else:
                files.put_file(str(file), name, callback=_callback(size, progress))
            files.invalidate_cache(name)

    def replaced(self, old: Content) -> int:
        return 0

    def delete(self, path: str = "") -> int:
        files, _ = self._at(path)
        size = self.size(path) if path else None
        found = [*self.walk(path), *([FileInfo(check_artifact_path(path), False, size)] if size is not None else [])]
        names = {self._at(info.path)[1]: info.file_size or 0 for info in found}

        def remove(name: str) -> int:
            with self._reached():
                try:
                    files.rm_file(name)
                except FileNotFoundError:
                    return 0
                files.invalidate_cache(name)
            return names[name]

        with ThreadPoolExecutor(self.parallel, "trackbook-delete") as pool:
            return sum(pool.map(remove, names))

    @property
    def signs(self) -> bool:
        """Whether clients may be sent past this process."""
        return self._scheme in _S3

    def begin_parts(self, path: str, parts: int) -> PartsUpload:
        files, name = self._at(path)
        with self._reached():
            return signed.begin(files, name, parts)

    def end_parts(self, path: str, upload_id: str, parts: Sequence[Part]) -> None:
        files, name = self._at(path)
        with self._reached():
            signed.end(files, name, upload_id, parts)

    def drop_parts(self, path: str, upload_id: str) -> None:
        files, name = self._at(path)
        with self._reached():
            signed.drop(files, name, upload_id)

    def signed(self, path: str) -> str:
        files, name = self._at(path)
        with self._reached():
            return signed.address(files, name)

    def _at(self, path: str) -> tuple[Any, str]:
        """The file system and the place of a path in it: the guard of all that is read or written here."""
        files, root = self._place
        relative = check_artifact_path(path)
        # Drivers that know versions read one from a name's end, and would then name another object.
        if "?versionid=" in relative.lower():
            raise UnsafePath(path, "'?versionId=' would name another object")
        if any(character < " " for character in relative):
            raise UnsafePath(path, "the listings of object stores cannot hold control characters")
        name = f"{root}/{relative}" if relative else root
        if files._strip_protocol(name) != name:  # noqa: SLF001 - what every call of the driver will do with it
            raise UnsafePath(path, f"{self._scheme}:// cannot keep a file of this name")
        return files, name

    def _info(self, entry: Mapping[str, Any]) -> FileInfo | None:
        """None for what is not below this folder, and for objects whose names are no plain paths."""
        root = self._place[1]
        name = str(entry["name"]).rstrip("/")
        if not name.startswith(f"{root}/"):
            return None
        relative = name[len(root) + 1 :]
        try:
            if check_artifact_path(relative) != relative or is_unfinished(relative):
                return None
        except UnsafePath:
            return None
        is_dir = entry["type"] == "directory"
        return FileInfo(relative, is_dir, None if is_dir else int(entry["size"]))

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except (TrackbookError, _Stopped):
            raise
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            remedy = "check that it is there, that it can be reached, and the credentials for it"
            raise StoreUnavailable(self.url, reason, remedy) from error


class _Ranges(io.RawIOBase):
    """A remote file, read by ranges; the buffer around it makes them large."""

    def __init__(self, folder: RemoteFolder, path: str, size: int) -> None:
        self._folder, self._path, self._size, self._position = folder, path, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError(f"negative seek position {base + offset}")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: Any, /) -> int:
        end = min(self._size, self._position + len(buffer))
        if end <= self._position:
            return 0
        data = self._folder.read(self._path, self._position, end)
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


class _Stopped(Exception):
    """What the caller's progress function raised, on its way through the driver."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


def _guarded(progress: Progress) -> Progress:
    def told(done: int, total: int) -> None:
        try:
            progress(done, total)
        except Exception as error:
            raise _Stopped(error) from error

    return told


def _callback(size: int, progress: Progress | None) -> Any:
    from fsspec.callbacks import Callback

    class Told(Callback):  # type: ignore[misc]
        def call(self, hook_name: str | None = None, **kwargs: Any) -> None:
            if progress is not None:
                progress(min(self.value, size), size)

    return Told(size=size)


def _fits(folder: RemoteFolder) -> Folder:
    return folder
