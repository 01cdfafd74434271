"""The port `Artifacts`."""

from __future__ import annotations

from pathlib import Path

import pytest
from conformance_tools import start

from trackbook.core.entities import FileInfo
from trackbook.core.ports import Store
from trackbook.errors import NotFound, UnsafePath


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    file = tmp_path / "staged"
    file.write_bytes(b"content")
    return file


def test_a_file_taken_in_is_listed_and_read(store: Store, staged: Path) -> None:
    start(store, "r")
    store.artifacts.adopt("r", "a/b c.txt", staged)
    assert not staged.exists()
    assert store.artifacts.list("r") == [FileInfo("a", True)]
    assert store.artifacts.list("r", "a") == [FileInfo("a/b c.txt", False, 7)]
    with store.artifacts.open("r", "a/b c.txt") as file:
        assert file.read() == b"content"
    assert store.artifacts.uri("r", "a/b c.txt").startswith(store.runs.get("r").info.artifact_uri)


def test_taken_in_again_is_nothing_to_do(store: Store, staged: Path) -> None:
    start(store, "r")
    store.artifacts.adopt("r", "f", staged)
    store.artifacts.adopt("r", "f", staged)
    with pytest.raises(NotFound):
        store.artifacts.adopt("r", "g", staged)
    staged.write_bytes(b"new")
    store.artifacts.adopt("r", "f", staged)
    with store.artifacts.open("r", "f") as file:
        assert file.read() == b"new"


def test_what_is_not_there(store: Store, staged: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="run"):
        store.artifacts.adopt("nobody", "f", staged)
    assert staged.exists()
    start(store, "r")
    assert store.artifacts.list("r") == []
    assert store.artifacts.list("r", "nothing") == []
    with pytest.raises(NotFound):
        store.artifacts.open("r", "nothing")
    with pytest.raises(NotFound):
        store.artifacts.download("r", "nothing", tmp_path)
    store.artifacts.adopt("r", "f", staged)
    assert store.artifacts.list("r", "f") == []


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/etc/passwd", "a\\b", "C:/x", "a\0b", ".."])
def test_unsafe_paths_are_refused(store: Store, staged: Path, tmp_path: Path, path: str) -> None:
    start(store, "r")
    with pytest.raises(UnsafePath):
        store.artifacts.adopt("r", path, staged)
    with pytest.raises(UnsafePath):
        store.artifacts.open("r", path)
    with pytest.raises(UnsafePath):
        store.artifacts.list("r", path)
    with pytest.raises(UnsafePath):
        store.artifacts.download("r", path, tmp_path)
    assert staged.exists()


def test_the_root_is_no_file(store: Store, staged: Path) -> None:
    start(store, "r")
    with pytest.raises(UnsafePath):
        store.artifacts.adopt("r", "", staged)


def test_download_of_a_file_a_folder_and_everything(store: Store, tmp_path: Path) -> None:
    start(store, "r")
    for name in ("a/1", "a/b/2", "3"):
        (tmp_path / "x").write_text(name)
        store.artifacts.adopt("r", name, tmp_path / "x")
    assert store.artifacts.download("r", "a/1", tmp_path / "one").read_text() == "a/1"
    folder = store.artifacts.download("r", "a", tmp_path / "two")
    assert sorted(path.relative_to(tmp_path / "two").as_posix() for path in folder.rglob("*") if path.is_file()) == [
        "a/1",
        "a/b/2",
    ]
    store.artifacts.download("r", "", tmp_path / "all")
    assert (tmp_path / "all" / "3").read_text() == "3"


def test_links_are_not_followed_outside(store: Store, staged: Path, tmp_path: Path) -> None:
    start(store, "r")
    store.artifacts.adopt("r", "inside", staged)
    root = Path(store.artifacts.uri("r").removeprefix("file://"))
    secret = tmp_path / "secret"
    secret.write_text("s")
    (root / "out").symlink_to(secret)
    (root / "folder").symlink_to(tmp_path)
    (root / "in").symlink_to(root / "inside")
    assert [info.path for info in store.artifacts.list("r")] == ["in", "inside"]
    for path in ("out", "folder/secret"):
        with pytest.raises(UnsafePath):
            store.artifacts.open("r", path)
    (tmp_path / "new").write_text("n")
    with pytest.raises(UnsafePath):
        store.artifacts.adopt("r", "folder/new", tmp_path / "new")


def test_an_experiment_may_have_its_own_place(store: Store, staged: Path, tmp_path: Path) -> None:
    number = store.experiments.create("own", str(tmp_path / "own place"))
    start(store, "r", number)
    store.artifacts.adopt("r", "f", staged)
    assert (tmp_path / "own place" / "r" / "artifacts" / "f").read_bytes() == b"content"
