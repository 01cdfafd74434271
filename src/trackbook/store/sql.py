"""The store in SQL and files: its rooms around one database."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from trackbook.core.ports import Store
from trackbook.store.access import SqlAccess
from trackbook.store.artifacts import SqlArtifacts
from trackbook.store.cells import SqlCells
from trackbook.store.changing import SqlChanging
from trackbook.store.datasets import SqlDatasets
from trackbook.store.disk import SqlDisk
from trackbook.store.engine import Database
from trackbook.store.experiments import SqlExperiments
from trackbook.store.logged_model_files import SqlModelFiles
from trackbook.store.logged_models import SqlLoggedModels
from trackbook.store.metrics import SqlMetrics
from trackbook.store.model_trash import SqlModelTrash
from trackbook.store.overview import SqlOverview
from trackbook.store.places import Places
from trackbook.store.recording import SqlRecording
from trackbook.store.registry import SqlRegistry
from trackbook.store.runs import SqlRuns
from trackbook.store.tending import tended
from trackbook.store.trash import SqlTrash
from trackbook.store.webhooks import SqlWebhooks


class SqlStore:
    """Opening it costs nothing; the database is opened, made or migrated by the first call."""

    def __init__(self, uri: str, database: Database, artifact_root: Path | str) -> None:
        self.uri = uri
        self.database = database
        places = Places(artifact_root)
        self.experiments = SqlExperiments(database, places)
        self.runs = SqlRuns(database, places)
        self.metrics = SqlMetrics(database)
        self.cells = SqlCells(database)
        self.recording = SqlRecording(database)
        self.changing = SqlChanging(database)
        self.registry = SqlRegistry(database)
        self.artifacts = SqlArtifacts(database, places)
        self.datasets = SqlDatasets(database)
        self.logged_models = SqlLoggedModels(database, places)
        self.model_files = SqlModelFiles(database, places)
        self.trash = SqlTrash(database, self.artifacts)
        self.model_trash = SqlModelTrash(database, self.model_files)
        self.disk = SqlDisk(database, places, self.artifacts)
        self.access = SqlAccess(database)
        self.webhooks = SqlWebhooks(database)
        self.overview = SqlOverview(database)

    def tended(self) -> AbstractContextManager[None]:
        """While this lasts, which is as long as it is served, a thread spares writers some of the work."""
        return tended(self.database)

    def close(self) -> None:
        """Close the connections; the next call opens them again."""
        self.database.close()


def _fits(store: SqlStore) -> Store:
    return store
