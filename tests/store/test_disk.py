"""Where a store's bytes are, and giving them back, on both databases."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.postgresql import new_database

from trackbook.connect import connect
from trackbook.core.events import Batch, Points, RunEnded, RunStarted
from trackbook.core.trash import Orphan
from trackbook.errors import InvalidValue
from trackbook.store.sql import SqlStore

_numbers = itertools.count()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    address = str(tmp_path / "home")
    if request.param == "postgresql":
        address = new_database(request.getfixturevalue("postgresql"))
    opened: Any = connect(address, journal=tmp_path / "home" / "journal")
    yield opened
    opened.close()


def fill(store: SqlStore, run_id: str, n: int) -> None:
    values = np.random.default_rng(0).normal(size=n)
    points = Points(run_id, "m", np.arange(n), np.arange(n), values)
    events = [RunStarted(run_id, "0", run_id, 1), RunEnded(run_id, "FINISHED", 2)]
    store.recording.apply(Batch("j", events, [points], {"n": next(_numbers)}))


def test_compacting_gives_back_what_emptying_left(store: SqlStore) -> None:
    fill(store, "large", 300_000)
    fill(store, "small", 10)
    found = store.disk.report(largest=1)
    assert [(one.id, one.points) for one in found.largest] == [("large", 300_000)]
    store.runs.delete("large")
    store.trash.empty(["large"])
    given_back = store.disk.compact()
    if store.database.path is not None:  # PostgreSQL's own vacuum may have been quicker, and keeps the files
        assert given_back > 1_000_000
    assert store.disk.report().database_bytes < found.database_bytes + 100_000
    assert len(store.metrics.history("small", "m").values) == 10


def test_only_orphans_are_cleared(store: SqlStore, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with pytest.raises(InvalidValue, match="no orphan"):
        store.disk.clear([Orphan(str(tmp_path / "mine"), 0)])
    assert (tmp_path / "mine").exists()
