"""A database that another program has locked: log calls do not wait, nothing is lost, and `flush` tells the truth."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time

import pytest

from trackbook.connect import connect
from trackbook.core import events
from trackbook.core.ports import RunQuery
from trackbook.journal.writer import Journal
from trackbook.tracking.recorder import Recorder

LOCK = """
import sqlite3, sys, time
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
database.execute("ROLLBACK")
"""


@pytest.fixture
def locked(project):
    """Lock the project's database from another process for some seconds."""
    begun = []

    def lock(seconds: float) -> None:
        place = str(project / ".trackbook" / "trackbook.db")
        begun.append(subprocess.Popen([sys.executable, "-c", LOCK, place, str(seconds)], stdout=subprocess.PIPE))
        assert begun[-1].stdout.readline() == b"locked\n"

    yield lock
    for process in begun:
        process.kill()
        process.communicate()


@pytest.fixture
def store(project):
    store = connect(project / ".trackbook")
    store.runs.search(RunQuery())
    store.experiments.create("e")
    yield store
    store.close()


@pytest.fixture
def journal(project, store):
    return Journal(project / ".trackbook" / "journal", destination=store.uri)


def test_log_calls_do_not_wait_for_a_locked_database(store, journal, locked):
    recorder = Recorder(journal, lambda: store)
    journal.append(events.RunStarted("r", "1", "n", 1))
    loss = journal.define("r", "loss")
    assert recorder.flush()
    locked(6.0)
    begun = time.monotonic()
    for step in range(10_000):
        journal.point(loss, 0.5, step, step)
    journal.append(events.TagsSet("r", {"a": "b"}))
    assert recorder.flush(0.5) is False
    assert time.monotonic() - begun < 5.0
    assert recorder.flush(30.0) is True
    assert time.monotonic() - begun > 4.0
    assert store.metrics.history("r", "loss").steps.tolist() == list(range(10_000))
    recorder.close()


def test_a_close_that_gives_up_leaves_the_journal_to_nobody_while_its_last_batch_is_under_way(
    store, journal, locked, project, caplog
):
    """Else the next process could apply the batch that this one's thread is still waiting to apply."""
    recorder = Recorder(journal, lambda: store)
    journal.append(events.RunStarted("r", "1", "n", 1))
    loss = journal.define("r", "loss")
    assert recorder.flush()
    locked(6.0)
    for step in range(1000):
        journal.point(loss, 0.5, step, step)
    begun = time.monotonic()
    recorder.close(1.0)
    assert time.monotonic() - begun < 5.0
    assert "trackbook recover" in caplog.text, "and it is told who takes what is left"
    assert "trackbook sync" not in caplog.text
    other = connect(project / ".trackbook")
    next_one = Recorder(Journal(journal.root, destination=other.uri), lambda: other)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and other.runs.get("r").info.status == "RUNNING":
        time.sleep(0.1)
        next_one._recover_at = 0.0
        next_one.flush()
    assert other.metrics.history("r", "loss").steps.tolist() == list(range(1000))
    next_one.close()
    other.close()


def test_a_clock_that_jumps_back_is_stored_as_it_was(store, journal):
    recorder = Recorder(journal, lambda: store)
    journal.append(events.RunStarted("r", "1", "n", 2_000_000))
    loss = journal.define("r", "loss")
    for step, time_ms in enumerate((3_000_000, 1_000_000, -5, 2_500_000)):
        journal.point(loss, float(step), step, time_ms)
    journal.append(events.RunEnded("r", "FINISHED", 1_000))
    assert recorder.flush()
    info = store.runs.get("r").info
    assert (info.start_time, info.end_time, info.status) == (2_000_000, 1_000, "FINISHED")
    assert sorted(store.metrics.history("r", "loss").times.tolist()) == [-5, 1_000_000, 2_500_000, 3_000_000]
    recorder.close()


def test_a_database_locked_at_the_end_of_the_process_loses_nothing(run, project, locked, steps):
    run("tb.start_run().end()")
    locked(4.0)
    out, _ = run("""
    from trackbook.journal.writer import Journal
    from trackbook.core import events
    from trackbook.connect import connect
    from trackbook.tracking.recorder import Recorder
    store = connect(".trackbook")
    from pathlib import Path
    journal = Journal(Path(".trackbook/journal").absolute(), destination=store.uri)
    recorder = Recorder(journal, lambda: store)
    journal.append(events.RunStarted("late", "1", "n", 1))
    loss = journal.define("late", "loss")
    for step in range(1000):
        journal.point(loss, 0.5, step, step)
    journal.append(events.RunEnded("late", "FINISHED", 2))
    recorder.close(0.5)
    """)
    assert out == ""
    database = sqlite3.connect(project / ".trackbook" / "trackbook.db", timeout=30)
    database.execute("BEGIN IMMEDIATE")
    database.close()
    assert steps("late") == list(range(1000))
