"""What lies in the journal's folder and is no journal of ours: said once, left in place, never an error."""

from __future__ import annotations

import json
import shutil

import pytest

from trackbook.connect import connect
from trackbook.core import events
from trackbook.core.ports import RunQuery
from trackbook.journal.recovery import recover
from trackbook.journal.writer import Journal


@pytest.fixture
def home(project):
    return project / ".trackbook"


@pytest.fixture
def store(home):
    store = connect(home)
    store.runs.search(RunQuery())
    store.experiments.create("e")
    yield store
    store.close()


@pytest.fixture
def dead(home, store):
    journal = Journal(home / "journal", destination=store.uri, first_slots=10, more_slots=10)
    journal.append(events.RunStarted("r", "1", "n", 1))
    loss = journal.define("r", "loss")
    for step in range(30):
        journal.point(loss, 0.5, step, step)
    folder = journal.detach()
    folder.close()
    return folder.path


def owner(folder, **changes):
    path = folder / "owner.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def garbage(dead):
    shutil.rmtree(dead)
    dead.mkdir()
    (dead / "photo.jpg").write_bytes(b"\xff\xd8" * 1000)


@pytest.mark.parametrize(
    "spoil",
    [
        garbage,
        lambda dead: owner(dead, format=99),
        lambda dead: owner(dead, created="yesterday"),
        lambda dead: owner(dead, pid=None),
        lambda dead: owner(dead, journal_id=7),
        lambda dead: owner(dead, journal_id="0" * 32),
        lambda dead: (dead / "owner.json").write_bytes(b"\0" * 4096),
        lambda dead: (dead / "owner.json").unlink(),
    ],
    ids=["garbage", "format", "created", "pid", "id-type", "another-id", "zeros", "no-owner"],
)
def test_it_is_said_once_and_left_in_place(spoil, dead, home, store, caplog):
    spoil(dead)
    before = sorted((path.name, path.stat().st_size) for path in dead.iterdir())
    for _ in range(3):
        assert recover(home / "journal", store) == []
    assert sorted((path.name, path.stat().st_size) for path in dead.iterdir()) == before
    assert len(caplog.records) == 1
    assert dead.name in caplog.text


@pytest.mark.parametrize("length", [0, 1, 100, 4095, 4096, 4100])
def test_a_segment_cut_in_its_header_costs_only_itself(length, dead, home, store, caplog):
    path = dead / "points-000002.slots"
    path.write_bytes(path.read_bytes()[:length])
    (one,) = recover(home / "journal", store)
    kept = [*range(10), *range(20, 30)]
    assert store.metrics.history("r", "loss").steps.tolist() == kept
    assert (one.points, list(one.killed)) == (20, ["r"])
    assert dead.exists() == (0 < length < 4096)
    assert len(caplog.records) == dead.exists()
    assert recover(home / "journal", store) == []


def test_a_segment_of_another_journal_is_not_taken_in(dead, home, store, caplog):
    other = Journal(home / "journal", destination="elsewhere:")
    other.append(events.RunStarted("q", "1", "n", 1))
    other.point(other.define("q", "acc"), 0.5, 77, 1)
    shutil.copy(home / "journal" / other.id / "points-000001.slots", dead / "points-000009.slots")
    recover(home / "journal", store)
    assert store.metrics.history("r", "loss").steps.tolist() == list(range(30))
    assert "belongs to journal" in caplog.text
    other.close(delete=True)


def test_an_unreadable_segment_does_not_hold_back_the_other_journals(dead, home, store, caplog):
    """A directory in the place of a file, and a cursor from the future."""
    later = Journal(home / "journal", destination=store.uri)
    later.append(events.RunStarted("q", "1", "n", 1))
    later.close()
    store.recording.apply(events.Batch(dead.name, (), (), {"v": 99}))
    assert [list(one.runs) for one in recover(home / "journal", store)] == [["q"]]
    assert dead.exists()
    assert "newer" in caplog.text
