"""The recorder brings what is logged into the store, never holds a caller up, and gives journals back."""

from __future__ import annotations

import os
import threading
import time
from collections import defaultdict
from pathlib import Path

import pytest

import trackbook as tb
from trackbook.core import events
from trackbook.core.events import RunEnded, RunResumed, RunStarted
from trackbook.errors import StoreUnavailable, UnsafePath
from trackbook.journal.writer import Journal
from trackbook.tracking.recorder import TICK_S, Recorder
from trackbook.tracking.session import Session

STARTED = events.RunStarted("r", "1", "n", 1)
ENDED = events.RunEnded("r", "FINISHED", 2)


class MemoryStore:
    """The parts of a store that recording needs, in memory."""

    uri = "memory:"

    def __init__(self):
        self.recording = self.artifacts = self
        self.cursors, self.events, self.points, self.status, self.files = {}, [], defaultdict(list), {}, {}
        self.error, self.after_error = None, None
        self.threads = set()
        self.refused, self.together = "", 0

    def apply(self, batch):
        if self.error is not None:
            raise self.error
        if self.cursors.get(batch.journal_id) == batch.cursor:
            return
        self.threads.add(threading.current_thread().name)
        self.cursors[batch.journal_id] = batch.cursor
        for event in batch.events:
            if isinstance(event, RunStarted) and event.run_id in self.status:
                continue
            self.events.append(event)
            if isinstance(event, RunStarted | RunResumed):
                self.status[event.run_id] = "RUNNING"
            elif isinstance(event, RunEnded):
                self.status[event.run_id] = event.status
        for one in batch.points:
            self.points[one.run_id, one.key].extend(one.steps.tolist())
        if self.after_error is not None:
            error, self.after_error = self.after_error, None
            raise error

    def cursor(self, journal_id):
        return self.cursors.get(journal_id)

    def forget(self, journal_id):
        self.cursors.pop(journal_id, None)

    def end_abandoned(self, run_ids, end_time):
        killed = [run_id for run_id in run_ids if self.status.get(run_id) == "RUNNING"]
        self.status.update(dict.fromkeys(killed, "KILLED"))
        return killed

    def adopt(self, run_id: str, path: str, file: Path) -> None:
        if path == self.refused:
            raise UnsafePath(path)
        self.files[run_id, path] = file.read_bytes()

    def adopt_many(self, run_id, files) -> None:
        self.together += 1
        for path, file in files:
            self.adopt(run_id, path, file)


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def root(tmp_path):
    return tmp_path / "home" / "journal"


@pytest.fixture
def journal(root):
    return Journal(root, destination="memory:", first_slots=64, more_slots=256)


@pytest.fixture
def recorder(journal, store):
    recorder = Recorder(journal, lambda: store)
    yield recorder
    store.error = None
    recorder.close()


def until(condition, timeout_s=5.0):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


def away():
    return StoreUnavailable("memory", "away on purpose", "wait")


def test_flush_means_applied(recorder, journal, store):
    journal.append(STARTED)
    loss = journal.define("r", "loss")
    for step in range(5000):
        journal.point(loss, 0.0, step, 1)
    assert recorder.flush() is True
    assert store.points["r", "loss"] == list(range(5000))
    assert store.threads == {"trackbook-recorder"}


def test_points_arrive_without_a_flush(recorder, journal, store):
    journal.append(STARTED)
    loss = journal.define("r", "loss")
    journal.point(loss, 0.0, 0, 1)
    until(lambda: store.points["r", "loss"] == [0])
    time.sleep(0.7)  # it looks less often now
    journal.point(loss, 0.0, 1, 1)
    until(lambda: store.points["r", "loss"] == [0, 1], 1.5)


def test_an_event_wakes_a_sleeping_recorder(recorder, journal, store):
    time.sleep(0.3)
    journal.append(STARTED)
    until(lambda: store.status == {"r": "RUNNING"}, 1.0)


def test_staged_files_are_adopted(recorder, journal, store):
    journal.append(STARTED)
    name, size = journal.stage_bytes(b"hello")
    journal.append(events.ArtifactStaged("r", "a.txt", name, size))
    assert recorder.flush()
    assert store.files == {("r", "a.txt"): b"hello"}
    assert not journal.staged_path(name).exists()


def test_files_of_one_run_are_adopted_together_and_the_later_of_a_path_wins(recorder, journal, store):
    journal.append(STARTED)
    for number, path in enumerate(["a", "b", "c", "a", "d"]):
        name, size = journal.stage_bytes(str(number).encode())
        journal.append(events.ArtifactStaged("r", path, name, size))
    assert recorder.flush()
    assert store.files == {("r", "a"): b"3", ("r", "b"): b"1", ("r", "c"): b"2", ("r", "d"): b"4"}
    assert store.together <= 3


def test_a_file_that_cannot_be_taken_holds_none_of_the_others_back(recorder, journal, store):
    journal.append(STARTED)
    store.refused = "b"
    for path in ("a", "b", "c"):
        name, size = journal.stage_bytes(path.encode())
        journal.append(events.ArtifactStaged("r", path, name, size))
    assert recorder.flush()
    assert store.files == {("r", "a"): b"a", ("r", "c"): b"c"}


