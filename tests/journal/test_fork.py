"""A forked child has a journal of its own, and leaves the parent's alone."""

from __future__ import annotations

import os
import warnings

import pytest

from trackbook.core import events
from trackbook.journal.reader import Reader
from trackbook.journal.recovery import recover

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")


def in_child(function) -> None:
    """Run in a forked child that ends as multiprocessing's do; fails if it raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12: fork in a process with threads
        pid = os.fork()
    if pid == 0:
        code = 1
        try:
            function()
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_a_childs_points_go_into_its_own_journal_for_the_same_run(journal, root, store, drain):
    journal.append(events.RunStarted("r", "1", "n", 1))
    loss, point = journal.define("r", "loss"), journal.point
    point(loss, 0.0, 0, 1)

    def child():
        for step in range(100, 200):
            point(loss, 0.0, step, 1)

    in_child(child)
    point(loss, 0.0, 1, 1)
    drain(Reader(journal))
    assert store.steps() == [0, 1]
    recovered = recover(root, store, journal.id)
    assert [(one.points, list(one.killed)) for one in recovered] == [(100, [])]
    assert store.steps() == [0, 1, *range(100, 200)]
    assert store.recording.status == {"r": "RUNNING"}


def test_a_child_that_logs_nothing_leaves_no_trace(journal, root):
    journal.append(events.RunStarted("r", "1", "n", 1))
    in_child(lambda: None)
    assert [path.name for path in root.iterdir()] == [journal.id]


def test_a_childs_death_does_not_free_the_parents_journal(journal, root, store):
    journal.append(events.RunStarted("r", "1", "n", 1))
    in_child(lambda: journal.append(events.TagsSet("r", {"from": "child"})))
    recover(root, store)
    assert (root / journal.id / "lock").exists()
    assert store.recording.status == {"r": "RUNNING"}


def test_a_child_tells_the_store_of_its_parents_run_when_it_comes_first(journal, root, store):
    started = events.RunStarted("r", "1", "n", 1, "ann", {"a": "b"})
    journal.append(started)
    in_child(lambda: journal.append(events.TagsSet("r", {"from": "child"})))
    (one,) = recover(root, store, journal.id)
    assert store.recording.events == [started, events.TagsSet("r", {"from": "child"})]
    assert list(one.killed) == []


def test_a_child_can_define_new_series(journal, root, store):
    known = journal.define("r", "loss")

    def child():
        journal.point(journal.define("r", "acc"), 1.0, 5, 1)
        journal.point(journal.define("r", "loss"), 1.0, 6, 1)
        assert journal.define("r", "loss") == known

    in_child(child)
    recover(root, store, journal.id)
    assert store.steps(key="acc") == [5]
    assert store.steps() == [6]
