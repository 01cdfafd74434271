"""Registered models go with their runs: whole, once, and without taking anything from what is there."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from trackbook.connect import connect
from trackbook.core import events
from trackbook.core.ports import RunQuery
from trackbook.errors import InvalidValue
from trackbook.transfer.archive import export_runs
from trackbook.transfer.importing import import_from

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trackbook.core.ports import Store

A, B, C = ("a" * 32, "b" * 32, "c" * 32)


def add_runs(store: Store, *run_ids: str) -> None:
    experiment = store.experiments.create("made")
    started = [events.RunStarted(run_id, experiment, "run", 5, "ann", {}) for run_id in run_ids]
    ended = [events.RunEnded(run_id, "FINISHED", 9) for run_id in run_ids]
    store.recording.apply(events.Batch("j", [*started, *ended], [], {"n": 1}))


@pytest.fixture
def filled(store: Store) -> Store:
    add_runs(store, A, B)
    registry = store.registry
    registry.create_model("iris's", "flowers", {"owner": "ann"})
    registry.create_version("iris's", f"runs:/{A}/model", A, "first", {"k": "v"})
    registry.create_version("iris's", f"runs:/{B}/gone", B)
    registry.delete_version("iris's", "2")
    registry.create_version("iris's", f"runs:/{B}/model", B)
    registry.transition("iris's", "3", "Production")
    registry.set_alias("iris's", "champion", "3")
    registry.set_alias("iris's", "first", "1")
    registry.create_model("copy")
    registry.copy_version("iris's", "1", "copy")
    return store


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    made = connect(str(tmp_path / "other" / ".trackbook"))
    yield made
    made.close()


def exported(store: Store, tmp_path: Path, filter: str = "") -> Path:
    target = tmp_path / "runs.trackbook.zip"
    export_runs(store, store.runs.search(RunQuery(filter=filter)).items, target)
    return target


def shape(store: Store) -> list[object]:
    models = store.registry.search_models().items
    versions = store.registry.search_versions(order_by=["name", "version_number"]).items
    return [
        [(model.name, model.description, dict(model.tags), dict(model.aliases)) for model in models],
        [
            (one.name, one.version, one.source, one.location, one.run_id, one.description, dict(one.tags))
            for one in versions
        ],
        [(one.current_stage, tuple(one.aliases)) for one in versions],
    ]


def test_the_registry_goes_round_whole_and_once(filled: Store, other: Store, tmp_path: Path) -> None:
    archive = exported(filled, tmp_path)
    done = import_from(other, archive)
    assert (done.versions, list(done.notes)) == (3, [])
    assert shape(other) == shape(filled)
    again = import_from(other, archive)
    assert (again.runs, again.versions, list(again.notes)) == (0, 0, [])
    assert shape(other) == shape(filled)


def test_only_versions_of_exported_runs_go_along(filled: Store, other: Store, tmp_path: Path) -> None:
    import_from(other, exported(filled, tmp_path, f"run_id = '{A}'"))
    assert [one.run_id for one in other.registry.search_versions().items] == [A, A]
    assert dict(other.registry.get_model("iris's").aliases) == {"first": "1"}


def test_a_taken_number_and_a_taken_alias_stay(filled: Store, other: Store, tmp_path: Path) -> None:
    add_runs(other, C)
    other.registry.create_model("iris's", "ours")
    other.registry.create_version("iris's", f"runs:/{C}/model", C)
    other.registry.set_alias("iris's", "champion", "1")
    archive = exported(filled, tmp_path)
    done = import_from(other, archive)
    model = other.registry.get_model("iris's")
    assert (model.description, dict(model.aliases)) == ("ours", {"champion": "1", "first": "2"})
    assert other.registry.get_version("iris's", "1").run_id == C
    assert [other.registry.get_version("iris's", number).run_id for number in ("2", "3")] == [A, B]
    assert any("version 1 of registered model" in note and "is version 2 here" in note for note in done.notes)
    assert any("alias 'champion'" in note and "stays with version 1" in note for note in done.notes)
    assert import_from(other, archive).versions == 0


def test_an_archive_of_version_1_is_still_read(filled: Store, other: Store, tmp_path: Path) -> None:
    old = tmp_path / "old.zip"
    with zipfile.ZipFile(exported(filled, tmp_path)) as source, zipfile.ZipFile(old, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "manifest.json":
                manifest = json.loads(data)
                del manifest["files"]["registry.json"]
                data = json.dumps({**manifest, "version": 1}).encode()
            if name != "registry.json":
                target.writestr(name, data)
    done = import_from(other, old)
    assert (done.runs, done.versions) == (2, 0)


@pytest.mark.parametrize(
    "models",
    [
        "[]",
        '{"models": [{"name": 3, "versions": []}]}',
        '{"models": [{"name": "m", "versions": [], "aliases": {"a": 1}}]}',
        '{"models": [{"name": "m", "versions": [{"version": "x", "source": "s", "location": "s"}]}]}',
        '{"models": [{"name": "m", "versions": [], "tags": {"a": 1}}]}',
        '{"models": [{"name": "m", "versions": [], "more": 1}]}',
    ],
)
def test_a_list_of_another_shape_is_refused_before_anything_is_taken(
    filled: Store, other: Store, tmp_path: Path, models: str
) -> None:
    import hashlib

    odd = tmp_path / "odd.zip"
    with zipfile.ZipFile(exported(filled, tmp_path)) as source, zipfile.ZipFile(odd, "w") as target:
        for name in source.namelist():
            data = models.encode() if name == "registry.json" else source.read(name)
            if name == "manifest.json":
                manifest = json.loads(data)
                manifest["files"]["registry.json"] = hashlib.sha256(models.encode()).hexdigest()
                data = json.dumps(manifest).encode()
            target.writestr(name, data)
    with pytest.raises(InvalidValue, match="registered models cannot be read"):
        import_from(other, odd)
    assert other.runs.search(RunQuery()).total == 0
