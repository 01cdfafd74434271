"""Artifacts on this machine: content that is kept once, names that lead nowhere else, addresses."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from trackbook.connect import connect
from trackbook.core.events import Batch, RunStarted
from trackbook.errors import InvalidValue, MissingDependency, UnsafePath
from trackbook.store.files.pool import NAME, SHARED_BYTES
from trackbook.store.sql import SqlStore

BIG = b"x" * SHARED_BYTES


def started(store: SqlStore, *runs: str, experiment: str = "0") -> None:
    for run in runs:
        store.recording.apply(Batch(run, [RunStarted(run, experiment, run, 1)], [], {"n": 0}))


@pytest.fixture
def store(tmp_path: Path) -> SqlStore:
    opened = connect(tmp_path / "home")
    assert isinstance(opened, SqlStore)
    started(opened, "r", "s")
    return opened


def log(store: SqlStore, run: str, path: str, content: bytes, tmp_path: Path) -> Path:
    (tmp_path / "logged").write_bytes(content)
    store.artifacts.adopt(run, path, tmp_path / "logged")
    return tmp_path / "home" / "artifacts" / "0" / run / "artifacts" / path


def entries(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "home" / "artifacts" / NAME).rglob("*") if path.is_file()]


def test_equal_content_is_one_inode(store: SqlStore, tmp_path: Path) -> None:
    one = log(store, "r", "a", BIG, tmp_path)
    two = log(store, "s", "b/c", BIG, tmp_path)
    other = log(store, "s", "other", BIG + b"!", tmp_path)
    assert one.samefile(two)
    assert not one.samefile(other)
    assert stat.S_IMODE(one.stat().st_mode) == 0o400
    assert not log(store, "r", "small", b"x", tmp_path).samefile(log(store, "s", "small", b"x", tmp_path))


def test_taking_the_same_content_in_again_leaves_nothing_behind(store: SqlStore, tmp_path: Path) -> None:
    for _ in range(3):
        file = log(store, "r", "a", BIG, tmp_path)
    assert list(file.parent.iterdir()) == [file]
    assert file.stat().st_nlink == 2
    assert len(entries(tmp_path)) == 1


def test_a_replaced_file_leaves_its_equals_alone(store: SqlStore, tmp_path: Path) -> None:
    one, two = log(store, "r", "a", BIG, tmp_path), log(store, "s", "a", BIG, tmp_path)
    log(store, "r", "a", b"new" + BIG, tmp_path)
    assert (one.read_bytes(), two.read_bytes()) == (b"new" + BIG, BIG)
    assert len(entries(tmp_path)) == 2
    log(store, "s", "a", b"new" + BIG, tmp_path)
    assert len(entries(tmp_path)) == 1
    assert one.samefile(two)


def test_bytes_come_back_with_the_last_of_the_equals(store: SqlStore, tmp_path: Path) -> None:
    log(store, "r", "a", BIG, tmp_path)
    two = log(store, "s", "a", BIG, tmp_path)
    assert store.artifacts.delete("r") == 0
    assert two.read_bytes() == BIG
    assert not two.parents[2].joinpath("r").exists()
    assert store.artifacts.delete("s", "a") == len(BIG)
    assert entries(tmp_path) == []


def test_content_that_was_damaged_in_place_is_not_spread(store: SqlStore, tmp_path: Path) -> None:
    one = log(store, "r", "a", BIG, tmp_path)
    one.chmod(0o600)
    one.write_bytes(b"y" * len(BIG))
    assert log(store, "s", "a", BIG, tmp_path).read_bytes() == BIG
    assert log(store, "s", "b", BIG, tmp_path).samefile(log(store, "s", "c", BIG, tmp_path))


def test_a_sweep_clears_what_crashes_left(store: SqlStore, tmp_path: Path) -> None:
    kept = log(store, "r", "a", BIG, tmp_path)
    log(store, "s", "gone", BIG + b"!", tmp_path).unlink()
    old, new = (kept.with_name(f".trackbook-unfinished-{age}") for age in ("old", "new"))
    for file in (old, new):
        file.write_bytes(b"12345")
    os.utime(old, (time.time() - 90_000,) * 2)
    assert store.artifacts.sweep() == len(BIG) + 1 + 5
    assert store.artifacts.sweep() == 0
    assert (old.exists(), new.exists(), kept.read_bytes()) == (False, True, BIG)
    assert [info.path for info in store.artifacts.list("r")] == ["a"]


def test_a_file_that_has_another_name_is_copied(store: SqlStore, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_bytes(BIG)
    (tmp_path / "link").hardlink_to(mine)
    (tmp_path / "symlink").symlink_to(mine)
    for name in ("link", "symlink"):
        store.artifacts.adopt("r", name, tmp_path / name)
    mine.write_bytes(b"changed")
    for name in ("link", "symlink"):
        with store.artifacts.open("r", name) as file:
            assert file.read() == BIG
    assert stat.S_IMODE(mine.stat().st_mode) != 0o400


@pytest.mark.parametrize("path", ["a/b", "d", "d/x/y/z", f"{'n' * 200}/" * 25 + "n"])
def test_names_that_cannot_be_are_refused(store: SqlStore, tmp_path: Path, path: str) -> None:
    log(store, "r", "a", b"file", tmp_path)
    log(store, "r", "d/x", b"in a folder", tmp_path)
    with pytest.raises(UnsafePath):
        log(store, "r", path, b"", tmp_path)
    assert (tmp_path / "logged").exists()


def test_names_of_our_own_are_refused(store: SqlStore, tmp_path: Path) -> None:
    with pytest.raises(UnsafePath, match="ours"):
        log(store, "r", "d/.trackbook-unfinished-1", b"", tmp_path)


def test_links_are_not_followed_outside(store: SqlStore, tmp_path: Path) -> None:
    root = log(store, "r", "inside", b"content", tmp_path).parent
    secret = tmp_path / "secret"
    secret.write_text("s")
    (root / "out").symlink_to(secret)
    (root / "folder").symlink_to(tmp_path)
    (root / "loop").symlink_to(root)
    (root / "broken").symlink_to(root / "nothing")
    (root / "in").symlink_to(root / "inside")
    assert [info.path for info in store.artifacts.list("r")] == ["in", "inside"]
    for path in ("out", "folder/secret"):
        for ask in (store.artifacts.open, store.artifacts.digest, store.artifacts.delete):
            with pytest.raises(UnsafePath):
                ask("r", path)
        with pytest.raises(UnsafePath):
            store.artifacts.download("r", path, tmp_path / "got")
    with pytest.raises(UnsafePath):
        log(store, "r", "folder/new", b"n", tmp_path)
    store.artifacts.download("r", "", tmp_path / "got")
    assert {file.name for file in (tmp_path / "got").iterdir()} == {"in", "inside"}
    store.artifacts.delete("r")
    assert secret.read_text() == "s"


def test_a_file_system_that_is_not_installed_is_named_with_its_extra(store: SqlStore, tmp_path: Path) -> None:
    number = store.experiments.create("cloud", "az://container/x")
    started(store, "cloudy", experiment=number)
    code = "import sys; sys.modules['adlfs'] = None\nfrom trackbook.connect import connect\n"
    code += f"connect({str(tmp_path / 'home')!r}).artifacts.list('cloudy')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert f"{MissingDependency.__name__}: artifact location az:// needs adlfs" in done.stderr
    assert "pip install 'trackbook[azure]'" in done.stderr


@pytest.mark.parametrize(
    "location", ["http://host/x", "ftpx://host/x", "filecache::s3://b/x", "zip://a.zip", "file://host/x", "s3://b/../c"]
)
def test_places_that_cannot_be_written_are_refused(store: SqlStore, tmp_path: Path, location: str) -> None:
    with pytest.raises(InvalidValue, match=location[:4]):
        store.experiments.create("x", location)
    with pytest.raises(InvalidValue, match=location[:4]):
        connect(tmp_path / "other", artifact_root=location)


def test_a_password_is_not_stored(store: SqlStore) -> None:
    with pytest.raises(InvalidValue, match="password") as caught:
        store.experiments.create("x", "sftp://ann:hunter2@host/x")
    assert "hunter2" not in str(caught.value)


def test_the_root_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKBOOK_ARTIFACT_ROOT", "memory://from/the/environment/")
    assert connect(tmp_path).experiments.get("0").artifact_location == "memory://from/the/environment/0"
    mine = connect(tmp_path, artifact_root=str(tmp_path / "mine"))
    assert mine.experiments.get("0").artifact_location == (tmp_path / "mine" / "0").as_uri()
