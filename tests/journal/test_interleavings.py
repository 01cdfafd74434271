"""Any interleaving of events, points, batches, roll-overs, refusals of the disk and deaths gives everything once."""

from __future__ import annotations

import resource
import shutil
import signal
import tempfile
import warnings
from collections import defaultdict
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from tests.share import examples

from trackbook.core import events
from trackbook.journal.reader import Reader
from trackbook.journal.recovery import recover
from trackbook.journal.writer import Journal

RUNS = st.sampled_from(["a", "b", "c"])
KEYS = st.sampled_from(["loss", "acc"])


class Interleaving(RuleBasedStateMachine):
    """One process that logs, reads and dies; the model is plain lists."""

    def __init__(self, store_class: type) -> None:
        super().__init__()
        self.store_class, self.store = store_class, store_class()
        self.place = Path(tempfile.mkdtemp())
        self.steps, self.tags, self.runs, self.open = defaultdict(list), [], set(), set()
        self.limit = resource.getrlimit(resource.RLIMIT_FSIZE)
        self.handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        self.begin()

    def begin(self) -> None:
        self.journal = Journal(self.place / "journal", destination="memory:", first_slots=4, more_slots=16)
        self.reader, self.refused = Reader(self.journal), False

    # -- logging --

    @rule(run=RUNS)
    def start_or_resume(self, run: str) -> None:
        self.journal.append(
            events.RunResumed(run, 2) if run in self.store_runs else events.RunStarted(run, "1", "n", 1)
        )
        self.store_runs.add(run)
        self.open.add(run)

    @property
    def store_runs(self) -> set[str]:
        return self.__dict__.setdefault("known_runs", set())

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        run = data.draw(st.sampled_from(sorted(self.open)))
        self.journal.append(events.RunEnded(run, "FINISHED", 3))
        self.open.discard(run)

    @precondition(lambda self: self.open)
    @rule(data=st.data(), key=KEYS, count=st.integers(1, 40))
    def log(self, data: st.DataObject, key: str, count: int) -> None:
        run = data.draw(st.sampled_from(sorted(self.open)))
        series = self.journal.define(run, key)
        for _ in range(count):
            step = len(self.steps[run, key])
            self.journal.point(series, step * 0.5, step, 1)
            self.steps[run, key].append(step)

    @precondition(lambda self: self.open)
    @rule(data=st.data(), size=st.integers(1, 300))
    def tag(self, data: st.DataObject, size: int) -> None:
        run = data.draw(st.sampled_from(sorted(self.open)))
        self.journal.append(events.TagsSet(run, {"n": f"{len(self.tags)}", "x": "x" * size}))
        self.tags.append(len(self.tags))

    # -- what the recorder does --

    @rule(points=st.integers(1, 50), size=st.integers(1, 2000), applied=st.booleans(), known=st.booleans())
    def batch(self, points: int, size: int, applied: bool, known: bool) -> None:
        """A batch is applied and committed; or applied only, or not even that, and the next reader asks the store."""
        batch = self.reader.read(points, size)
        if batch is not None and applied:
            self.store.recording.apply(batch)
            if known:
                self.reader.commit(batch)
        if not known:
            self.reader = Reader(self.journal, self.store.recording.cursor(self.journal.id))

    @rule()
    def release(self) -> None:
        self.reader.release()

    @rule()
    def prepare(self) -> None:
        self.journal.prepare()

    @rule()
    def everything(self) -> None:
        self.drain()
        self.check(self.store)

    def drain(self) -> None:
        while (batch := self.reader.read()) is not None:
            self.store.recording.apply(batch)
            self.reader.commit(batch)

    # -- faults --

    @rule()
    def refuse(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, self.limit[1]))
        self.refused = True

    @rule()
    def allow(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, self.limit)
        self.journal.heal(at_once=True)
        assert self.journal.disk_error == ""
        self.refused = False

    @precondition(lambda self: not self.refused)
    @rule()
    def lose_the_files(self) -> None:
        shutil.rmtree(self.place / "journal", ignore_errors=True)
        if self.journal.has_open_runs:
            self.journal.heal(at_once=True)
        else:
            self.drain()

    @precondition(lambda self: not self.refused)
    @rule()
    def look_at_what_a_death_would_leave(self) -> None:
        """The files are what SIGKILL leaves; a copy of the store takes them in."""
        root = self.place / "journal"
        if not (root / self.journal.id).is_dir():
            return
        copy, store = self.place / "copy", deepcopy_of(self.store, self.store_class)
        shutil.copytree(root, copy)
        recover(copy, store)
        assert list(copy.iterdir()) == []
        shutil.rmtree(copy)
        if self.journal.has_open_runs or self.journal.lines():
            self.check(store)
        assert "RUNNING" not in store.recording.status.values()

    @precondition(lambda self: not self.refused)
    @rule()
    def restart(self) -> None:
        self.journal.close()
        recover(self.place / "journal", self.store)
        self.open.clear()
        self.check(self.store)
        self.begin()

    def check(self, store: object) -> None:
        found = {name: [step for step, _, _ in rows] for name, rows in store.recording.points.items() if rows}
        assert found == {name: steps for name, steps in self.steps.items() if steps}
        tags = [int(one.tags["n"]) for one in store.recording.events if isinstance(one, events.TagsSet)]
        assert tags == self.tags

    def teardown(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, self.limit)
        signal.signal(signal.SIGXFSZ, self.handler)
        self.journal.close()
        shutil.rmtree(self.place)


def deepcopy_of(store: object, store_class: type) -> object:
    copy = store_class()
    for name in ("cursors", "events", "points", "status"):
        setattr(copy.recording, name, deepcopy(getattr(store.recording, name)))
    return copy


@pytest.mark.soak
def test_everything_is_there_once_in_order(store, monkeypatch):
    monkeypatch.setattr("trackbook.journal.event_segments.LINES_BYTES", 1_500)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        run_state_machine_as_test(
            lambda: Interleaving(type(store)),
            settings=settings(max_examples=examples(80), stateful_step_count=40, deadline=None),
        )
