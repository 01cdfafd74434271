"""What only an object store shows: uploads left out, uploads continued, faults of the place."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest
from conformance_tools import start

from trackbook.connect import connect
from trackbook.core.ports import Store
from trackbook.errors import StoreUnavailable, UnsafePath

PART = 16 << 20
_numbers = itertools.count()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The database does not matter here."""


@pytest.fixture
def store(s3: Path, tmp_path: Path) -> Iterator[Store]:
    opened = connect(tmp_path / "home", artifact_root=f"s3://bucket/s3 {next(_numbers)}")
    start(opened, "r")
    yield opened
    opened.close()


def requests(log: Path, pattern: str) -> int:
    return len(re.findall(pattern, log.read_text()))


def test_what_is_there_already_is_not_sent_again(store: Store, s3: Path, tmp_path: Path) -> None:
    def put(content: str) -> int:
        before = requests(s3, r'"PUT .*/same HTTP')
        (tmp_path / "file").write_text(content)
        store.artifacts.adopt("r", "same", tmp_path / "file")
        assert not (tmp_path / "file").exists()
        return requests(s3, r'"PUT .*/same HTTP') - before

    assert put("one") == 1
    assert put("one") == 0
    assert put("two") == 1
    with fsspec.open(store.artifacts.uri("r", "same"), "wb") as file:
        file.write(b"of another length")
    assert put("two") == 1
    fsspec.filesystem("s3").rm_file(store.artifacts.uri("r", "same"))
    assert put("two") == 1


def test_an_upload_goes_on_where_it_stopped(store: Store, s3: Path, tmp_path: Path) -> None:
    content = b"".join(bytes([number]) * PART for number in range(6)) + b"end"
    large = tmp_path / "large"
    large.write_bytes(content)

    def stop(done: int, total: int) -> None:
        if done >= 3 * PART:
            raise KeyboardInterrupt

    def parts() -> list[str]:
        return re.findall(r'"PUT .*/large\?.*partNumber=(\d+)', s3.read_text())

    with pytest.raises(KeyboardInterrupt):
        store.artifacts.adopt("r", "large", large, progress=stop)
    assert large.exists()
    assert store.artifacts.list("r") == []
    before = parts()
    assert {"1", "2"} <= set(before)
    store.artifacts.adopt("r", "large", large)
    after = parts()[len(before) :]  # a slow server may be asked again for one part
    assert not {"1", "2"} & set(after)
    assert {*before, *after} == set("1234567")
    with store.artifacts.open("r", "large") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == hashlib.sha256(content).hexdigest()
    assert not fsspec.filesystem("s3").call_s3("list_multipart_uploads", Bucket="bucket").get("Uploads")


def test_the_rest_of_another_content_does_no_harm(store: Store, tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    large = tmp_path / "large"
    large.write_bytes(b"a" * 3 * PART)
    with pytest.raises(KeyboardInterrupt):
        store.artifacts.adopt("r", "large", large, progress=stop)
    content = b"b" * 2 * PART + b"c"
    large.write_bytes(content)
    store.artifacts.adopt("r", "large", large)
    assert store.artifacts.download("r", "large", tmp_path / "got").read_bytes() == content


def test_a_bucket_that_is_not_there_keeps_the_file(store: Store, tmp_path: Path) -> None:
    number = store.experiments.create("nowhere", "s3://no-such-bucket/x")
    start(store, "lost", number)
    (tmp_path / "file").write_text("kept")
    with pytest.raises(StoreUnavailable, match="no-such-bucket"):
        store.artifacts.adopt("lost", "file", tmp_path / "file")
    assert (tmp_path / "file").read_text() == "kept"


@pytest.mark.parametrize("path", ["f?versionId=x", "f?versionid=", "a\nb", "a\x01b"])
def test_names_that_would_be_another_object_are_refused(store: Store, tmp_path: Path, path: str) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UnsafePath):
        store.artifacts.adopt("r", path, tmp_path / "file")


def test_objects_of_impossible_names_are_not_listed(store: Store) -> None:
    root = store.artifacts.uri("r").removeprefix("s3://bucket/")
    for key in ("good", "../up", "a//b", "x/../y", "/abs", "back\\slash", "marker/"):
        fsspec.filesystem("s3").call_s3("put_object", Bucket="bucket", Key=f"{root}/{key}", Body=b"x")
    assert [info.path for info in store.artifacts.list("r") if not info.is_dir] == ["good"]
    assert all(".." not in info.path for info in store.artifacts.list("r"))
