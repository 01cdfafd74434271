"""An MLflow store that names files, or holds links to files, which are not its own."""

from __future__ import annotations

import sqlite3
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from tests.transfer.conftest import ASSETS

from trackbook.core.ports import RunQuery, walk_files
from trackbook.errors import InvalidValue, StoreUnreadable
from trackbook.transfer.foreign import ForeignFiles
from trackbook.transfer.importing import import_from

if TYPE_CHECKING:
    from pathlib import Path

    from trackbook.core.ports import Store


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A folder that is none of the store's, with something in it."""
    folder = tmp_path / "home" / "keys"
    folder.mkdir(parents=True)
    (folder / "id_rsa").write_text("secret")
    return folder


def unpacked(kind: str, folder: Path) -> Path:
    with zipfile.ZipFile(ASSETS / f"{kind}-3.17.zip") as archive:
        archive.extractall(folder)
    return folder


def taken(store: Store) -> set[str]:
    runs = store.runs.search(RunQuery()).items
    return {file.path for run in runs for file in walk_files(store.artifacts, run.info.run_id)}


@pytest.mark.parametrize(
    "form", ["{}", "file://{}", "file:{}", "../home/keys", "file://{}/../keys", "mlruns/../../home/keys"]
)
def test_a_database_is_not_followed_to_files_that_are_not_its_own(
    store: Store, tmp_path: Path, secret: Path, form: str
) -> None:
    database = unpacked("database", tmp_path / "mlflow") / "mlflow.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE runs SET artifact_uri = ?", [form.format(secret)])
    done = import_from(store, database)
    assert (done.runs, done.files, taken(store)) == (8, 0, set())
    (note,) = done.notes
    assert "8 runs were left out" in note
    assert "--artifacts" in note
    named = import_from(store, database, [secret])
    assert (named.known, named.files, taken(store)) == (8, 8, {"id_rsa"})


def test_links_among_the_artifacts_are_not_followed(store: Store, tmp_path: Path, secret: Path) -> None:
    database = unpacked("database", tmp_path / "mlflow") / "mlflow.db"
    for folder in (tmp_path / "mlflow").rglob("artifacts"):
        (folder / "file").symlink_to(secret / "id_rsa")
        (folder / "folder").symlink_to(secret)
    done = import_from(store, database)
    assert done.files > 0
    assert {path for path in taken(store) if "file" in path or "folder" in path} == set()


def test_a_folder_of_artifacts_that_is_a_link_is_left_out(store: Store, tmp_path: Path, secret: Path) -> None:
    root = unpacked("folder", tmp_path / "mlflow") / "mlruns"
    for folder in list(root.glob("*/*/artifacts")):
        folder.rename(folder.with_name("gone"))
        folder.symlink_to(secret)
    done = import_from(store, root)
    assert (done.runs, taken(store)) == (8, set())
    assert any("left out" in note for note in done.notes)


@pytest.mark.parametrize("place", ["params", "tags", "metrics", "meta.yaml"])
def test_a_link_in_the_place_of_a_value_ends_the_import(store: Store, tmp_path: Path, secret: Path, place: str) -> None:
    root = unpacked("folder", tmp_path / "mlflow") / "mlruns"
    run = next(path.parent for path in root.glob("*/*/params"))
    link = run / place if place.endswith("yaml") else run / place / "key"
    link.unlink(missing_ok=True)
    link.symlink_to(secret / "id_rsa")
    with pytest.raises(StoreUnreadable, match="leads out of"):
        import_from(store, root)
    assert "secret" not in str([run.data for run in store.runs.search(RunQuery()).items])


def test_a_store_that_was_moved_as_a_whole_finds_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "here" / "mlruns" / "1" / "r" / "artifacts"
    folder.mkdir(parents=True)
    (folder / "a.txt").touch()
    files = ForeignFiles(tmp_path / "here", [tmp_path / "here" / "mlruns"])
    assert [one.path for one in files.below("file:///once/there/mlruns/1/r/artifacts")] == ["a.txt"]
    assert files.notes() == []


def test_an_archive_has_its_files_inside(store: Store, tmp_path: Path) -> None:
    (tmp_path / "runs.zip").touch()
    with pytest.raises(InvalidValue, match="--artifacts"):
        import_from(store, tmp_path / "runs.zip", [tmp_path])
