"""What SQLite's planner makes of the statements that must not read whole tables."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import event

from trackbook.core.events import Batch, ParamsLogged, Points, RunStarted
from trackbook.core.ports import RunQuery
from trackbook.store.engine import Database
from trackbook.store.sql import SqlStore

QUERIES = {
    "a page": RunQuery(count=False),
    "columns of a page": RunQuery(columns=["params.p", "metrics.m", "tags.t"], count=False),
    "a narrow filter": RunQuery(filter="metrics.m > 0 AND params.p = '1'", order_by=["metrics.m"], count=False),
    "its total": RunQuery(filter="metrics.m > 0 AND params.p = '1'", columns=[]),
}


@pytest.fixture
def store(tmp_path: Path) -> SqlStore:
    store = SqlStore("x", Database(path=tmp_path / "x.db"), tmp_path)
    events = [RunStarted("a", "0", "a", 1, tags={"t": "1"}), ParamsLogged("a", {"p": "1"})]
    points = [Points("a", "m", np.zeros(1, np.int64), np.zeros(1, np.int64), np.ones(1))]
    store.recording.apply(Batch("j", events, points, {}))
    return store


@pytest.mark.parametrize("name", QUERIES)
def test_no_table_is_scanned(store: SqlStore, name: str) -> None:
    store.runs.search(QUERIES[name])
    statements = []
    event.listen(store.database._ready(), "before_cursor_execute", lambda *args: statements.append(args[2:4]))
    store.runs.search(QUERIES[name])
    store.runs.columns(QUERIES[name])
    store.runs.get("a")
    with store.database.unbound() as connection:
        for statement, bound in statements:
            if statement.startswith("SELECT"):
                plan = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, bound).all()
                assert not [row[3] for row in plan if reads_a_table(row[3])], statement


def reads_a_table(step: str) -> bool:
    """Whether a step of a plan reads a table from end to end, without an index (`SCAN metrics_1`)."""
    found = re.fullmatch(r"SCAN (\w+?)(_\d+)?", step)
    return found is not None and found[1] in ("runs", "params", "metrics", "tags", "keys", "inputs", "cells")
