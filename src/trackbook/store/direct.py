"""Files of runs past this process: the guard and the manifest, around what the object store signs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

from trackbook.core.direct import Part, PartsUpload, SignedFile
from trackbook.core.names import check_artifact_path
from trackbook.errors import NotFound, NotSupported, UnsafePath
from trackbook.store import manifest
from trackbook.store.engine import Database
from trackbook.store.files.content import is_unfinished
from trackbook.store.files.remote import RemoteFolder

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from trackbook.store.files.folder import Folder


class Direct(ABC):
    """A part of `SqlArtifacts`."""

    _database: Database
    _manifest: manifest.Manifest

    def begin_parts(self, run_id: str, path: str, parts: int) -> PartsUpload:
        return self._signing(run_id, path)[1].begin_parts(path, parts)

    def end_parts(self, run_id: str, path: str, upload_id: str, parts: Sequence[Part]) -> None:
        """The digest of what nobody here has read is not known: it is worked out when it is asked for."""
        run, folder = self._signing(run_id, path)
        folder.end_parts(path, upload_id, parts)
        with self._database.write() as connection:
            self._manifest.forget(connection, run, [check_artifact_path(path)])

    def drop_parts(self, run_id: str, path: str, upload_id: str) -> None:
        self._signing(run_id, path)[1].drop_parts(path, upload_id)

    def signed(self, run_id: str, path: str) -> SignedFile:
        folder = self._signing(run_id, path)[1]
        size = folder.size(path)
        if size is None:
            raise NotFound("artifact", path, f"list the artifacts of {run_id}")
        return SignedFile(folder.signed(path), size)

    def _signing(self, run_id: str, path: str) -> tuple[int, RemoteFolder]:
        relative = check_artifact_path(path)
        if not relative or is_unfinished(relative):
            raise UnsafePath(path, "it names no file")
        with self._database.read() as connection:
            run, folder = self._place(connection, run_id)
        if not isinstance(folder, RemoteFolder) or not folder.signs or self._is_document(relative):
            raise NotSupported("a transfer in parts", "the place of this file", "send or fetch the file whole")
        return run, folder

    @abstractmethod
    def _place(self, connection: Connection, run_id: str) -> tuple[int, Folder]:
        """The owner's row and folder.  Raises `NotFound`."""

    @abstractmethod
    def _is_document(self, path: str) -> bool:
        """Whether the file of this path lies in the database."""
