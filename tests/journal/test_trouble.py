"""A disk that refuses never reaches the training: the user is told once, and recording resumes."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from trackbook.core import events
from trackbook.journal import trouble
from trackbook.journal.reader import Reader
from trackbook.journal.recovery import recover


@contextmanager
def full_disk(limit_bytes: int = 0):
    """No file of this process may grow beyond a size: EFBIG, from the kernel."""
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.fixture(autouse=True)
def _retry_at_once(monkeypatch):
    monkeypatch.setattr(trouble, "RETRY_AFTER_S", 0.0)


def test_logging_goes_on_in_memory_and_then_on_disk(journal, root, store, drain, caplog):
    reader = Reader(journal)
    journal.append(events.RunStarted("r", "1", "n", 1))
    with full_disk():
        loss = journal.define("r", "loss")
        for step in range(500):
            journal.point(loss, 0.0, step, 1)
            journal.append(events.TagsSet("r", {"step": str(step)}))
        journal.heal()
        assert journal.disk_error
        drain(reader)
    assert store.steps() == list(range(500))
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    journal.heal()
    assert not journal.disk_error
    for step in range(500, 600):
        journal.point(loss, 0.0, step, 1)
    drain(reader)
    reader.release()
    assert store.steps() == list(range(600))
    assert [int(event.tags["step"]) for event in store.recording.events[1:]] == list(range(500))
    assert sorted(path.suffix for path in (root / journal.id).glob("*-*")) == [".jsonl", ".slots"]


def test_a_line_that_the_disk_took_in_part_is_written_again(journal, root, store, drain):
    journal.append(events.RunStarted("r", "1", "n", 1))
    size = (root / journal.id / "events-000001.jsonl").stat().st_size
    with full_disk(size + 20):
        journal.append(events.TagsSet("r", {"a": "b" * 1000}))
    journal.heal()
    journal.append(events.TagsSet("r", {"c": "d"}))
    reader = Reader(journal)
    drain(reader)
    assert [event.kind for event in store.recording.events] == ["run_started", "tags_set", "tags_set"]
    assert reader.damage == []


def test_a_deleted_home_is_made_again(journal, root, store, drain):
    journal.append(events.RunStarted("r", "1", "n", 1))
    loss = journal.define("r", "loss")
    journal.point(loss, 0.0, 0, 1)
    shutil.rmtree(root.parent)
    journal.point(loss, 0.0, 1, 1)
    journal.append(events.TagsSet("r", {"a": "b"}))
    journal.heal()
    journal.point(loss, 0.0, 2, 1)
    reader = Reader(journal)
    drain(reader)
    assert store.steps() == [0, 1, 2]
    assert len(store.recording.events) == 2
    folder = journal.detach()
    folder.close()
    store.recording.points.clear()
    store.recording.cursors.clear()
    recover(root, store)
    assert store.steps() == [2]  # what the deleted files held is gone with them; the rest is whole
    assert store.recording.status == {"r": "KILLED"}


def test_a_home_that_cannot_be_made_is_told_once(journal, root, store, drain, caplog):
    root.parent.parent.mkdir(exist_ok=True)
    root.parent.write_text("a file is in the way")
    journal.append(events.RunStarted("r", "1", "n", 1))
    loss = journal.define("r", "loss")
    journal.point(loss, 0.0, 0, 1)
    drain(Reader(journal))
    assert store.steps() == [0]
    assert len(caplog.records) == 1
    assert str(root) in caplog.text


def test_memory_is_bounded(journal, store, drain, monkeypatch, caplog):
    monkeypatch.setattr(trouble, "MEMORY_SLOTS_BYTES", 64 * 32)
    reader = Reader(journal)
    journal.append(events.RunStarted("r", "1", "n", 1))
    loss = journal.define("r", "loss")
    with full_disk():
        for step in range(100):
            journal.point(loss, 0.0, step, 1)
    drain(reader)
    assert store.steps() == list(range(64))
    journal.heal()
    assert "36 points" in caplog.text


def test_a_full_disk_is_no_sigbus(root, tmp_path):
    """On a real file system without room for the next segment."""
    script = f"""
import resource, signal
from pathlib import Path
from trackbook.core import events
from trackbook.journal.writer import Journal
journal = Journal(Path({str(root)!r}), destination="memory:", first_slots=64, more_slots=1 << 20)
journal.append(events.RunStarted("r", "1", "n", 1))
loss = journal.define("r", "loss")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, resource.RLIM_INFINITY))
for step in range(100_000):
    journal.point(loss, 0.0, step, 1)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("cannot write its journal") == 1
    assert os.strerror(errno.EFBIG) in done.stderr
