"""However the points of a metric come, the history is whole, and lies in few blobs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select

from trackbook.core.events import Batch, Event, Points, RunEnded, RunStarted
from trackbook.store import points, schema
from trackbook.store.chunks import FULL
from trackbook.store.engine import Database
from trackbook.store.sql import SqlStore


@pytest.fixture
def store(tmp_path: Path) -> SqlStore:
    store = SqlStore("x", Database(path=tmp_path / "x.db"), tmp_path)
    apply(store, [RunStarted("a", "0", "a", 1)])
    return store


def apply(store: SqlStore, events: list[Event], *some: Points) -> None:
    store.recording.apply(Batch("", events, some, {"at": len(events), "points": [str(one.steps) for one in some]}))


def new(key: str, first: int, size: int) -> Points:
    steps = np.arange(first, first + size)
    return Points("a", key, steps, steps + 5, steps * 0.5)


def blobs(store: SqlStore) -> list[int]:
    """The points of each."""
    with store.database.read() as connection:
        found = connection.execute(select(schema.metric_chunks.c.n).order_by(schema.metric_chunks.c.seq))
        return list(found.scalars())


@pytest.mark.parametrize("sizes", [(20,), (1, 20, 3), (points.TAIL,), (points.SEVERAL, 1), (1000, 7), (FULL - 1, 2)])
def test_batches_of_any_size_are_one_history(store: SqlStore, sizes: tuple[int, ...]) -> None:
    counts = {"m": 0, "other": 0}
    for batch in range(60):
        size = sizes[batch % len(sizes)]
        apply(store, [], *(new(key, first, size) for key, first in counts.items()))
        counts = {key: first + size for key, first in counts.items()}
    for key, count in counts.items():
        found = store.metrics.history("a", key)
        assert sorted(found.steps.tolist()) == list(range(count))
        assert sorted(found.values.tolist()) == (np.arange(count) * 0.5).tolist()
    full, small = count // FULL, points.SMALL
    assert len(blobs(store)) <= 2 * (full + small + 1)
    apply(store, [RunEnded("a", "FINISHED", 2)])
    assert sorted(blobs(store), reverse=True)[: 2 * full] == [FULL] * 2 * full
    assert len(blobs(store)) <= 2 * (full + 1)
    assert len(store.metrics.history("a", "m").steps) == count


def test_a_point_that_comes_alone_is_one_row(store: SqlStore) -> None:
    apply(store, [], new("m", 0, 1), new("other", 0, points.SEVERAL))
    assert blobs(store) == [points.SEVERAL]
    with store.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(schema.metric_tail)).scalar_one() == 1
