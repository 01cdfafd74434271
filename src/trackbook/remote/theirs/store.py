"""The ports of a foreign server together."""

from __future__ import annotations

from trackbook.core.ports import Store
from trackbook.remote.link import Link
from trackbook.remote.theirs.artifacts import TheirArtifacts
from trackbook.remote.theirs.cells import TheirCells
from trackbook.remote.theirs.experiments import TheirExperiments
from trackbook.remote.theirs.ids import Ids
from trackbook.remote.theirs.metrics import TheirMetrics
from trackbook.remote.theirs.recording import TheirRecording
from trackbook.remote.theirs.registry import TheirRegistry
from trackbook.remote.theirs.runs import TheirRuns
from trackbook.remote.theirs.trash import TheirTrash


class TheirStore:
    def __init__(self, link: Link) -> None:
        self.uri = link.address
        self._link = link
        ids = Ids(link)
        self.experiments = TheirExperiments(link)
        self.runs = TheirRuns(link, ids, self.experiments)
        self.metrics = TheirMetrics(link, ids)
        self.artifacts = TheirArtifacts(link, ids)
        self.cells = TheirCells(ids, self.runs, self.artifacts)
        self.recording = TheirRecording(link, ids, self.experiments, self.cells)
        self.registry = TheirRegistry(link, ids)
        self.trash = TheirTrash(link.address)

    def close(self) -> None:
        self._link.close()


def _fits(store: TheirStore) -> Store:
    return store
