"""Our parsing in other threads and that of a cell do not disturb each other."""

from __future__ import annotations

import ast
import dis
import gc
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from trackbook.capture import parsing
from trackbook.capture.parsing import forget, parsed

SOURCE = "\n".join(f"x_{number} = [0.5 * value for value in range({number})]" for number in range(60))
TRIED_S = 1.5


def test_what_parses_is_a_tree_and_the_rest_is_none() -> None:
    tree = parsed("a = 1\nawait b")
    assert tree is not None
    assert len(tree.body) == 2
    for source in ("a = ", "\0", "(" * 1000, "x = '\ud800'"):
        assert parsed(source) is None
    assert gc.isenabled()


def test_a_cell_that_parses_at_the_same_time_does_not_fail() -> None:
    """With a callback in each collection, as profilers and finalizers run it, one in five fails otherwise."""
    over = threading.Event()
    trees = []

    def parse_beside() -> None:
        while not over.is_set():
            trees.append(parsed(SOURCE) is not None)

    def called(phase: str, info: dict[str, int]) -> None: ...

    gc.callbacks.append(called)
    beside = threading.Thread(target=parse_beside)
    beside.start()
    try:
        end = time.monotonic() + TRIED_S
        while time.monotonic() < end:
            ast.parse(SOURCE)
    finally:
        over.set()
        beside.join()
        gc.callbacks.remove(called)
    assert trees
    assert all(trees)


def test_the_collector_is_left_as_the_user_has_it() -> None:
    """Also where the user switches it in the middle of a parsing of ours."""
    over = threading.Event()

    def parse_beside() -> None:
        while not over.is_set():
            parsed(SOURCE)

    before = gc.get_threshold()
    beside = threading.Thread(target=parse_beside)
    beside.start()
    try:
        end = time.monotonic() + TRIED_S
        while time.monotonic() < end:
            gc.disable()
            time.sleep(0.0005)
            assert not gc.isenabled()
            gc.enable()
    finally:
        over.set()
        beside.join()
        gc.enable()
    assert gc.get_threshold() == before


def test_an_interrupt_at_any_moment_leaves_the_collector_as_it_was() -> None:
    """Python looks for one after each call and at the top of each function: each of these in turn."""
    before, met, interrupted = gc.get_threshold(), 0, True
    looked = {dis.opmap[name] for name in ("RESUME", "CALL", "CALL_FUNCTION_EX", "JUMP_BACKWARD")}
    last = -1

    def tracing(frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        nonlocal met, last
        if frame.f_code.co_filename != parsing.__file__:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            met += last in looked
            last = frame.f_code.co_code[frame.f_lasti]
            if met == at:
                raise KeyboardInterrupt
        return tracing

    parsed("a = 1")  # from now on each one takes the same steps
    at = 0
    while interrupted:
        met, at, last = 0, at + 1, -1
        sys.settrace(tracing)
        try:
            parsed("a = 1")
            interrupted = False
        except KeyboardInterrupt:
            pass
        finally:
            sys.settrace(None)
        assert gc.get_threshold() == before, at
    assert at > 5


def test_afterwards_the_collector_tells_nobody() -> None:
    before = list(gc.callbacks)
    parsed("a = 1")
    forget()
    assert [one for one in gc.callbacks if one not in before] == []
