"""A store that keeps what a journal holds in memory: the smallest real implementation of the ports in question."""

from __future__ import annotations

import threading
from collections import defaultdict
from pathlib import Path

import pytest

from trackbook.core.events import Batch, RunEnded, RunResumed, RunStarted, SeriesDefined
from trackbook.errors import StoreUnavailable
from trackbook.journal.reader import Reader
from trackbook.journal.writer import Journal


class MemoryRecording:
    def __init__(self):
        self.cursors, self.events, self.points, self.status = {}, [], defaultdict(list), {}
        self.away = False
        self.batches = 0
        self.lock = threading.RLock()

    def apply(self, batch: Batch) -> None:
        if self.away:
            raise StoreUnavailable("memory", "away on purpose", "wait")
        with self.lock:
            if self.cursors.get(batch.journal_id) == batch.cursor:
                return
            self.cursors[batch.journal_id] = batch.cursor
            self.batches += 1
            for event in batch.events:
                if isinstance(event, SeriesDefined) or (isinstance(event, RunStarted) and event.run_id in self.status):
                    continue
                self.events.append(event)
                if isinstance(event, RunStarted | RunResumed):
                    self.status[event.run_id] = "RUNNING"
                elif isinstance(event, RunEnded):
                    self.status[event.run_id] = event.status
            for one in batch.points:
                rows = zip(one.steps.tolist(), one.values.tolist(), one.times.tolist(), strict=True)
                self.points[one.run_id, one.key].extend(rows)

    def cursor(self, journal_id):
        return self.cursors.get(journal_id)

    def forget(self, journal_id):
        self.cursors.pop(journal_id, None)

    def end_abandoned(self, run_ids, end_time):
        killed = [run_id for run_id in run_ids if self.status.get(run_id) == "RUNNING"]
        self.status.update(dict.fromkeys(killed, "KILLED"))
        self.end_time = end_time
        return killed


class MemoryArtifacts:
    def __init__(self):
        self.files = {}

    def adopt(self, run_id: str, path: str, file: Path) -> None:
        self.files[run_id, path] = file.read_bytes()


class MemoryStore:
    uri = "memory:"

    def __init__(self):
        self.recording, self.artifacts = MemoryRecording(), MemoryArtifacts()

    def steps(self, run_id="r", key="loss"):
        return [step for step, _, _ in self.recording.points[run_id, key]]


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def root(tmp_path):
    return tmp_path / "home" / "journal"


@pytest.fixture
def journal(root):
    journal = Journal(root, destination="memory:", first_slots=64, more_slots=256)
    yield journal
    journal.close()


@pytest.fixture
def drain(store):
    """Apply all that a reader finds to the store."""

    def run(reader: Reader) -> None:
        while (batch := reader.read()) is not None:
            store.recording.apply(batch)
            reader.commit(batch)

    return run
