"""What dead processes leave behind comes into the store, once, and their runs are KILLED."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import threading
import time

import pytest

from trackbook.core import events
from trackbook.core.clock import now_ms
from trackbook.errors import StoreUnavailable
from trackbook.journal.recovery import abandoned, recover
from trackbook.journal.writer import Journal


@pytest.fixture
def dead(journal):
    """The folder of a journal whose process is gone: one open run, one ended, points and an artifact."""
    journal.append(events.RunStarted("r", "1", "n", 1))
    journal.append(events.RunStarted("q", "1", "n", 1))
    loss = journal.define("r", "loss")
    for step in range(10):
        journal.point(loss, float(step), step, 5000 + step)
    name, size = journal.stage_bytes(b"hello")
    journal.append(events.ArtifactStaged("r", "a.txt", name, size))
    journal.append(events.RunEnded("q", "FINISHED", 2))
    folder = journal.detach()
    folder.close()
    return folder.path


def test_everything_is_applied_and_the_folder_deleted(dead, root, store):
    (one,) = recover(root, store)
    assert (one.journal_id, list(one.runs), one.points, list(one.killed)) == (dead.name, ["r", "q"], 10, ["r"])
    assert store.steps() == list(range(10))
    assert store.recording.status == {"r": "KILLED", "q": "FINISHED"}
    assert store.artifacts.files == {("r", "a.txt"): b"hello"}
    assert store.recording.cursors == {}
    assert list(root.iterdir()) == []
    assert recover(root, store) == []


def test_the_end_is_the_last_sign_of_life(dead, root, store):
    for path in dead.iterdir():
        if path.is_file():
            os.utime(path, (7, 7))
    recover(root, store)
    assert store.recording.end_time == 7000


def test_a_time_in_the_future_does_not_end_the_run_there(journal, root, store):
    journal.append(events.RunStarted("r", "1", "n", 1))
    journal.point(journal.define("r", "loss"), 1.0, 1, 2**62)
    journal.close()
    recover(root, store)
    assert store.recording.end_time <= now_ms()


def test_a_live_journal_is_left_alone(journal, root, store):
    journal.append(events.RunStarted("r", "1", "n", 1))
    assert recover(root, store) == []
    assert (root / journal.id).is_dir()


def test_another_stores_journal_is_left_alone(dead, root, store):
    store.uri = "elsewhere:"
    assert recover(root, store) == []
    assert dead.is_dir()
    assert len(recover(root, store, destination="memory:")) == 1


def test_recovery_goes_on_where_the_store_is(dead, root, store):
    recover_half = store.recording.apply

    def fail_later(batch):
        recover_half(batch)
        raise StoreUnavailable("memory", "died after the commit", "again")

    store.recording.apply = fail_later
    with pytest.raises(StoreUnavailable):
        recover(root, store)
    store.recording.apply = recover_half
    recover(root, store)
    assert store.steps() == list(range(10))
    assert store.artifacts.files
    assert store.recording.status["r"] == "KILLED"


def test_two_recoverers_at_once_apply_it_once(dead, root, store):
    apply = store.recording.apply
    store.recording.apply = lambda batch: (time.sleep(0.2), apply(batch))[1]
    results = []
    threads = [threading.Thread(target=lambda: results.append(recover(root, store))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(len(one) for one in results) == [0, 0, 1]
    assert store.steps() == list(range(10))


def test_a_lock_that_an_orphan_holds_does_not_keep_the_journal(dead, root, store):
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    child.wait()
    owner = json.loads((dead / "owner.json").read_text())
    (dead / "owner.json").write_text(json.dumps(owner | {"pid": child.pid, "process_start": "1"}))
    with (dead / "lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert len(recover(root, store)) == 1


def test_a_held_lock_of_another_host_is_believed(dead, root, store):
    owner = json.loads((dead / "owner.json").read_text())
    (dead / "owner.json").write_text(json.dumps(owner | {"host": "elsewhere", "process_start": "1"}))
    with (dead / "lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert recover(root, store) == []


def test_a_damaged_journal_is_kept_and_not_recovered_again(dead, root, store, caplog):
    path = dead / "events-000001.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"user_id":""', b'"user_id":"?"', 1))
    (one,) = recover(root, store)
    assert one.points == 10
    assert "damaged" in (dead / "damaged.txt").read_text()
    assert recover(root, store) == []
    assert caplog.records


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"journal_id": "x", "pid": 1, "destination": "", "format": 99}'])
def test_a_journal_whose_owner_cannot_be_read_is_left_alone(dead, root, store, content, caplog):
    (dead / "owner.json").write_text(content)
    assert recover(root, store) == []
    assert dead.is_dir()
    assert "owner" in caplog.text or "newer" in caplog.text


def test_foreign_folders_are_left_alone(root, store):
    (root / "something").mkdir(parents=True)
    (root / ".new-1").mkdir()
    (root / "file").touch()
    assert list(abandoned(root)) == []
    assert list((root / "something").iterdir()) == []


def test_a_staged_name_that_leads_elsewhere_is_refused(journal, root, store, tmp_path, caplog):
    (tmp_path / "secret").write_text("s")
    journal.append(events.RunStarted("r", "1", "n", 1))
    journal.append(events.ArtifactStaged("r", "a", "../../../../secret", 1))
    journal.close()
    recover(root, store)
    assert store.artifacts.files == {}
    assert (tmp_path / "secret").exists()
    assert "not taken in" in caplog.text


def test_two_processes_in_one_home_do_not_meet(root, store, journal):
    other = Journal(root, destination="memory:")
    journal.append(events.RunStarted("r", "1", "n", 1))
    other.append(events.RunStarted("q", "1", "n", 1))
    other.close()
    assert [list(one.runs) for one in recover(root, store, journal.id)] == [["q"]]
    journal.append(events.RunEnded("r", "FINISHED", 2))
