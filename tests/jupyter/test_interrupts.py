"""Interrupts at any moment of a cell, of what we do before it and of what we do after it."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from typing import TYPE_CHECKING

import pytest
from tests.jupyter.kernels import kernel_in
from tests.share import SOAK

from trackbook.jupyter import interrupts

if TYPE_CHECKING:
    from pathlib import Path

TRIALS, LONGEST_S, SEED = 40 if SOAK else 15, 60, 7
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


@pytest.mark.soak
def test_the_cell_is_interrupted_as_it_would_be_and_its_run_says_so(tmp_path: Path) -> None:
    delays = random.Random(SEED)
    interrupted: dict[str, bool] = {}
    with kernel_in(tmp_path) as kernel:
        for _ in range(2):
            kernel.run(WARM)
        kernel.run("%track on")
        process = json.loads(kernel.run("import os; print(os.getpid())").text)
        kernel.run("%%track --quiet\nx = 1")
        took_s, began = 0.1, time.monotonic()
        for n in range(TRIALS):
            name = f"t{n}"
            first = (
                f"%%track {'--quiet ' if n % 4 else ''}--name {name}"
                if n % 2
                else "_ = Ridge().fit([[0], [1]], [0, 1])"
            )
            timer = threading.Timer(delays.uniform(0, 1.5 * took_s), os.kill, (process, signal.SIGINT))
            sent = time.monotonic()
            timer.start()
            output = kernel.run(f"{first}\n{CELL.format(n=n)}")
            took_s = min(0.5 * took_s + 0.5 * (time.monotonic() - sent), 0.5)
            timer.join()
            errors = [one["ename"] for one in output.of("error")]
            assert errors in ([], ["KeyboardInterrupt"]), output.of("error")
            # An interrupt in a callback of Python's import is shown and lost, with us and without.
            assert output.text == "" or output.text.startswith(LOST), output.text
            told = json.loads(kernel.run(TELL).text)
            assert told[1] == "None"
            if not errors:
                assert told[0] == n
            interrupted[name] = bool(errors)
            if time.monotonic() - began > LONGEST_S:
                break
        runs = json.loads(kernel.run(END).text)
    assert len(interrupted) > 10
    assert {True, False} == set(interrupted.values())
    for name, status in runs:
        assert status in ("FINISHED", "KILLED")
        if name in interrupted:
            assert (status == "KILLED") == interrupted[name]


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
