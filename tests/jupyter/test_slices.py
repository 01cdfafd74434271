"""What runs before a program is known takes its time beside the cells, which must not wait for it."""

from __future__ import annotations

import resource
import time
from threading import Thread

from trackbook.capture.cells import History
from trackbook.capture.program import Slicer
from trackbook.jupyter.slices import Turns


def test_a_thread_that_computes_steps_aside_again_and_again() -> None:
    rests: list[int] = []

    def compute() -> None:
        turns = Turns()
        while time.thread_time() < 0.05:
            turns()
        rests.append(resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw)

    thread = Thread(target=compute)
    thread.start()
    thread.join()
    assert rests[0] >= 20


def test_there_is_a_rest_before_each_step_of_a_cell() -> None:
    rests: list[None] = []
    history = History()
    history.add("a = 1\nfor b in range(3):\n    c = a + b")
    slicer = Slicer(lambda: rests.append(None))
    slicer.add(history.executions[0])
    assert len(rests) >= 3
