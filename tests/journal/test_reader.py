"""Reading goes on past holes, torn ends and damage, and gives everything exactly once."""

from __future__ import annotations

import json
import logging

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.share import examples

from trackbook.core import events
from trackbook.errors import JournalDamaged
from trackbook.journal.cursor import Cursor
from trackbook.journal.format import HEADER_SIZE, SLOT, encode_line
from trackbook.journal.reader import Reader
from trackbook.journal.source import StoredJournal
from trackbook.journal.writer import Journal


@pytest.fixture
def written(journal, root):
    """The folder of a journal with three events and ten points."""
    journal.append(events.RunStarted("r", "1", "n", 1))
    loss = journal.define("r", "loss")
    for step in range(10):
        journal.point(loss, float(step), step, step)
    journal.append(events.TagsSet("r", {"a": "b"}))
    folder = journal.detach()
    folder.close()
    return folder.path


def stored(folder, cursor=None):
    return Reader(StoredJournal(folder, folder.name), cursor)


def test_nothing_new_gives_no_batch(journal, drain):
    reader = Reader(journal)
    assert reader.read() is None
    journal.append(events.TagDeleted("r", "k"))
    drain(reader)
    assert reader.read() is None


def test_a_read_that_is_not_committed_is_repeated(journal):
    journal.append(events.TagDeleted("r", "k"))
    reader = Reader(journal)
    assert reader.read() == reader.read()


def test_the_cursor_is_json_and_a_new_reader_goes_on_from_it(journal, store, drain):
    loss = journal.define("r", "loss")
    journal.point(loss, 0.0, 0, 1)
    first = Reader(journal)
    drain(first)
    journal.point(loss, 0.0, 1, 1)
    drain(Reader(journal, json.loads(json.dumps(first.cursor))))
    assert store.steps() == [0, 1]


def test_a_hole_is_passed_over_and_taken_when_it_is_filled(journal, store, drain):
    loss = journal.define("r", "loss")
    journal.point(loss, 0.0, 0, 1)
    live = journal.slots()[-1]
    buffer, take, marker, _ticket = journal.point.__closure__[
        [*journal.point.__code__.co_freevars].index("target")
    ].cell_contents
    hole = take()  # a thread stops here
    journal.point(loss, 0.0, 2, 1)
    reader = Reader(journal)
    drain(reader)
    assert store.steps() == [0, 2]
    SLOT.pack_into(buffer, hole, 0.0, 1, 1, loss, marker)
    drain(Reader(journal, reader.cursor))
    assert store.steps() == [0, 2, 1]
    assert not live.sealed


def test_a_segment_with_a_hole_is_kept_until_no_writer_can_fill_it(journal, store, drain):
    loss = journal.define("r", "loss")
    journal.point(loss, 0.0, 0, 1)
    held = journal.point.__closure__[[*journal.point.__code__.co_freevars].index("target")].cell_contents
    held[1]()
    for step in range(100):
        journal.point(loss, 0.0, step, 1)
    reader = Reader(journal)
    drain(reader)
    reader.release()
    assert [slots.number for slots in journal.slots()] == [1, 2]
    del held
    drain(reader)
    reader.release()
    assert [slots.number for slots in journal.slots()] == [2]
    assert len(store.steps()) == 101


def test_a_torn_last_line_is_no_damage(written, caplog):
    with (written / "events-000001.jsonl").open("ab") as file:
        file.write(encode_line({"kind": "tags_set", "run_id": "r", "tags": {}})[:-5])
    reader = stored(written)
    assert len(reader.read().events) == 3
    assert reader.damage == []
    assert caplog.records == []


def test_a_damaged_line_is_skipped_and_reported(written, caplog):
    path = written / "events-000001.jsonl"
    data = path.read_bytes()
    path.write_bytes(data.replace(b'"run_name":"n"', b'"run_name":"m"'))
    reader = stored(written)
    assert [event.kind for event in reader.read().events] == ["series_defined", "tags_set"]
    assert "1 damaged lines" in str(reader.damage[0])
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_missing_lines_are_reported(written):
    path = written / "events-000001.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])
    reader = stored(written)
    batch = reader.read()
    assert any("lines 2 to 2 are missing" in str(one) for one in reader.damage)
    assert any("10 points" in str(one) for one in reader.damage)
    assert batch.points == []


def test_an_unknown_kind_is_skipped(written):
    with (written / "events-000001.jsonl").open("ab") as file:
        file.write(encode_line({"kind": "from_the_future", "run_id": "r", "seq": 4}))
    reader = stored(written)
    assert len(reader.read().events) == 3
    assert reader.damage == []