def test_applied_segments_are_given_back(recorder, journal, store, root):
    journal.append(STARTED)
    loss = journal.define("r", "loss")
    for step in range(3000):
        journal.point(loss, 0.0, step, 1)
    recorder.flush()
    assert len(list((root / journal.id).glob("points-*.slots"))) == 1


def test_close_deletes_the_journal_of_ended_runs(recorder, journal, store, root):
    journal.append(STARTED)
    journal.append(ENDED)
    recorder.close()
    recorder.close()
    assert list(root.iterdir()) == []
    assert store.status == {"r": "FINISHED"}
    assert store.cursors == {}


def test_close_keeps_the_journal_of_an_open_run(journal, store, root):
    recorder = Recorder(journal, lambda: store)
    journal.append(STARTED)
    recorder.close()
    Recorder(Journal(root, destination="memory:"), lambda: store).close()
    assert store.status == {"r": "KILLED"}
    assert list(root.iterdir()) == []


def test_a_store_that_is_away_costs_nothing_but_time(recorder, journal, store, caplog):
    store.error = away()
    journal.append(STARTED)
    journal.point(journal.define("r", "loss"), 0.0, 1, 1)
    assert recorder.flush() is False
    assert recorder.flush() is False
    state = recorder.state
    assert state.store_away_since
    assert "away on purpose" in state.last_error
    assert state.pending_points == 1
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    store.error = None
    assert recorder.flush() is True
    assert store.points["r", "loss"] == [1]
    assert recorder.state.last_error == ""
    assert recorder.state.pending_points == recorder.state.pending_bytes == 0


def test_a_store_that_stays_away_leaves_the_journal_to_be_recovered(journal, store, root):
    recorder = Recorder(journal, lambda: store)
    store.error = away()
    journal.append(STARTED)
    journal.append(ENDED)
    recorder.close()
    store.error = None
    Recorder(Journal(root, destination="memory:"), lambda: store).close()
    assert store.status == {"r": "FINISHED"}


def test_a_close_that_gives_up_does_so_where_logging_is_broken_too(recorder, monkeypatch):
    def broken(*_):
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("trackbook.tracking.recorder.log.warning", broken)
    monkeypatch.setattr(recorder, "_flush", lambda *_: False)
    recorder.close()


def test_a_batch_applied_before_its_error_is_not_applied_twice(recorder, journal, store):
    store.after_error = away()
    journal.append(STARTED)
    name, size = journal.stage_bytes(b"hello")
    journal.append(events.ArtifactStaged("r", "a.txt", name, size))
    journal.point(journal.define("r", "loss"), 0.0, 1, 1)
    recorder.flush()
    assert recorder.flush() is True
    assert store.points["r", "loss"] == [1]
    assert store.events.count(STARTED) == 1
    assert store.files == {("r", "a.txt"): b"hello"}


def test_a_subscriber_hears_of_its_run_alone(recorder, journal):
    heard = []
    remove = recorder.subscribe("r", heard.append)
    journal.append(STARTED)
    journal.append(events.RunStarted("q", "1", "n", 1))
    journal.point(journal.define("q", "loss"), 0.0, 1, 1)
    journal.point(journal.define("r", "loss"), 0.0, 2, 1)
    recorder.flush()
    assert {event.run_id for batch in heard for event in batch.events} == {"r"}
    assert [one.steps.tolist() for batch in heard for one in batch.points] == [[2]]
    remove()
    count = len(heard)
    journal.append(ENDED)
    recorder.flush()
    assert len(heard) == count


def steps_of(heard):
    return [step for batch in heard for one in batch.points for step in one.steps.tolist()]


def test_a_subscriber_hears_while_the_store_is_away_and_only_once(recorder, journal, store):
    journal.append(STARTED)
    loss = journal.define("r", "loss")
    assert recorder.flush()
    heard = []
    recorder.subscribe("r", heard.append)
    store.error = away()
    journal.point(loss, 0.0, 1, 1)
    assert not recorder.flush()
    until(lambda: steps_of(heard) == [1])
    journal.point(loss, 0.0, 2, 1)
    until(lambda: steps_of(heard) == [1, 2])
    assert store.points["r", "loss"] == []
    store.error = None
    until(lambda: store.points["r", "loss"] == [1, 2])
    assert steps_of(heard) == [1, 2]


def test_a_subscriber_misses_nothing_of_a_fast_writer(recorder, journal, store, root):
    heard = []
    recorder.subscribe("r", heard.append)
    journal.append(STARTED)
    loss = journal.define("r", "loss")
    for step in range(20_000):  # many segments, given back meanwhile
        journal.point(loss, 0.0, step, 1)
        if not step % 1999:
            assert recorder.flush()
    assert recorder.flush()
    assert store.points["r", "loss"] == steps_of(heard) == list(range(20_000))
    assert recorder.flush()  # what was told and applied goes with the next pass
    assert len(list((root / journal.id).glob("points-*.slots"))) <= 2


