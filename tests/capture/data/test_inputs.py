"""Inputs of a run: plain files, those that DVC and git-lfs keep, many at once, and addresses."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from trackbook.capture.data.digests import LIMIT_S, Digest, digest
from trackbook.capture.data.dvc import DvcFiles
from trackbook.capture.data.inputs import MOST_INPUTS, record, shown_url
from trackbook.capture.data.lfs import LfsFiles
from trackbook.capture.data.sorting import FileUse, Uses

LOCK = """schema: '2.0'
stages:
  prepare:
    cmd: python prepare.py
    deps:
    - {path: raw.csv, hash: md5, md5: aaa, size: 3}
    outs:
    - {path: out/train.csv, hash: md5, md5: bbb, size: 3}
"""
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 3\n"


def use(path: Path, **more: bool) -> FileUse:
    about = path.stat()
    return FileUse(str(path), True, more.pop("written", False), about.st_size, about.st_mtime_ns, **more)


def text(path: Path, content: str = "abc") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def digest_of(path: str, limit_s: float = LIMIT_S) -> Digest | None:
    return digest(path, limit_s)


def test_dvc_files_by_their_own_file_by_stage_and_by_folder(tmp_path: Path) -> None:
    text(tmp_path / ".dvc" / "config", "[core]\n    remote = far\n['remote \"far\"']\n    url = https://me:pw@host/x\n")
    text(tmp_path / "dvc.lock", LOCK)
    text(tmp_path / "a.csv.dvc", "outs:\n- {path: a.csv, md5: ccc, size: 3}\n")
    text(tmp_path / "images.dvc", "outs:\n- {path: images, md5: ddd.dir, size: 9, nfiles: 2}\n")
    text(tmp_path / "broken.csv.dvc", "outs: [")
    dvc = DvcFiles()
    found = {
        name: dvc.entry(text(tmp_path / name))
        for name in ("a.csv", "images/deep/1.png", "out/train.csv", "raw.csv", "broken.csv", "own.csv")
    }
    facts = {name: (one.hash, one.stage, one.path) for name, one in found.items() if one is not None}
    assert facts == {
        "a.csv": ("ccc", "", "a.csv"),
        "images/deep/1.png": ("ddd.dir", "", "images"),
        "out/train.csv": ("bbb", "prepare", "out/train.csv"),
        "raw.csv": ("aaa", "", "raw.csv"),
    }
    assert found["a.csv"] is not None
    assert found["a.csv"].remote == "https://host/x"
    assert DvcFiles().entry(tmp_path.parent / "none.csv") is None


def test_a_dvc_file_s_record(tmp_path: Path) -> None:
    text(tmp_path / ".dvc" / "config", "")
    text(tmp_path / "a.csv.dvc", "outs:\n- {path: a.csv, md5: ccc, size: 3}\n")
    (made,) = record(Uses((use(text(tmp_path / "a.csv")),)), tmp_path, digest_of).inputs
    assert (made.name, made.source_type) == ("a.csv", "dvc")
    assert json.loads(made.source)["dvc"]["hash"] == "ccc"


def test_lfs_files_fetched_and_not(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        plain = ("-c", "filter.lfs.required=false", "-c", "filter.lfs.process=", "-c", "filter.lfs.clean=cat")
        command = ["git", "-C", str(tmp_path), *plain, *words]  # whether git-lfs is installed or not
        subprocess.run(command, check=True, capture_output=True)

    git("init", "-q")
    text(tmp_path / ".gitattributes", "*.bin filter=lfs\n")
    text(tmp_path / "fetched.bin", POINTER)
    git("add", "-A")
    text(tmp_path / "fetched.bin", "abc")
    lfs = LfsFiles()
    fetched = lfs.pointer(tmp_path / "fetched.bin")
    assert fetched is not None
    assert (fetched.oid, fetched.size_bytes, fetched.fetched) == ("sha256:abc", 3, True)
    pointer = lfs.pointer(text(tmp_path / "left.bin", POINTER))
    assert pointer is not None
    assert not pointer.fetched
    assert lfs.pointer(text(tmp_path / "a.csv")) is None
    assert LfsFiles().pointer(text(tmp_path.parent / "no-repository" / "a.bin")) is None


def test_many_files_make_one_input_for_each_folder(tmp_path: Path) -> None:
    files = [text(tmp_path / folder / f"{n}.png", str(n)) for folder in "ab" for n in range(MOST_INPUTS)]
    files.append(text(tmp_path / "labels.csv"))
    found = record(Uses(tuple(use(path) for path in files)), tmp_path, digest_of)
    inputs = {one.name: one for one in found.inputs}
    assert set(inputs) == {"labels.csv", "a/", "b/"}
    assert json.loads(inputs["a/"].profile)["files"] == MOST_INPUTS
    assert inputs["a/"].digest.startswith("f:")
    assert len(json.loads(found.files_json)["read"]) == 201


def test_very_many_folders_make_one_input(tmp_path: Path) -> None:
    files = [text(tmp_path / "all" / str(n) / "a.png") for n in range(MOST_INPUTS + 1)]
    (made,) = record(Uses(tuple(use(path) for path in files)), tmp_path, digest_of).inputs
    assert made.name == "all/"


def test_beyond_the_time_for_all_files_samples_are_taken(tmp_path: Path) -> None:
    files = tuple(use(text(tmp_path / name)) for name in ("a", "b"))
    ticks = iter([0.0, 1.0, 100.0])
    made = record(Uses(files), tmp_path, digest_of, clock=lambda: next(ticks)).inputs
    assert [json.loads(one.profile)["digest"] for one in made] == ["sha256", "sample"]


def test_what_could_not_be_had_is_said(tmp_path: Path) -> None:
    lost = use(text(tmp_path / "lost.csv"))
    (tmp_path / "lost.csv").unlink()
    uses = Uses((lost,), gone=(str(tmp_path / "gone.csv"),), pipes=(str(tmp_path / "pipe"),))
    found = record(uses, tmp_path, digest_of)
    assert found.inputs == ()
    assert [sentence.partition(" ")[0] for sentence in found.sentences] == ["gone.csv", "lost.csv", "pipe"]


def test_a_changed_and_a_named_file_are_marked(tmp_path: Path) -> None:
    found = record(Uses((use(text(tmp_path / "a"), changed=True, named=True),)), tmp_path, digest_of)
    profile = json.loads(found.inputs[0].profile)
    assert (profile["changed_meanwhile"], profile["seen"]) == (True, "named")


def test_addresses_are_shown_without_secrets(tmp_path: Path) -> None:
    (made,) = record(
        Uses(urls=("https://me:pw@host/a.csv?v=2&token=abc&X-Amz-Signature=x",)), tmp_path, digest_of
    ).inputs
    assert (made.name, made.source_type) == ("https://host/a.csv", "http")
    assert json.loads(made.source)["uri"] == "https://host/a.csv?v=2&token=***&X-Amz-Signature=***"
    assert made.digest.startswith("u:")
    assert shown_url("s3://bucket/key") == "s3://bucket/key"
    assert record(Uses(), tmp_path, digest_of).files_json == ""


def test_a_file_that_another_of_its_size_replaced_before_it_was_digested_is_said_to_have_changed(
    tmp_path: Path,
) -> None:
    same, other = text(tmp_path / "same.csv"), text(tmp_path / "other.csv")
    uses = Uses((use(same), use(other)))
    other.write_text("xyz")
    os.utime(other, ns=(0, other.stat().st_mtime_ns + 1_000_000))
    found = record(uses, tmp_path, digest_of)
    assert {one.name: "changed_meanwhile" in json.loads(one.profile) for one in found.inputs} == {
        "same.csv": False,
        "other.csv": True,
    }


def test_no_link_of_a_chained_address_shows_its_credentials() -> None:
    assert shown_url("zip://a.csv::https://me:pw@host/a.zip") == "zip://a.csv::https://host/a.zip"
    assert shown_url("simplecache::s3://key:secret@bucket/x") == "simplecache::s3://bucket/x"
    assert shown_url("http://[::1]:80/x?sig=a") == "http://[::1]:80/x?sig=***"
