"""Files of logged models: kept as those of runs are, under a model's id, and all of them as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.core.ports import Artifacts
from trackbook.store import manifest
from trackbook.store.artifacts import SqlArtifacts

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from trackbook.store.documents.rows import Document
    from trackbook.store.files.folder import Folder


class SqlModelFiles(SqlArtifacts):
    """The port of artifacts, with a model's id for each run's."""

    _manifest = manifest.OF_MODELS

    def _place(self, connection: Connection, run_id: str) -> tuple[int, Folder]:
        return self._places.of_model(connection, run_id)

    def _documents(self, connection: Connection, run: int) -> dict[str, Document]:
        del connection, run
        return {}

    def _is_document(self, path: str) -> bool:
        del path
        return False


def _fits(files: SqlModelFiles) -> Artifacts:
    return files
