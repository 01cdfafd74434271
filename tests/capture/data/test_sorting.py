"""Which files are data, and which way they went."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest

from trackbook.capture.data import opens
from trackbook.capture.data.sorting import FileUse, Sorter, Uses

READ, WRITE, BOTH = os.O_RDONLY, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, os.O_RDWR


def opening(path: object, flags: int | None = READ, mode: str | None = "r") -> opens.Opening:
    return (str(path), mode, flags, 0)


def sort(*openings: opens.Opening, begun_ns: int = 1 << 62, **more: list[str]) -> Uses:
    return Sorter().sort(openings, begun_ns, **more)


def way(uses: Uses) -> list[tuple[str, bool, bool]]:
    return [(Path(use.path).name, use.read, use.written) for use in uses.files]


@pytest.mark.parametrize(
    "path",
    [
        os.__file__,
        pytest.__file__.replace(".py", ".txt"),
        "/proc/cpuinfo",
        "/dev/null",
        "/sys/fs/cgroup/cpu.max",
        "/etc/hosts",
        "/usr/share/fonts/a.dat",
        str(Path.home() / ".cache" / "matplotlib" / "fontlist.json"),
        str(Path.home() / ".config" / "a.json"),
        str(Path.home() / ".keras" / "keras.json"),
        "/p/.git/config",
        "/p/__pycache__/a.dat",
        "/p/module.py",
        "/p/a.ipynb",
        "/p/Font.TTF",
        "/p/.trackbook/trackbook.db",
        "/p/own.db-wal",
    ],
)
def test_what_is_no_data(path: str) -> None:
    assert not Sorter([Path("/p/.trackbook"), Path("/p/own.db")]).is_data(path)


@pytest.mark.parametrize(
    "path",
    [
        "/p/a.csv",
        "/p/data",
        str(Path.home() / ".cache" / "huggingface" / "a.arrow"),
        "/v/lib/python3.11/site-packages/sklearn/datasets/data/iris.csv",
    ],
)
def test_what_is_data(path: str) -> None:
    assert Sorter([Path("/p/.trackbook")]).is_data(path)


def test_a_project_inside_the_interpreter_s_folder_has_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.prefix", "/conda")
    assert not Sorter(project=Path("/p")).is_data("/conda/mine/a.csv")
    assert Sorter(project=Path("/conda/mine")).is_data("/conda/mine/a.csv")


def test_read_written_and_both(tmp_path: Path) -> None:
    begun = time.time_ns() - 1_000_000_000
    old = begun - 10**9
    for name in ("read", "both_unchanged", "library"):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, ns=(old, old))
    for name in ("written", "written_then_read", "both", "library_out"):
        (tmp_path / name).touch()
    uses = sort(
        opening(tmp_path / "read"),
        opening(tmp_path / "written", WRITE, "w"),
        opening(tmp_path / "written_then_read", WRITE, "w"),
        opening(tmp_path / "written_then_read"),
        opening(tmp_path / "both", BOTH, "r+"),
        opening(tmp_path / "both_unchanged", BOTH, "r+"),
        opening(tmp_path / "library", None, opens.UNKNOWN),
        opening(tmp_path / "library_out", None, opens.UNKNOWN),
        begun_ns=begun,
    )
    assert way(uses) == [
        ("read", True, False),
        ("written", False, True),
        ("written_then_read", False, True),
        ("both", True, True),
        ("both_unchanged", True, False),
        ("library", True, False),
        ("library_out", False, True),
    ]
    assert [use.changed for use in uses.files if use.path.endswith("both")] == [True]


def test_pipes_sockets_folders_and_links_to_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    Path("folder").mkdir()
    Path("a.csv").touch()
    Path("link.csv").symlink_to("a.csv")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        names = ("pipe", "folder", "socket", "a.csv", "link.csv")
        uses = sort(*(opening(tmp_path / name) for name in names))
        assert way(uses) == [("a.csv", True, False)]
        assert uses.pipes == (str(tmp_path / "pipe"),)


def test_a_vanished_file_is_named_but_for_temporary_ones() -> None:
    uses = sort(opening("/nowhere/a.csv"), opening("/tmp/gone.csv"), opening("/nowhere/out.csv", WRITE, "w"))
    assert uses == Uses(gone=("/nowhere/a.csv",))


def test_named_files_count_where_they_were_not_seen(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).touch()
    uses = sort(opening(tmp_path / "a.png"), named=[str(tmp_path / "a.png"), str(tmp_path / "b.png")])
    assert [(Path(use.path).name, use.named) for use in uses.files] == [("a.png", False), ("b.png", True)]
    assert isinstance(uses.files[0], FileUse)


def test_addresses_but_for_local_ones_and_our_own() -> None:
    noted = [(text, opens.URL, None, 0) for text in ("s3://b/k", "file:///a", "s3://ours/x", "s3://b/k")]
    assert Sorter(own_urls=["s3://ours"]).sort(noted, 0).urls == ("s3://b/k",)