def test_a_run_that_begins_is_left_a_moment_before_it_is_looked_at_watched_or_not(recorder, journal):
    journal.append(events.RunStarted("q", "1", "n", 1))
    journal.append(events.RunEnded("q", "FINISHED", 2))
    assert recorder.flush()
    until(lambda: recorder._idle)
    heard, begun = [], time.monotonic()
    journal.append(STARTED)
    time.sleep(TICK_S / 3)  # it is awake by now
    recorder.subscribe("r", heard.append)
    until(lambda: heard)
    assert time.monotonic() - begun >= TICK_S


def test_a_failing_subscriber_is_dropped_after_three(recorder, journal, store, caplog):
    calls = []

    def fail(batch):
        calls.append(batch)
        raise ValueError("no")

    recorder.subscribe("r", fail)
    for number in range(5):
        journal.append(events.TagsSet("r", {"n": str(number)}))
        assert recorder.flush()
    assert len(calls) == 3
    assert len(store.events) == 5


def test_a_subscriber_may_log_and_flush(recorder, journal, store):
    flushed = []

    def reply(batch):
        if any(isinstance(event, RunStarted) for event in batch.events):
            journal.append(events.TagsSet("r", {"heard": "yes"}))
            flushed.append(recorder.flush())

    recorder.subscribe("r", reply)
    journal.append(STARTED)
    assert recorder.flush()
    assert flushed == [True]
    assert [event.kind for event in store.events] == ["run_started", "tags_set"]


def test_flush_from_many_threads(recorder, journal, store):
    results = []

    def work(number):
        series = journal.define("r", f"m{number}")
        for step in range(50):
            journal.point(series, 0.0, step, 1)
            results.append(recorder.flush() and store.points["r", f"m{number}"][-1] == step)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 200


def test_dead_journals_are_recovered_at_the_start(root, store):
    dead = Journal(root, destination="memory:")
    dead.append(STARTED)
    dead.close()
    recorder = Recorder(Journal(root, destination="memory:"), lambda: store)
    until(lambda: store.status == {"r": "KILLED"})
    recorder.close()


def in_child(function) -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0 if function() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


forks = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


class TestFork:
    pytestmark = forks

    def test_a_child_hands_over_what_it_logs_and_ends_nothing(self, recorder, journal, store, root):
        journal.append(STARTED)
        loss = journal.define("r", "loss")
        recorder.flush()
        heard = []
        recorder.subscribe("r", heard.append)

        def child():
            journal.point(loss, 0.0, 7, 1)
            handed = recorder.flush() is False and not store.points["r", "loss"]  # its copy of the store is untouched
            journal.point(loss, 0.0, 8, 1)
            recorder.close()
            return handed

        in_child(child)
        assert recorder.flush()
        assert store.points["r", "loss"] == [7, 8]
        assert [step for batch in heard for one in batch.points for step in one.steps.tolist()] == [7, 8]
        assert store.status == {"r": "RUNNING"}
        assert [path.name for path in root.iterdir()] == [journal.id]

    def test_a_child_that_lives_on_is_heard(self, recorder, journal, store):
        journal.append(STARTED)
        loss = journal.define("r", "loss")
        pid = os.fork()
        if pid == 0:
            for step in range(1000):
                journal.point(loss, 0.0, step, 1)
                time.sleep(0.01)
            os._exit(0)
        try:
            until(lambda: len(store.points["r", "loss"]) > 100, 10.0)
            assert store.points["r", "loss"] == list(range(len(store.points["r", "loss"])))
        finally:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
        assert recorder.flush()
        assert store.points["r", "loss"] == list(range(len(store.points["r", "loss"])))

    def test_what_a_killed_child_left_is_brought_in(self, recorder, journal, store):
        journal.append(STARTED)
        loss = journal.define("r", "loss")
        recorder.flush()

        def child():
            journal.point(loss, 0.0, 7, 1)
            return True  # leaves by _exit, before its recorder wakes

        in_child(child)
        journal.append(ENDED)
        recorder.close()
        assert store.points["r", "loss"] == [7]
        assert store.status == {"r": "FINISHED"}

    def test_later_events_of_a_child_win(self, recorder, journal, store):
        journal.append(STARTED)

        def child():
            for number in range(5):
                journal.append(events.TagsSet("r", {"n": str(number)}))
                recorder.flush()
                time.sleep(0.002)
            return True

        in_child(child)
        recorder.flush()
        assert [event.tags["n"] for event in store.events if isinstance(event, events.TagsSet)] == list("01234")


def test_what_is_applied_leaves_little_in_a_journal_that_goes_on(session: Session) -> None:
    """A kernel of a thousand runs has them in the store, not a second time in its journal."""
    for _ in range(40):
        tb.start_run(tags={f"t{number}": "x" * 5_000 for number in range(4)}).end()
        session.flush()
    kept = sum(path.stat().st_size for path in session.settings.journal_folder.rglob("events-*"))
    assert 0 < kept < 400_000, "of 800,000 bytes that were written"
