"""Steps in the background that take long, or never end: no cell waits for them, and no kernel's end for ever."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from tests.jupyter.kernels import LAST, kernel_in
from tests.share import share

from trackbook.jupyter import recording
from trackbook.jupyter.parts.listing import PARTS
from trackbook.jupyter.parts.repository import RepositoryPart

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Notebook

IN_BACKGROUND = share(((kind, step) for kind in PARTS for step in ("collect", "after") if step in vars(kind)), 3)
TITLES = [f"{kind.__name__}.{step}" for kind, step in IN_BACKGROUND]
LONGEST_CELL_S, LONGEST_END_S = 3.0, 40.0
"""With room for a machine that is busy with other things; each step would take longer."""
STUCK = """
import threading
from trackbook.jupyter.parts.listing import PARTS
def never(*_): threading.Event().wait()
for kind in PARTS:
    for step in ("collect", "after"):
        if step in vars(kind): setattr(kind, step, never)
"""


@pytest.mark.soak
@pytest.mark.parametrize(("owner", "step"), IN_BACKGROUND, ids=TITLES)
def test_a_step_that_takes_long_holds_no_cell(
    shared: Notebook, monkeypatch: pytest.MonkeyPatch, owner: Any, step: str
) -> None:
    goes_on, entered = threading.Event(), threading.Event()

    def slow(*_: Any) -> None:
        entered.set()
        goes_on.wait(60)

    shared.ran("%%track --quiet\nC = 0")  # the first one of all has modules to wait for
    assert shared.hooks.workers.wait(30)
    with monkeypatch.context() as patch:
        patch.setattr(owner, step, slow)
        try:
            for source in ("%%track --quiet\nC = 1\nC + 1", "C = 1\nC + 1", "%%track --quiet\nC = 2\nC"):
                begun = time.monotonic()
                assert shared.ran(source) == 2
                assert time.monotonic() - begun < LONGEST_CELL_S
            assert entered.wait(10)
        finally:
            goes_on.set()
        assert shared.hooks.workers.wait(30)
    assert [run.info.status for run in shared.runs[-2:]] == ["FINISHED", "FINISHED"]
    assert shared.hooks.guard.failures == []


def test_a_card_of_text_is_printed_without_what_it_does_not_show(
    shared: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = threading.Event()
    shared.ran("%%track --quiet\nC = 0")
    assert shared.hooks.workers.wait(30)
    monkeypatch.setattr(recording, "FACTS_WAIT_S", 60.0)
    monkeypatch.setattr(RepositoryPart, "collect", lambda *_: goes_on.wait(60))
    try:
        begun = time.monotonic()
        ran = shared.run("%%track\nC = 3\ntwice = C * 2")
        assert time.monotonic() - begun < 30
    finally:
        goes_on.set()
    assert "params: C = 3\nmetrics: twice = 6" in ran.stdout
    assert shared.hooks.workers.wait(30)


def test_a_look_at_files_that_takes_long_holds_no_cell(
    shared: Notebook, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    goes_on = threading.Event()
    (tmp_path / "a.csv").write_text("1")
    monkeypatch.setattr("trackbook.jupyter.watching._sort", lambda *_: goes_on.wait(60))
    begun = time.monotonic()
    shared.ran(f"with open({str(tmp_path / 'a.csv')!r}) as file: text = file.read()")
    shared.ran("%%track --quiet\nC = 1")
    assert time.monotonic() - begun < LONGEST_CELL_S
    goes_on.set()
    monkeypatch.undo()
    assert shared.hooks.workers.wait(30)


def test_a_step_that_never_ends_does_not_keep_the_kernel(tmp_path: Path) -> None:
    with kernel_in(tmp_path) as kernel:
        kernel.run(STUCK)
        for _ in range(2):
            assert not kernel.run("%%track --quiet\nlr = 0.25\nloss = lr * 2").of("error")
        begun = time.monotonic()
        kernel.client.shutdown()
        while kernel.manager.is_alive() and time.monotonic() - begun < LONGEST_END_S:
            time.sleep(0.1)
        assert not kernel.manager.is_alive()
    code = LAST + "print(r.info.status, r.data.metrics)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "FINISHED {'loss': 0.5}\n", done.stderr
