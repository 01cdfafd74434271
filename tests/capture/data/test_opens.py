"""What is noted of openings, and what is not."""

# The built-in `open` is what is tested.
# ruff: noqa: PTH123, SIM115
from __future__ import annotations

import os
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from trackbook.capture.data import opens


def paths(openings: tuple[opens.Opening, ...]) -> list[str]:
    return [one[0] if isinstance(one[0], str) else str(Path(*one[0])) for one in openings]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    np.save(tmp_path / "a.npy", np.arange(4))
    return tmp_path


def test_openings_are_noted_while_a_watch_lasts(folder: Path) -> None:
    Path("a.csv").read_text()
    watch = opens.watch()
    Path("a.csv").read_text()
    pd.read_csv("a.csv")
    np.load("a.npy", mmap_mode="r")
    with open(b"a.csv", "rb"):
        pass
    found = [path for path in paths(watch.stop()) if path.startswith(str(folder))]
    Path("a.csv").read_text()
    assert found == [str(folder / name) for name in ["a.csv"] * 2 + ["a.npy"] * 3 + ["a.csv"]]
    assert [path for path in paths(watch.stop()) if path.startswith(str(folder))] == found


def test_a_relative_path_belongs_to_the_folder_of_its_moment(folder: Path) -> None:
    (folder / "deep").mkdir()
    (folder / "deep" / "b.csv").touch()
    watch = opens.watch()
    os.chdir("deep")
    open("b.csv").close()
    os.chdir("..")
    assert str(folder / "deep" / "b.csv") in paths(watch.stop())


def test_watches_may_lie_in_each_other(folder: Path) -> None:
    outer = opens.watch()
    inner = opens.watch()
    open("a.csv").close()
    assert str(folder / "a.csv") in paths(inner.stop())
    open("a.npy", "rb").close()
    assert {str(folder / "a.csv"), str(folder / "a.npy")} <= set(paths(outer.stop()))
    assert str(folder / "a.npy") not in paths(inner.stop())


def test_our_own_threads_and_numbers_are_left_out(folder: Path) -> None:
    opened, go = threading.Event(), threading.Event()

    def work() -> None:
        open("a.npy", "rb").close()
        opened.set()
        go.wait(5)

    watch = opens.watch()
    thread = threading.Thread(target=work, name="trackbook-worker")
    thread.start()
    opened.wait(5)
    handle = os.open("a.csv", os.O_RDONLY)
    with open(handle):
        pass
    found = [path for path in paths(watch.stop()) if path.startswith(str(folder))]
    go.set()
    thread.join()
    assert found == [str(folder / "a.csv")]


def test_a_refused_opening_raises_the_user_s_own_error(folder: Path) -> None:
    watch = opens.watch()
    with pytest.raises(FileNotFoundError):
        open("nowhere.csv")
    with pytest.raises(TypeError):
        open(object())  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="null"):
        open("a\0b")
    watch.stop()
