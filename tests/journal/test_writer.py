"""What is appended can be read, from the live journal and from its files."""

from __future__ import annotations

import math
import stat
import threading

import numpy as np
import pytest

from trackbook.core import events
from trackbook.errors import InvalidValue, UnstorableValue
from trackbook.journal.reader import Reader
from trackbook.journal.source import StoredJournal
from trackbook.journal.writer import Journal

ALL_KINDS = [
    events.RunStarted("r", "1", "calm-elk", 1, "ann", {"a": "b"}),
    events.RunEnded("r", "FINISHED", 2),
    events.RunResumed("r", 3),
    events.ParamsLogged("r", {"lr": "0.1", "emoji": "\N{SNOWMAN}\n\ud800"}),
    events.TagsSet("r", {"k": "v"}),
    events.TagDeleted("r", "k"),
    events.CellRecorded("r", "line", "x = 1\n", "id", "n.ipynb", True, 4),
    events.InputLogged("r", "iris", "abc", "file", "iris.csv", "", "", {"context": "train"}),
    events.ArtifactStaged("r", "a/b.txt", "0123", 5),
]


def test_every_kind_of_event_survives_the_round_trip(journal, root):
    for event in ALL_KINDS:
        journal.append(event)
    folder = journal.detach()
    batch = Reader(StoredJournal(folder.path, folder.path.name)).read()
    folder.close()
    assert list(batch.events) == ALL_KINDS
    assert {type(event) for event in ALL_KINDS} == {*events.KINDS.values()} - {events.SeriesDefined}


def test_points_come_back_as_columns_per_series(journal):
    loss, accuracy = journal.define("r", "loss"), journal.define("r", "acc")
    for step in range(5):
        journal.point(loss, step / 2, step, 1000 + step)
        journal.point(accuracy, math.inf, -step, 2000)
    batch = Reader(journal).read()
    by_key = {one.key: one for one in batch.points}
    assert by_key["loss"].values.tolist() == [0.0, 0.5, 1.0, 1.5, 2.0]
    assert by_key["loss"].times.tolist() == [1000, 1001, 1002, 1003, 1004]
    assert by_key["acc"].steps.tolist() == [0, -1, -2, -3, -4]
    assert by_key["acc"].values.dtype == np.float64
    assert by_key["acc"].steps.dtype == np.int64


def test_nan_is_a_value(journal):
    journal.point(journal.define("r", "loss"), math.nan, 0, 1)
    assert math.isnan(Reader(journal).read().points[0].values[0])


def test_defining_twice_gives_the_same_series(journal):
    assert journal.define("r", "loss") == journal.define("r", "loss") != journal.define("q", "loss")


def test_odd_types_are_converted_without_waste_of_a_segment(journal, store, drain):
    loss = journal.define("r", "loss")
    for value, step in ((1, 1), (np.float32(0.5), np.int64(2)), (True, 3), (0.5, 4.0), (10**400, 5)):
        journal.point(loss, value, step, 1)
    drain(Reader(journal))
    assert store.steps() == [1, 2, 3, 4, 5]
    assert len(journal.slots()) == 1


@pytest.mark.parametrize("value", ["text", None, object(), 1j])
def test_what_is_no_number_is_refused(journal, value):
    with pytest.raises(UnstorableValue, match="loss"):
        journal.point(journal.define("r", "loss"), value, 0, 1)


def test_a_step_beyond_64_bits_is_refused(journal):
    with pytest.raises(UnstorableValue):
        journal.point(journal.define("r", "loss"), 1.0, 2**63, 1)


def test_a_series_that_was_never_defined_is_refused(journal):
    with pytest.raises(InvalidValue, match="define"):
        journal.point("loss", 1.0, 0, 1)


def test_nothing_is_made_before_the_first_log_call(journal, root):
    assert not root.exists()
    journal.append(ALL_KINDS[0])
    assert [path.name for path in root.iterdir()] == [journal.id]


