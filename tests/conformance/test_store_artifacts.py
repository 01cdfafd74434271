"""The port `Artifacts`, over a folder, over fsspec's memory and over S3."""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest
from conformance_tools import start

from trackbook.connect import connect
from trackbook.core.entities import FileInfo
from trackbook.core.ports import Store, walk_files
from trackbook.errors import NotFound, StoreUnreadable, UnsafePath

LARGE = 40 << 20
_numbers = itertools.count()


@pytest.fixture(params=["folder", "memory", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty artifact root."""
    if request.param == "folder":
        return str(tmp_path / "place")
    if request.param == "s3":
        request.getfixturevalue("s3")
        return f"s3://bucket/root {next(_numbers)}"
    return f"memory://root{next(_numbers)}"


@pytest.fixture
def store(address: str, place: str, tmp_path: Path) -> Iterator[Store]:
    opened = connect(address, journal=tmp_path / "home" / "journal", artifact_root=place)
    yield opened
    opened.close()


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    file = tmp_path / "staged"
    file.write_bytes(b"content")
    return file


def log(store: Store, path: str, content: bytes, tmp_path: Path, run_id: str = "r") -> None:
    (tmp_path / "logged").write_bytes(content)
    store.artifacts.adopt(run_id, path, tmp_path / "logged")


def read(store: Store, path: str, run_id: str = "r") -> bytes:
    with store.artifacts.open(run_id, path) as file:
        return file.read()


def overwrite(uri: str, content: bytes) -> None:
    """As another program would, past the store."""
    with fsspec.open(uri, "wb") as file:
        file.write(content)


def noise(size: int) -> bytes:
    return hashlib.shake_128(b"noise").digest(1 << 20) * (size >> 20)


class StopError(Exception):
    pass


def test_a_file_taken_in_is_listed_and_read(store: Store, staged: Path) -> None:
    start(store, "r")
    store.artifacts.adopt("r", "a/b c.txt", staged)
    assert not staged.exists()
    assert store.artifacts.list("r") == [FileInfo("a", True)]
    assert store.artifacts.list("r", "a") == [FileInfo("a/b c.txt", False, 7)]
    assert read(store, "a/b c.txt") == b"content"
    assert store.artifacts.uri("r", "a/b c.txt").startswith(store.runs.get("r").info.artifact_uri)
    assert store.artifacts.digest("r", "a/b c.txt") == hashlib.sha256(b"content").hexdigest()


def test_documents_are_in_the_same_tree_as_files(store: Store, tmp_path: Path) -> None:
    for run_id in ("r", "s"):
        start(store, run_id)
        text = "".join(f"{number} of {run_id if number == 500 else 'all'}\n" for number in range(1000)).encode()
        log(store, "trackbook/a.txt", text, tmp_path, run_id)
        log(store, "trackbook/b/empty.txt", b"", tmp_path, run_id)
        log(store, "trackbook/c.png", b"\x89PNG\xff", tmp_path, run_id)
    assert read(store, "trackbook/a.txt", "s") == text
    assert store.artifacts.digest("s", "trackbook/a.txt") == hashlib.sha256(text).hexdigest()
    assert store.artifacts.list("s") == [FileInfo("trackbook", True)]
    assert store.artifacts.list("s", "trackbook") == [
        FileInfo("trackbook/a.txt", False, len(text)),
        FileInfo("trackbook/b", True),
        FileInfo("trackbook/c.png", False, 5),
    ]
    told: list[tuple[int, int]] = []
    folder = store.artifacts.download("s", "trackbook", tmp_path / "got", progress=lambda *done: told.append(done))
    assert {file.name: file.stat().st_size for file in folder.rglob("*") if file.is_file()} == {
        "a.txt": len(text),
        "empty.txt": 0,
        "c.png": 5,
    }
    assert told[-1] == (len(text) + 5, len(text) + 5)
    one = store.artifacts.download("s", "trackbook/a.txt", tmp_path / "one")
    assert one.read_bytes() == text
    store.artifacts.delete("s", "trackbook/a.txt")
    assert [info.path for info in walk_files(store.artifacts, "s")] == ["trackbook/b/empty.txt", "trackbook/c.png"]
    store.artifacts.delete("s")
    assert store.artifacts.list("s") == []
    assert len(read(store, "trackbook/a.txt")) == len(text)


def test_a_document_taken_in_again_or_anew(store: Store, staged: Path, tmp_path: Path) -> None:
    start(store, "r")
    for _ in range(2):  # the second time its file is gone, as after a crash
        store.artifacts.adopt("r", "trackbook/f", staged)
    assert read(store, "trackbook/f") == b"content"
    for content in (b"new", b"\xff is no text", b"text again"):
        log(store, "trackbook/f", content, tmp_path)
        assert read(store, "trackbook/f") == content
        assert store.artifacts.list("r", "trackbook") == [FileInfo("trackbook/f", False, len(content))]
    files = [("trackbook/f", tmp_path / "missing"), ("trackbook/g", tmp_path / "missing")]
    with pytest.raises(NotFound):
        store.artifacts.adopt_many("r", files)


def test_taken_in_again_is_nothing_to_do(store: Store, staged: Path) -> None:
    start(store, "r")
    store.artifacts.adopt("r", "f", staged)
    store.artifacts.adopt("r", "f", staged)
    with pytest.raises(NotFound):
        store.artifacts.adopt("r", "g", staged)
    staged.write_bytes(b"new")
    store.artifacts.adopt("r", "f", staged)
    assert read(store, "f") == b"new"
    assert store.artifacts.digest("r", "f") == hashlib.sha256(b"new").hexdigest()


def test_what_is_not_there(store: Store, staged: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="run"):
        store.artifacts.adopt("nobody", "f", staged)
    assert staged.exists()
    start(store, "r")
    assert store.artifacts.list("r") == []
    assert store.artifacts.list("r", "nothing") == []
    for ask in (store.artifacts.open, store.artifacts.digest):
        with pytest.raises(NotFound):
            ask("r", "nothing")
    with pytest.raises(NotFound):
        store.artifacts.download("r", "nothing", tmp_path)
    assert store.artifacts.delete("r", "nothing") == 0
    assert store.artifacts.delete("r") == 0
    store.artifacts.adopt("r", "f", staged)
    assert store.artifacts.list("r", "f") == []


@pytest.mark.parametrize(
    "path", ["../x", "a/../../x", "/etc/passwd", "a\\b", "C:/x", "a\0b", "..", "é" * 128, "\udcff"]
)
def test_unsafe_paths_are_refused(store: Store, staged: Path, tmp_path: Path, path: str) -> None:
    start(store, "r")
    for ask in (store.artifacts.open, store.artifacts.digest, store.artifacts.list, store.artifacts.delete):
        with pytest.raises(UnsafePath):
            ask("r", path)
    with pytest.raises(UnsafePath):
        store.artifacts.adopt("r", path, staged)
    with pytest.raises(UnsafePath):
        store.artifacts.download("r", path, tmp_path)
    assert staged.exists()


def test_the_root_is_no_file(store: Store, staged: Path) -> None:
    start(store, "r")
    for path in ("", ".", "./"):
        with pytest.raises(UnsafePath):
            store.artifacts.adopt("r", path, staged)


ODD_NAMES = [
    "%2e%2e", "%252e", "a%41", "a?b=c#d", "a#b", "*", "[a]", "a*?[b]", "é", "e\u0301", "🚀.txt", ".hidden", "...", "~",
    "trailing space ", " leading", "a&b+c=d;e", "a'b\"c", "a:b", "a::b", "<x>", "$HOME", "{a}", "a|b", "x" * 255, "-rf",
    "s3:a", "CON", "@v", "^x`y",
]  # fmt: skip


def test_odd_names_stay_as_they_are(store: Store, tmp_path: Path) -> None:
    start(store, "r")
    files = []
    for number, name in enumerate(ODD_NAMES):
        file = tmp_path / f"odd{number}"
        file.write_text(name)
        files += [(f"d/{name}", file)]
    store.artifacts.adopt_many("r", files)
    assert [info.path for info in store.artifacts.list("r", "d")] == sorted(path for path, _ in files)
    for name in ODD_NAMES:
        assert read(store, f"d/{name}").decode() == name
    folder = store.artifacts.download("r", "d", tmp_path / "got")
    assert {file.name for file in folder.iterdir()} == {file.read_text() for file in folder.iterdir()} == {*ODD_NAMES}
    left = {*ODD_NAMES}
    for name in ("*", "[a]", "a*?[b]", "a?b=c#d"):
        store.artifacts.delete("r", f"d/{name}")
        left.remove(name)
        assert {info.path[2:] for info in store.artifacts.list("r", "d")} == left


def test_download_of_a_file_a_folder_and_everything(store: Store, tmp_path: Path) -> None:
    start(store, "r")
    for name in ("a/1", "a/b/2", "ab", "3"):
        log(store, name, name.encode(), tmp_path)
    assert store.artifacts.download("r", "a/1", tmp_path / "one").read_text() == "a/1"
    folder = store.artifacts.download("r", "a", tmp_path / "two")
    assert folder == tmp_path / "two" / "a"
    found = [path.relative_to(tmp_path / "two").as_posix() for path in (tmp_path / "two").rglob("*") if path.is_file()]
    assert sorted(found) == ["a/1", "a/b/2"]
    told: list[tuple[int, int]] = []
    store.artifacts.download("r", "", tmp_path / "all", progress=lambda *done: told.append(done))
    assert (tmp_path / "all" / "3").read_text() == "3"
    assert told[-1] == (11, 11)
    assert [info.path for info in walk_files(store.artifacts, "r")] == ["3", "a/1", "a/b/2", "ab"]


def test_an_experiment_may_have_its_own_place(store: Store, place: str, staged: Path) -> None:
    number = store.experiments.create("own", f"{place} own/")
    start(store, "r", number)
    store.artifacts.adopt("r", "f", staged)
    assert store.artifacts.uri("r", "f") == f"{store.experiments.get(number).artifact_location}/r/artifacts/f"
    assert store.experiments.get(number).artifact_location.endswith("own")
    with fsspec.open(f"{place} own/r/artifacts/f") as file:
        assert file.read() == b"content"
    assert store.runs.get("r").info.artifact_uri == store.artifacts.uri("r")


def test_many_files_at_once(store: Store, tmp_path: Path) -> None:
    start(store, "r")
    files = [(f"many/{number % 7}/{number}", tmp_path / f"file{number}") for number in range(60)]
    for path, file in files:
        file.write_text(path)
    store.artifacts.adopt_many("r", files)
    assert not any(file.exists() for _, file in files)
    store.artifacts.adopt_many("r", files)  # as after a crash
    assert {info.path for info in walk_files(store.artifacts, "r")} == {path for path, _ in files}
    folder = store.artifacts.download("r", "many", tmp_path / "got")
    assert all((folder.parent / path).read_text() == path for path, _ in files)
    assert store.artifacts.delete("r", "many") == sum(len(path) for path, _ in files)


def test_of_many_the_good_ones_are_kept(store: Store, tmp_path: Path) -> None:
    start(store, "r")
    (tmp_path / "a").write_text("a")
    with pytest.raises(NotFound):
        store.artifacts.adopt_many("r", [("a", tmp_path / "a"), ("b", tmp_path / "missing")])
    assert read(store, "a") == b"a"
    assert store.artifacts.digest("r", "a") == hashlib.sha256(b"a").hexdigest()


def test_the_last_of_several_for_one_path_wins(store: Store, tmp_path: Path) -> None:
    start(store, "r")
    files = [("same", tmp_path / f"file{number}") for number in range(9)]
    for _, file in files:
        file.write_text(file.name)
    store.artifacts.adopt_many("r", files)
    assert read(store, "same") == b"file8"
    assert store.artifacts.digest("r", "same") == hashlib.sha256(b"file8").hexdigest()


def test_delete_takes_a_file_a_folder_or_everything(store: Store, tmp_path: Path) -> None:
    start(store, "r")
    start(store, "other")
    for path in ("a/1", "a/b/2", "A/1", "ab", "a0", "c"):
        log(store, path, path.encode(), tmp_path)
        log(store, path, path.encode(), tmp_path, "other")
    assert store.artifacts.delete("r", "a/b/2") == 5
    assert store.artifacts.delete("r", "a") == 3
    assert [info.path for info in walk_files(store.artifacts, "r")] == ["A/1", "a0", "ab", "c"]
    assert store.artifacts.delete("r") == 8
    assert store.artifacts.list("r") == []
    assert len(list(walk_files(store.artifacts, "other"))) == 6
    log(store, "a/1", b"again", tmp_path)
    assert read(store, "a/1") == b"again"


def test_a_file_of_another_program_has_a_digest_too(store: Store, tmp_path: Path) -> None:
    start(store, "r")
    log(store, "f", b"ours", tmp_path)
    overwrite(f"{store.artifacts.uri('r')}/theirs", b"theirs")
    assert store.artifacts.digest("r", "theirs") == hashlib.sha256(b"theirs").hexdigest()
    overwrite(f"{store.artifacts.uri('r')}/f", b"longer than ours")
    assert store.artifacts.digest("r", "f") == hashlib.sha256(b"longer than ours").hexdigest()
    assert store.artifacts.download("r", "f", tmp_path / "got").read_bytes() == b"longer than ours"


def test_a_damaged_file_is_not_handed_out_as_whole(store: Store, tmp_path: Path) -> None:
    start(store, "r")
    log(store, "f", b"sound", tmp_path)
    overwrite(f"{store.artifacts.uri('r')}/f", b"SOUND")
    with pytest.raises(StoreUnreadable, match="sha256"):
        store.artifacts.download("r", "f", tmp_path / "got")
    assert list((tmp_path / "got").iterdir()) == []


def test_an_open_file_is_read_in_parts_from_anywhere(store: Store, tmp_path: Path) -> None:
    start(store, "r")
    content = bytes(range(256)) * 20_000
    log(store, "f", content, tmp_path)
    with store.artifacts.open("r", "f") as one, store.artifacts.open("r", "f") as other:
        assert one.read(10) == content[:10]
        assert other.read(3) == content[:3]
        one.seek(4_000_000)
        assert one.read(100) == content[4_000_000:4_000_100]
        assert one.seek(-5, os.SEEK_END) == len(content) - 5
        assert one.read() == content[-5:]
        assert one.read() == b""


def test_a_large_file_goes_there_and_back(store: Store, tmp_path: Path) -> None:
    start(store, "r")
    content = noise(LARGE) + b"!"
    (tmp_path / "large").write_bytes(content)
    up: list[tuple[int, int]] = []
    down: list[tuple[int, int]] = []
    store.artifacts.adopt("r", "large", tmp_path / "large", progress=lambda *done: up.append(done))
    assert store.artifacts.list("r") == [FileInfo("large", False, len(content))]
    got = store.artifacts.download("r", "large", tmp_path / "got", progress=lambda *done: down.append(done))
    assert got.read_bytes() == content
    for told in (up, down):
        assert told == sorted(told)
        assert told[-1] == (len(content), len(content))
    assert len(down) > 3


def test_a_download_goes_on_where_it_stopped(store: Store, tmp_path: Path) -> None:
    start(store, "r")
    content = noise(LARGE)
    log(store, "large", content, tmp_path)

    def stop(done: int, total: int) -> None:
        if done > total / 2:
            raise StopError

    with pytest.raises(StopError):
        store.artifacts.download("r", "large", tmp_path / "got", progress=stop)
    assert not (tmp_path / "got" / "large").exists()
    # What was read already is not asked for again: the damage in it does not show.
    overwrite(store.artifacts.uri("r", "large"), b"x" + content[1:])
    assert store.artifacts.download("r", "large", tmp_path / "got").read_bytes() == content
    assert [file.name for file in (tmp_path / "got").iterdir()] == ["large"]


def test_a_download_begins_anew_where_the_rest_of_the_last_one_was_wrong(store: Store, tmp_path: Path) -> None:
    start(store, "r")
    content = noise(LARGE)
    log(store, "large", content, tmp_path)

    def stop(done: int, total: int) -> None:
        raise StopError

    with pytest.raises(StopError):
        store.artifacts.download("r", "large", tmp_path / "got", progress=stop)
    (part,) = (tmp_path / "got").iterdir()
    part.write_bytes(b"wrong")
    assert store.artifacts.download("r", "large", tmp_path / "got").read_bytes() == content


def test_what_the_progress_function_raises_comes_through(store: Store, tmp_path: Path) -> None:
    start(store, "r")
    (tmp_path / "large").write_bytes(noise(LARGE))

    def stop(done: int, total: int) -> None:
        raise StopError

    with pytest.raises(StopError):
        store.artifacts.adopt("r", "large", tmp_path / "large", progress=stop)
    if (tmp_path / "large").exists():
        store.artifacts.adopt("r", "large", tmp_path / "large")
    assert store.artifacts.digest("r", "large") == hashlib.sha256(noise(LARGE)).hexdigest()
