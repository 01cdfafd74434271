"""The port `Trash`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conformance_tools import Filled, apply, ids

from trackbook.core.entities import ViewType
from trackbook.core.events import CellRecorded, InputLogged, RunEnded
from trackbook.core.ports import KeyCount, Store
from trackbook.errors import NotFound

Put = Callable[[str, str, bytes], None]


@pytest.fixture
def put(store: Store, tmp_path: Path) -> Put:
    """Give a run a file."""

    def made(run_id: str, path: str, content: bytes) -> None:
        (tmp_path / "staged").write_bytes(content)
        store.artifacts.adopt(run_id, path, tmp_path / "staged")

    return made


def test_the_trash_tells_what_lies_in_it(store: Store, run: Filled, put: Put) -> None:
    run("a", metrics={"m": [1.0, 2.0], "n": 1.0}, end=5, name="calm fox")
    run("b", end=5)
    put("a", "x", b"12345")
    put("a", "trackbook/z", b"123")
    assert store.trash.contents() == []
    store.runs.delete("a")
    store.runs.delete("b")
    first, second = store.trash.contents()
    assert (first.run_id, first.name, first.experiment) == ("a", "calm fox", "Default")
    assert (first.files, first.size_bytes, first.points) == (2, 8, 3)
    assert (second.run_id, second.files, second.size_bytes, second.points) == ("b", 0, 0, 0)
    assert first.deleted_ms > 0
    assert store.trash.contents(older_than_ms=3600_000) == []
    assert len(store.trash.contents(older_than_ms=0)) == 2


def test_emptied_runs_leave_nothing_behind(store: Store, run: Filled, put: Put) -> None:
    run("gone", {"C": "1"}, {"acc": [1.0] * 300, "loss": 1.0}, {"t": "1"}, end=5)
    apply(store, InputLogged("gone", "data", "abc"), CellRecorded("gone", "svm", "x = 1"))
    run("kept", {"C": "2"}, {"loss": 3.0}, end=5)
    apply(store, InputLogged("kept", "other", "def"))
    put("gone", "f", b"12345")
    put("kept", "f", b"other")
    put("kept", "trackbook/source.py", b"shared\n" * 400)
    put("gone", "trackbook/source.py", b"shared\n" * 400)
    store.runs.delete("gone")
    found = store.trash.empty(["gone", "gone"])
    assert (found.run_ids, found.kept, found.freed_bytes) == (("gone",), {}, 5)
    with pytest.raises(NotFound):
        store.runs.get("gone")
    assert store.trash.contents() == []
    assert len(store.metrics.history("gone", "acc").values) == 0
    assert store.cells.of_run("gone") is None
    assert store.runs.keys() == [KeyCount("params", "C", 1), KeyCount("metrics", "loss", 1)]
    assert ids(store, "datasets.name = 'data'", view=ViewType.ALL) == []
    assert ids(store, "datasets.name = 'other'") == ["kept"]
    assert [info.path for info in store.artifacts.list("kept")] == ["f", "trackbook"]
    with store.artifacts.open("kept", "trackbook/source.py") as file:
        assert file.read() == b"shared\n" * 400
    run("gone", {"C": "3"})
    assert store.runs.get("gone").data.params == {"C": "3"}
    assert store.artifacts.list("gone") == []


def test_what_is_not_in_the_trash_stays(store: Store, run: Filled) -> None:
    run("active", end=5)
    run("deleted", end=5)
    store.runs.delete("deleted")
    with pytest.raises(NotFound, match="nobody"):
        store.trash.empty(["deleted", "nobody"])
    assert len(store.trash.contents()) == 1
    for force in (False, True):
        found = store.trash.empty(["active"], force=force)
        assert found.run_ids == ()
        assert "not in the trash" in found.kept["active"]
    assert ids(store) == ["active"]


@pytest.mark.parametrize(("run_id", "source"), [("r", "s3://x"), (None, "runs:/r/model"), (None, "models:/m/1")])
def test_a_registered_versions_run_stays_unless_forced(
    store: Store, run: Filled, run_id: str | None, source: str
) -> None:
    run("r", end=5)
    store.runs.delete("r")
    store.registry.create_model("churn")
    location = "runs:/r/model" if source.startswith("models") else None
    store.registry.create_version("churn", source, run_id, location=location)
    assert "churn" in store.trash.contents()[0].kept_for
    found = store.trash.empty(["r"])
    assert found.run_ids == ()
    assert "version 1 of registered model 'churn'" in found.kept["r"]
    assert store.trash.empty(["r"], force=True).run_ids == ("r",)


def test_a_running_run_stays_unless_forced(store: Store, run: Filled) -> None:
    run("r")
    store.runs.delete("r")
    assert "end it" in store.trash.empty(["r"]).kept["r"]
    apply(store, RunEnded("r", "FINISHED", 9))
    assert store.trash.empty(["r"]).kept == {}


def test_a_deleted_experiment_goes_with_its_last_run(store: Store, run: Filled) -> None:
    number = store.experiments.create("churn", tags={"k": "v"})
    run("a", {"C": "1"}, experiment_id=number, end=5)
    run("b", experiment_id=number, end=5)
    store.experiments.delete(number)
    assert store.trash.empty(["a"]).experiments == ()
    assert store.experiments.get(number).lifecycle_stage == "deleted"
    assert store.trash.empty(["b"]).experiments == ("churn",)
    with pytest.raises(NotFound):
        store.experiments.get(number)
    assert store.experiments.create("next") > number


def test_empty_deleted_experiments(store: Store, run: Filled) -> None:
    for name in ("empty", "full"):
        number = store.experiments.create(name)
        if name == "full":
            run("r", experiment_id=number, end=5)
        store.experiments.delete(number)
    store.experiments.create("active")
    assert store.trash.empty_experiments(older_than_ms=3600_000) == []
    assert store.trash.empty_experiments() == ["empty"]
    assert [one.name for one in store.experiments.search(view=ViewType.DELETED_ONLY).items] == ["full"]


def test_children_stay_when_their_parent_goes(store: Store, run: Filled) -> None:
    run("parent", end=5)
    run("child", tags={"mlflow.parentRunId": "parent"}, end=5)
    store.runs.delete("parent")
    assert ids(store) == ["child"]
    store.trash.empty(["parent"])
    assert store.runs.get("child").data.tags["mlflow.parentRunId"] == "parent"


def test_many_runs_at_once(store: Store, run: Filled) -> None:
    names = [f"r{n}" for n in range(250)]
    for name in names:
        run(name, {"C": "1"}, end=5)
        store.runs.delete(name)
    assert len(store.trash.empty(names).run_ids) == 250
    assert ids(store, view=ViewType.ALL) == []
