"""Digests of files of every kind, whole, sampled and remembered."""

from __future__ import annotations

import hashlib
import itertools
import os
import time
from pathlib import Path

import pytest

from trackbook.capture.data import digests
from trackbook.capture.data.digests import KeptDigests, digest


def age(path: Path) -> None:
    os.utime(path, ns=(10**18, 10**18))


def test_the_digest_is_the_content_s_sha256(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    found = digest(str(tmp_path / "a"))
    assert found is not None
    assert (found.text, found.size_bytes) == (hashlib.sha256(b"abc").hexdigest()[:32], 3)
    assert not found.sampled


def test_a_sparse_file_of_two_gigabytes_is_sampled_at_once(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(2 << 30)
    begun = time.thread_time()
    found = digest(str(tmp_path / "sparse"))
    assert time.thread_time() - begun < 0.5  # all of it takes ten times as long
    assert found is not None
    assert found.sampled
    assert found.text.startswith("s:")
    assert len(found.text) <= 36


def test_beyond_the_time_limit_a_sample_is_taken_that_sees_a_change(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(os.urandom(1 << 16) * 80)
    ticks = itertools.count()
    first = digest(str(path), 2, clock=lambda: float(next(ticks)))
    with path.open("r+b") as file:
        file.write(b"!")
    second = digest(str(path), 2, clock=lambda: float(next(ticks)))
    assert first is not None
    assert second is not None
    assert first.sampled
    assert first.text != second.text


def test_pipes_folders_and_what_is_gone_have_none(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert digest(str(tmp_path / "pipe")) is None
    assert digest(str(tmp_path)) is None
    assert digest(str(tmp_path / "gone")) is None
    assert digest("a\0b") is None


def test_an_unchanged_file_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    age(path)
    first = KeptDigests(tmp_path / "home").of(str(path))
    monkeypatch.setattr(digests, "digest", lambda *_: pytest.fail("it was read again"))
    assert KeptDigests(tmp_path / "home").of(str(path)) == first
    assert str(path) not in (tmp_path / "home" / "cache" / "digests.jsonl").read_text()


def test_a_change_is_seen_and_a_fresh_file_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "a"
    kept = KeptDigests(tmp_path / "home")
    path.write_bytes(b"abc")
    first = kept.of(str(path))
    about = path.stat()
    path.write_bytes(b"abd")
    os.utime(path, ns=(about.st_mtime_ns, about.st_mtime_ns))
    assert first is not None
    assert kept.of(str(path)) != first


def test_torn_lines_and_an_unwritable_home_only_forget(tmp_path: Path) -> None:
    cache = tmp_path / "home" / "cache"
    cache.mkdir(parents=True)
    (cache / "digests.jsonl").write_bytes(b'["a", "b"]\n["torn\n[1]\n\xff\n{}\n')
    (tmp_path / "a").write_bytes(b"abc")
    age(tmp_path / "a")
    assert KeptDigests(tmp_path / "home").of(str(tmp_path / "a")) is not None
    (tmp_path / "file").touch()
    assert KeptDigests(tmp_path / "file").of(str(tmp_path / "a")) is not None
