"""A disk that refuses never reaches the training: the user is told once, and recording resumes."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
import warnings
from contextlib import contextmanager

import pytest

from trackbook.core import events
from trackbook.journal import event_segments, trouble
from trackbook.journal.format import SLOT
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


@contextmanager
def warned(match="cannot write its journal"):
    with pytest.warns(RuntimeWarning, match=match) as told:
        yield told


@pytest.fixture(autouse=True)
def _retry_at_once(monkeypatch):
    monkeypatch.setattr(trouble, "RETRY_AFTER_S", 0.0)


def test_logging_goes_on_in_memory_and_then_on_disk(journal, root, store, drain, caplog):
    reader = Reader(journal)
    journal.append(events.RunStarted("r", "1", "n", 1))
    with full_disk(), warned() as told:
        loss = journal.define("r", "loss")
        for step in range(500):
            journal.point(loss, 0.0, step, 1)
            journal.append(events.TagsSet("r", {"step": str(step)}))
        journal.heal()
        assert journal.disk_error
        drain(reader)
    assert len(told) == 1
    assert told[0].filename == __file__
    assert store.steps() == list(range(500))
    journal.heal()
    assert not journal.disk_error
    assert caplog.records == []
    for step in range(500, 600):
        journal.point(loss, 0.0, step, 1)
    drain(reader)
    reader.release()
    assert store.steps() == list(range(600))
    assert [int(event.tags["step"]) for event in store.recording.events[1:]] == list(range(500))
    assert len(list((root / journal.id).glob("points-*"))) == 1


def test_a_line_that_the_disk_took_in_part_is_written_again(journal, root, store, drain):
    journal.append(events.RunStarted("r", "1", "n", 1))
    size = (root / journal.id / "events-000001.jsonl").stat().st_size
    with full_disk(size + 20), pytest.warns(RuntimeWarning, match="cannot write"):
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
    with pytest.warns(RuntimeWarning, match="files were deleted"):
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
    assert store.steps() == [0, 1, 2]  # what the deleted files held was written again
    assert store.recording.status == {"r": "KILLED"}


def test_a_home_that_cannot_be_made_is_told_once(journal, root, store, drain):
    root.parent.parent.mkdir(exist_ok=True)
    root.parent.write_text("a file is in the way")
    with warned() as told:
        journal.append(events.RunStarted("r", "1", "n", 1))
        loss = journal.define("r", "loss")
        journal.point(loss, 0.0, 0, 1)
    drain(Reader(journal))
    assert store.steps() == [0]
    assert len(told) == 1
    assert str(root) in str(told[0].message)


def test_memory_is_bounded(journal, store, drain, monkeypatch, caplog):
    monkeypatch.setattr(trouble, "MEMORY_SLOTS_BYTES", 64 * 32)
    reader = Reader(journal)
    journal.append(events.RunStarted("r", "1", "n", 1))
    loss = journal.define("r", "loss")
    with full_disk(), warned("up to 64 points"):
        for step in range(100):
            journal.point(loss, 0.0, step, 1)
    drain(reader)
    assert store.steps() == list(range(64))
    assert journal.losses() == []
    journal.heal()
    assert "36 metric points were not recorded" in caplog.text
    ((run_id, sentence),) = journal.losses()
    assert (run_id, sentence[:16]) == ("r", "36 metric points")
    assert journal.losses() == []


def test_memory_for_records_is_bounded_but_a_run_still_ends(journal, store, drain, monkeypatch):
    monkeypatch.setattr(event_segments, "MEMORY_LINES_BYTES", 2_000)
    journal.append(events.RunStarted("r", "1", "n", 1))
    with full_disk(), warned():
        for number in range(100):
            journal.append(events.TagsSet("r", {"number": str(number)}))
        journal.append(events.RunEnded("r", "FINISHED", 2))
        reader = Reader(journal)
        drain(reader)
        kept = [event for event in store.recording.events if isinstance(event, events.TagsSet)]
        assert [event.tags["number"] for event in kept] == [str(number) for number in range(len(kept))]
        assert store.recording.status == {"r": "FINISHED"}
        assert reader.damage == []
        assert journal.losses()[0][1].startswith(f"{100 - len(kept)} other records")


def test_an_artifact_that_the_disk_refuses_is_named_with_the_run(journal, tmp_path):
    (tmp_path / "a.bin").write_bytes(bytes(10_000))
    journal.append(events.RunStarted("r", "1", "n", 1))
    with full_disk(5_000), warned():
        name, size = journal.stage_file(tmp_path / "a.bin")
        journal.append(events.ArtifactStaged("r", "models/a.bin", name, size))
    assert not journal.staged_path(name).exists()
    assert "1 artifacts (models/a.bin)" in journal.losses(final=True)[0][1]
    with pytest.raises(FileNotFoundError):
        journal.stage_file(tmp_path / "nothing")


def test_what_memory_kept_survives_sigkill_once_it_is_written(journal, root, store):
    """In its order, before what came later."""
    journal.append(events.RunStarted("r", "1", "n", 1))
    loss = journal.define("r", "loss")
    for step in range(10):
        journal.point(loss, 0.0, step, 1)
    with full_disk(), warned():
        for step in range(10, 500):
            journal.point(loss, 0.0, step, 1)
            journal.append(events.TagsSet("r", {"step": str(step)}))
        acc = journal.define("r", "acc")
        journal.point(acc, 1.0, 7, 1)
    journal.heal()
    for step in range(500, 600):
        journal.point(loss, 0.0, step, 1)
    after_death = root.parent / "copy"
    shutil.copytree(root / journal.id, after_death / journal.id)
    (one,) = recover(after_death, store)
    assert store.steps() == list(range(600))
    assert store.steps(key="acc") == [7]
    assert [int(event.tags["step"]) for event in store.recording.events[1:]] == list(range(10, 500))
    assert (list(one.killed), list(after_death.iterdir())) == (["r"], [])


def test_late_writers_of_memory_reach_the_disk(journal, root, store):
    """A thread that stands between taking a slot and filling it while the disk comes back."""
    journal.append(events.RunStarted("r", "1", "n", 1))
    loss = journal.define("r", "loss")
    with full_disk(), warned():
        journal.point(loss, 0.0, 0, 1)
    held = journal.point.__closure__[[*journal.point.__code__.co_freevars].index("target")].cell_contents
    hole = held[1]()
    journal.heal()
    journal.point(loss, 0.0, 2, 1)
    SLOT.pack_into(held[0], hole, 0.0, 1, 1, loss, held[2])
    del held
    journal.heal()
    assert not any(slots.in_memory for slots in journal.slots())
    shutil.copytree(root / journal.id, root.parent / "copy" / journal.id)
    recover(root.parent / "copy", store)
    assert store.steps() == [0, 1, 2]


def test_a_warning_that_is_an_error_does_not_reach_the_training(journal, caplog):
    with full_disk(), warnings.catch_warnings():
        warnings.simplefilter("error")
        journal.append(events.RunStarted("r", "1", "n", 1))
    assert "cannot write its journal" in caplog.text


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