def test_the_folder_is_private(journal, root):
    journal.append(ALL_KINDS[0])
    for folder in (root.parent, root, root / journal.id):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_segments_roll_over_under_four_threads_and_lose_nothing(root, store, drain):
    journal = Journal(root, destination="memory:", first_slots=50, more_slots=130)
    reader, done = Reader(journal), threading.Event()

    def work(worker: int) -> None:
        series, point = journal.define("r", f"m{worker}"), journal.point
        for step in range(20_000):
            point(series, float(step), step, 1)

    def read() -> None:
        while not done.is_set():
            drain(reader)
            reader.release()
            journal.prepare()

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
    watcher = threading.Thread(target=read)
    for thread in (*threads, watcher):
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    watcher.join()
    drain(reader)
    reader.release()
    for worker in range(4):
        assert store.steps(key=f"m{worker}") == list(range(20_000))
    assert len(journal.slots()) == 1
    assert len(list((root / journal.id).glob("points-*.slots"))) == 1
    journal.close(delete=True)
    assert list(root.iterdir()) == []


def test_event_segments_roll_over_and_older_ones_are_given_back(journal, root, store, drain, monkeypatch):
    monkeypatch.setattr("trackbook.journal.event_segments.LINES_BYTES", 2_000)
    reader = Reader(journal)
    journal.append(events.RunStarted("r", "1", "n", 1))
    loss = journal.define("r", "loss")
    for number in range(100):
        journal.append(events.TagsSet("r", {"number": str(number)}))
    drain(reader)
    reader.release()
    segments = [path.name for path in sorted((root / journal.id).glob("events-*"))]
    assert len(segments) == 1
    assert segments != ["events-000001.jsonl"]
    journal.point(loss, 1.0, 7, 1)
    folder = journal.detach()
    late = Reader(StoredJournal(folder.path, folder.path.name), reader.cursor)
    drain(late)
    folder.close()
    assert store.steps() == [7]
    assert list(late.known.open_runs) == ["r"]
    assert [event.tags["number"] for event in store.recording.events[1:]] == [str(number) for number in range(100)]


def test_what_the_last_line_of_a_segment_says_is_known_when_that_segment_is_gone(journal, store, drain, monkeypatch):
    monkeypatch.setattr("trackbook.journal.event_segments.LINES_BYTES", 100)  # each line is the last of its segment
    reader = Reader(journal)
    journal.append(events.RunStarted("r", "1", "n", 1))
    series = [journal.define("r", f"m{number}") for number in range(5)]
    drain(reader)
    reader.release()
    for number in series:
        journal.point(number, 1.0, 7, 1)
    folder = journal.detach()
    late = Reader(StoredJournal(folder.path, folder.path.name), reader.cursor)
    drain(late)
    folder.close()
    assert not late.damage
    assert [store.steps(key=f"m{number}") for number in range(5)] == [[7]] * 5
    assert list(late.known.open_runs) == ["r"]


def test_a_late_writer_of_a_detached_journal_begins_a_new_one(journal, root):
    point, loss = journal.point, journal.define("r", "loss")
    point(loss, 1.0, 1, 1)
    first = journal.id
    journal.close()
    point(loss, 2.0, 2, 1)
    assert journal.id != first
    assert Reader(journal).read().points[0].steps.tolist() == [2]


def test_staged_files_lie_in_the_journal(journal, tmp_path):
    source = tmp_path / "a.txt"
    source.write_text("hello")
    name, size = journal.stage_file(source)
    other, _ = journal.stage_bytes(b"x")
    assert size == 5
    assert journal.staged_path(name).read_text() == "hello"
    assert journal.staged_path(other).read_bytes() == b"x"


def test_the_space_of_a_segment_is_owned_before_it_is_mapped(journal, root):
    """A store into a hole would be SIGBUS when the disk is full."""
    journal.append(ALL_KINDS[0])
    series = journal.define("r", "loss")
    for step in range(64 // 4 + 1):
        journal.point(series, 1.0, step, 1)
    journal.prepare()
    paths = [*(root / journal.id).glob("points-*")]
    assert len(paths) == 2
    for path in paths:
        assert path.stat().st_blocks * 512 >= path.stat().st_size


def test_a_run_of_few_points_owns_one_small_segment(journal, root):
    journal.append(ALL_KINDS[0])
    journal.point(journal.define("r", "loss"), 1.0, 1, 1)
    journal.prepare()
    assert sum(path.stat().st_size for path in (root / journal.id).glob("points-*")) < 300_000
