"""What a web page is told of a store at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import event

from trackbook.core import tags
from trackbook.core.access import Sight, seeing
from trackbook.core.entities import RunStatus
from trackbook.core.events import Batch, RunEnded, TagsSet

if TYPE_CHECKING:
    from conformance_tools import Filled

    from trackbook.store.sql import SqlStore


def test_all_experiments_are_told_in_one_query_newest_run_first(store: SqlStore, run: Filled) -> None:
    ids = {name: store.experiments.create(name) for name in ("empty", "old", "new", "deleted")}
    store.experiments.set_tag(ids["old"], tags.NOTE, "a note")
    for number, (run_id, name) in enumerate((("r1", "old"), ("r2", "old"), ("r3", "new"), ("r4", "deleted"))):
        run(run_id, experiment_id=ids[name], at=1000 + number)
    store.runs.delete("r1")
    store.experiments.delete(ids["deleted"])
    asked: list[str] = []
    event.listen(store.database._engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    found = store.overview.experiments(10)
    assert sum("FROM experiments" in one for one in asked) == 1
    assert [(one.name, one.runs, one.newest, one.note) for one in found] == [
        ("new", 1, 1002, ""),
        ("old", 1, 1001, "a note"),
        ("empty", 0, None, ""),
        ("Default", 0, None, ""),
    ]
    assert [one.name for one in store.overview.experiments(1)] == ["new"]
    with seeing(Sight(frozenset({ids["empty"]}))):
        assert [one.name for one in store.overview.experiments(10)] == ["empty"]


def test_the_mark_differs_after_changes_alone(store: SqlStore, run: Filled) -> None:
    run("r")
    marks = [store.overview.mark() for _ in range(3)]
    if store.database.dialect.name == "sqlite":
        assert marks == [None] * 3  # its file tells
        return
    assert None not in marks
    assert len(set(marks)) == 1
    store.runs.get("r")
    assert store.overview.mark() == marks[0]
    for number, change in enumerate((TagsSet("r", {"a": "b"}), RunEnded("r", RunStatus.FINISHED, 5))):
        store.recording.apply(Batch("j", [change], [], {"n": number}))
        marks.append(store.overview.mark())
    store.experiments.create("another")
    marks.append(store.overview.mark())
    assert len(set(marks)) == 4
