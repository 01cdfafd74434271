"""A capture of one's own: each step at its time, each guarded on its own."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from trackbook.core import tags
from trackbook.jupyter.parts import listing
from trackbook.jupyter.parts.part import Capture

if TYPE_CHECKING:
    from conftest import Notebook

seen: list[tuple[str, bool]] = []


class Noting(Capture):
    name: ClassVar[str] = "the noted"

    def _note(self, step: str) -> None:
        seen.append((step, threading.current_thread() is threading.main_thread()))

    def begin(self, *_: Any) -> None:
        self._note("begin")

    def collect(self, _cell_run: Any) -> None:
        time.sleep(0.05)
        self._note("collect")

    def end(self, *_: Any) -> None:
        self._note("end")

    def after(self, cell_run: Any, history: Any) -> None:
        time.sleep(0.3)
        self._note("after")
        cell_run.run.set_tag("late", f"{cell_run.run.status} {len(history)}")
        cell_run.run.log_text("late", "late.txt")


class Broken(Capture):
    name: ClassVar[str] = "the broken"

    def begin(self, *_: Any) -> None:
        raise RuntimeError("in begin")

    collect = end = after = begin


@pytest.fixture(autouse=True)
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    seen.clear()
    monkeypatch.setattr(listing, "PARTS", (Broken, Noting, *listing.PARTS))


def test_each_step_is_taken_at_its_time_and_on_its_thread(notebook: Notebook) -> None:
    notebook.ran("%%track --quiet\nimport time\ntime.sleep(1.0)")
    assert seen == [("begin", True), ("collect", False), ("end", True)]
    assert notebook.hooks.workers.wait(5.0)
    assert seen[-1] == ("after", False)
    assert notebook.last.data.tags["late"] == "FINISHED 2"
    assert notebook.artifact(notebook.last, "late.txt") == "late"


def test_what_comes_after_a_run_is_awaited_at_unloading_and_holds_no_cell(bare: Notebook) -> None:
    bare.ran("%load_ext trackbook")
    bare.ran("%%track --quiet\nx = 1")
    bare.ran("%%track --quiet\nx = 2")
    assert ("after", False) not in seen
    bare.ran("%unload_ext trackbook")
    assert [run.data.tags["late"][:8] for run in bare.runs] == ["FINISHED", "FINISHED"]


def test_a_part_that_fails_is_said_with_the_run_and_stops_no_other(notebook: Notebook) -> None:
    notebook.ran("%%track --quiet\nC = 1")
    assert notebook.last.data.params == {"C": "1"}
    assert "the broken could not be recorded: RuntimeError: in begin" in notebook.last.data.tags[tags.WARNINGS]
