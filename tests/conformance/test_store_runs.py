"""The port `Runs`, but for its search."""

from __future__ import annotations

from pathlib import Path

import pytest
from conformance_tools import Filled, apply, ids

from trackbook.core.events import InputLogged, ParamsLogged
from trackbook.core.ports import KeyCount, RunQuery, Store
from trackbook.errors import InvalidState, NotFound


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


def test_a_moved_run_takes_its_values_and_leaves_its_files(store: Store, run: Filled, tmp_path: Path) -> None:
    own = store.experiments.create("own", str(tmp_path / "own"))
    other = store.experiments.create("other")
    run("a", {"C": "1"}, {"acc": 1.0}, {"t": "1"}, experiment_id=own)
    run("b", {"C": "2"}, experiment_id=own)
    apply(store, InputLogged("a", "data", "abc"), InputLogged("b", "data", "abc"))
    (tmp_path / "f").write_bytes(b"12345")
    store.artifacts.adopt("a", "f", tmp_path / "f")
    uri = store.runs.get("a").info.artifact_uri
    assert ids(store, experiment_ids=[own]) == ["a", "b"]
    store.runs.move(["a"], other)
    moved = store.runs.get("a")
    assert (moved.info.experiment_id, moved.data.params, moved.data.metrics) == (other, {"C": "1"}, {"acc": 1.0})
    assert store.runs.keys([own]) == [KeyCount("params", "C", 1)]
    assert len(store.runs.keys([other])) == 3
    assert (ids(store, experiment_ids=[own]), ids(store, experiment_ids=[other])) == (["b"], ["a"])
    assert ids(store, "datasets.digest = 'abc'", experiment_ids=[other]) == ["a"]
    assert moved.info.artifact_uri == uri == store.artifacts.uri("a")
    assert ids(store, f"artifact_uri = '{uri}'") == ["a"]
    assert ids(store, "experiment = 'other'") == ["a"]
    assert store.runs.search(RunQuery([other])).items[0].info.artifact_uri == uri
    (tmp_path / "g").write_bytes(b"6")
    store.artifacts.adopt("a", "g", tmp_path / "g")
    assert [info.path for info in store.artifacts.list("a")] == ["f", "g"]
    apply(store, ParamsLogged("a", {"late": "1"}))
    assert KeyCount("params", "late", 1) in store.runs.keys([other])
    store.runs.move(["a", "b"], own)
    assert store.runs.keys([other]) == []
    assert store.runs.get("a").info.artifact_uri == uri


def test_a_moved_runs_files_outlive_the_experiment_it_came_from(store: Store, run: Filled, tmp_path: Path) -> None:
    old, new = store.experiments.create("old"), store.experiments.create("new")
    run("a", experiment_id=old, end=5)
    run("b", experiment_id=old, end=5)
    (tmp_path / "f").write_bytes(b"12345")
    store.artifacts.adopt("a", "f", tmp_path / "f")
    store.runs.move(["a"], new)
    store.experiments.delete(old)
    assert ids(store) == ["a"]
    assert store.trash.empty(["b"]).experiments == ()
    assert store.trash.empty_experiments() == []
    assert [info.path for info in store.artifacts.list("a")] == ["f"]
    store.runs.delete("a")
    assert store.trash.empty(["a"]).experiments == ("old",)


def test_moving_is_all_or_nothing(store: Store, run: Filled) -> None:
    target, deleted = store.experiments.create("target"), store.experiments.create("deleted")
    store.experiments.delete(deleted)
    run("a", {"C": "1"})
    store.runs.delete("a")
    run("b")
    with pytest.raises(NotFound, match="nobody"):
        store.runs.move(["b", "nobody"], target)
    with pytest.raises(NotFound, match="experiment"):
        store.runs.move(["b"], "77")
    with pytest.raises(InvalidState, match="restore"):
        store.runs.move(["b"], deleted)
    assert store.runs.get("b").info.experiment_id == "0"
    store.runs.move(["a", "b", "b"], target)
    store.runs.move(["a"], target)
    assert store.runs.keys([target]) == []
    store.runs.restore("a")
    assert store.runs.keys([target]) == [KeyCount("params", "C", 1)]
