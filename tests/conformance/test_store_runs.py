"""The port `Runs`, but for its search."""

from __future__ import annotations

import pytest
from conformance_tools import Filled, apply

from trackbook.core.events import ParamsLogged
from trackbook.core.ports import KeyCount, Store
from trackbook.errors import NotFound


def test_an_unknown_run(store: Store) -> None:
    for call in (store.runs.get, store.runs.delete, store.runs.restore):
        with pytest.raises(NotFound, match="nobody"):
            call("nobody")


def test_keys_count_the_active_runs_that_have_them(store: Store, run: Filled) -> None:
    other = store.experiments.create("other")
    run("a", {"C": "1"}, {"acc": 1.0}, {"t": "1"})
    run("b", {"C": "2", "kernel": "rbf"})
    run("c", {"C": "3"}, experiment_id=other)
    assert store.runs.keys(["0"]) == [
        KeyCount("params", "C", 2),
        KeyCount("params", "kernel", 1),
        KeyCount("metrics", "acc", 1),
        KeyCount("tags", "t", 1),
    ]
    assert store.runs.keys()[0] == KeyCount("params", "C", 3)
    assert store.runs.keys(["77"]) == []


def test_deleted_runs_do_not_count(store: Store, run: Filled) -> None:
    run("a", {"C": "1"}, {"acc": 1.0})
    run("b", {"C": "2"})
    before = store.runs.keys()
    store.runs.delete("a")
    store.runs.delete("a")
    assert store.runs.keys() == [KeyCount("params", "C", 1)]
    assert store.runs.get("a").info.lifecycle_stage == "deleted"
    apply(store, ParamsLogged("a", {"late": "1"}))
    store.runs.restore("a")
    store.runs.restore("a")
    assert store.runs.keys() == [*before[:1], KeyCount("params", "late", 1), *before[1:]]