def test_an_event_without_its_fields_is_reported(written):
    with (written / "events-000001.jsonl").open("ab") as file:
        file.write(encode_line({"kind": "run_ended", "run_id": "r", "seq": 4}))
    reader = stored(written)
    reader.read()
    assert "lacks fields" in str(reader.damage[0])


def test_a_damaged_slot_is_reported(written):
    with (written / "points-000001.slots").open("r+b") as file:
        file.seek(HEADER_SIZE + 3 * SLOT.size + 28)
        file.write(b"\1\2\3\4")
    reader = stored(written)
    assert reader.read().points[0].steps.tolist() == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    assert "1 damaged slots" in str(reader.damage[0])


@pytest.mark.parametrize("content", [b"not ours", b"x" * 5000, b"TBSLOTS\0" + b"\1" * 5000])
def test_a_foreign_segment_is_reported_and_left_out(written, content):
    (written / "points-000002.slots").write_bytes(content)
    reader = stored(written)
    assert len(reader.read().points[0].steps) == 10
    assert len(reader.damage) == 1


def test_a_segment_whose_header_was_never_written_is_empty(written):
    (written / "points-000002.slots").write_bytes(bytes(8192))
    assert stored(written).damage == []


def test_foreign_files_are_ignored(written):
    (written / "notes.txt").write_text("hello")
    (written / "events-1.jsonl").write_text("hello")
    (written / "points-000009.slots").mkdir()
    reader = stored(written)
    assert len(reader.read().events) == 3
    assert reader.damage == []


def test_big_events_come_in_batches_before_the_points(journal):
    loss = journal.define("r", "loss")
    journal.point(loss, 1.0, 1, 1)
    for _ in range(10):
        journal.append(events.TagsSet("r", {"a": "x" * 1000}))
    reader, batches = Reader(journal), []
    while (batch := reader.read(max_bytes=2500)) is not None:
        batches.append(batch)
        reader.commit(batch)
    assert len(batches) > 3
    assert [len(batch.points) for batch in batches] == [0] * (len(batches) - 1) + [1]


def test_points_come_in_batches(journal, store, drain):
    loss = journal.define("r", "loss")
    for step in range(300):
        journal.point(loss, 0.0, step, 1)
    reader = Reader(journal)
    batch = reader.read(max_points=100)
    assert len(batch.points[0].steps) < 300
    store.recording.apply(batch)
    reader.commit(batch)
    drain(reader)
    assert store.steps() == list(range(300))


def test_a_cursor_of_a_newer_version_is_refused(journal):
    with pytest.raises(JournalDamaged, match="newer"):
        Reader(journal, Cursor().to_json() | {"v": 99})


@pytest.mark.soak
@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut_lines=st.integers(0, 6000), cut_slots=st.integers(0, HEADER_SIZE + 40 * SLOT.size), data=st.data())
def test_what_is_before_a_cut_is_read_and_nothing_else(tmp_path_factory, cut_lines, cut_slots, data):
    """Whatever the length to which files are cut, reading gives a prefix, in order and without a double."""
    root = tmp_path_factory.mktemp("cut")
    journal = Journal(root, destination="memory:", first_slots=40)
    journal.append(events.RunStarted("r", "1", "n", 1))
    loss = journal.define("r", "loss")
    for step in range(30):
        journal.point(loss, float(step), step, step)
        journal.append(events.TagsSet("r", {"step": str(step)}))
    folder = journal.detach()
    folder.close()
    lines = (folder.path / "events-000001.jsonl").read_bytes().splitlines(keepends=True)
    for name, cut in (("events-000001.jsonl", cut_lines), ("points-000001.slots", cut_slots)):
        path = folder.path / name
        path.write_bytes(path.read_bytes()[:cut])
    tags, steps, reader = [], [], stored(folder.path)
    while (batch := reader.read(data.draw(st.integers(1, 50)), data.draw(st.integers(1, 5000)))) is not None:
        tags += [int(event.tags["step"]) for event in batch.events if isinstance(event, events.TagsSet)]
        steps += [step for one in batch.points for step in one.steps.tolist()]
        reader.commit(batch)
        if data.draw(st.booleans()):
            reader = stored(folder.path, reader.cursor)
    ends = [sum(map(len, lines[: count + 1])) for count in range(len(lines))]
    assert tags == list(range(max(0, sum(end <= cut_lines for end in ends) - 2)))
    defined = ends[1] <= cut_lines
    whole = max(0, min(30, (cut_slots - HEADER_SIZE) // SLOT.size))
    assert steps == (list(range(whole)) if defined else [])
