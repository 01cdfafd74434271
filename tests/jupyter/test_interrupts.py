"""Interrupts at any moment of a cell, of what we do before it and of what we do after it."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from tests.jupyter.kernels import Kernel, KernelEnded, kernel_in
from tests.share import SOAK

from trackbook.core import interrupts

if TYPE_CHECKING:
    from pathlib import Path

TRIALS, LONGEST_S, SEED = 40 if SOAK else 15, 120, 7
CELL = "x = None\nfor i in range(20): wait(0.001)\nx = {n}\nx"
WARM = """
import threading
from time import sleep as wait
from sklearn.linear_model import Ridge
for one in threading.enumerate():
    if one.name == "trackbook-warm": one.join()
"""
LOST = "Exception ignored in: <function _get_module_lock"
TELL = "import json, trackbook as tb\nprint(json.dumps([x, str(tb.active_run())]))"
END = """
from trackbook.jupyter import extension
hooks = extension.loaded().hooks
assert hooks.workers.wait(30) and hooks.guard.failures == []
found = tb.search_runs(output_format="list")
print(json.dumps([[one.info.run_name, one.info.status] for one in found]))
"""


@dataclass
class Trials:
    """Cells interrupted at a random moment, from before they begin until after they have ended."""

    delays: random.Random
    interrupted: dict[str, bool] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    """What the kernel itself lost: an interrupt that meets its own code around a cell ends the cell without a reply,
    or the kernel, with us and without."""
    n: int = 0
    took_s: float = 0.1

    def interrupt(self, kernel: Kernel, process: int) -> None:
        n, name = self.n, f"t{self.n}"
        self.n += 1
        first = (
            f"%%track {'--quiet ' if n % 4 else ''}--name {name}" if n % 2 else "_ = Ridge().fit([[0], [1]], [0, 1])"
        )
        timer = threading.Timer(self.delays.uniform(0, 1.5 * self.took_s), os.kill, (process, signal.SIGINT))
        sent = time.monotonic()
        timer.start()
        try:
            output = kernel.run(f"{first}\n{CELL.format(n=n)}")
        except KernelEnded:
            self.lost.add(name)
            raise
        finally:
            timer.join()
        self.took_s = min(0.5 * self.took_s + 0.5 * (time.monotonic() - sent), 0.5)
        errors = [one["ename"] for one in output.of("error")]
        assert errors in ([], ["KeyboardInterrupt"]), output.of("error")
        told = json.loads(kernel.run(TELL).text)
        assert told[1] == "None"
        if not errors and not kernel.answered(output):
            self.lost.add(name)
            return
        # An interrupt in a callback of Python's import is shown and lost, with us and without.
        assert output.text == "" or output.text.startswith(LOST), output.text
        if not errors:
            assert told[0] == n
        self.interrupted[name] = bool(errors)


@pytest.mark.soak
def test_the_cell_is_interrupted_as_it_would_be_and_its_run_says_so(tmp_path: Path) -> None:
    trials, began = Trials(random.Random(SEED)), time.monotonic()
    runs = []
    for _ in range(3):
        try:
            with kernel_in(tmp_path) as kernel:
                for _ in range(2):
                    kernel.run(WARM)
                kernel.run("x = None\n%track on")
                process = json.loads(kernel.run("import os; print(os.getpid())").text)
                kernel.run("%%track --quiet\nx = 1")
                while trials.n < TRIALS and time.monotonic() - began < LONGEST_S:
                    trials.interrupt(kernel, process)
                runs = json.loads(kernel.run(END).text)
                break
        except KernelEnded as ended:
            if ended.code != 0:
                raise
    assert len(trials.lost) <= TRIALS // 5
    assert len(trials.interrupted) > 10
    assert {True, False} == set(trials.interrupted.values())
    for name, status in runs:
        assert status in ("FINISHED", "KILLED") or name in trials.lost
        if name in trials.interrupted:
            assert (status == "KILLED") == trials.interrupted[name]


def test_an_interrupt_of_ours_comes_to_the_cell_later() -> None:
    with interrupts.held():
        with interrupts.held():
            signal.raise_signal(signal.SIGINT)
        done = True
    assert done
    with pytest.raises(KeyboardInterrupt):
        time.sleep(10)


def test_an_interrupt_after_the_cell_hits_nothing() -> None:
    before = signal.getsignal(signal.SIGINT)
    with interrupts.held(given_on=False):
        signal.raise_signal(signal.SIGINT)
    time.sleep(0.05)
    assert signal.getsignal(signal.SIGINT) is before
