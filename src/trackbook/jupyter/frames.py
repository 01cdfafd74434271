"""The cells that are being executed: a stack for each thread.

A stack, because a cell may run another (`%%capture`, `run_cell`).  Frames are told apart by the `ExecutionInfo` that
both hooks are given, so that one whose end was never heard is found.  Cells of a kernel's subshells run in threads of
their own and have stacks of their own.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trackbook.capture.training import Watch
    from trackbook.jupyter.iopub import Listening
    from trackbook.jupyter.recording import CellRun
    from trackbook.jupyter.watching import Watching


@dataclass(slots=True)
class Frame:
    """A cell that is being executed."""

    info: Any
    start_ms: int
    started: float
    request: str | None
    """The kernel's request: cells that this one runs share it, the next cell has another."""
    watching: Watching | None = None
    training: Watch | None = None
    listening: Listening | None = None
    """What it displayed until its run was opened is heard, too."""
    asked: bool = False
    """The cell trained, and its run was to be opened for that."""
    cell_run: CellRun | None = None


class Frames:
    def __init__(self) -> None:
        self._stacks: dict[int, list[Frame]] = {}

    def __iter__(self) -> Iterator[Frame]:
        """Of all threads."""
        return (frame for stack in [*self._stacks.values()] for frame in stack)

    def stack(self) -> list[Frame]:
        """This thread's, the innermost cell last; changed by who asks for it."""
        return self._stacks.setdefault(threading.get_ident(), [])

    def stack_with(self, frame: Frame) -> list[Frame]:
        """The stack that a frame is on, whichever thread's."""
        return next((stack for stack in [*self._stacks.values()] if frame in stack), [])

    def take(self) -> Iterator[Frame]:
        """Take all off their stacks, the innermost first."""
        for stack in [*self._stacks.values()]:
            while stack:
                yield stack.pop()


def frame_of(result: Any, frames: list[Frame]) -> Frame | None:
    """The frame that ended.  No result is told for a cell torn down: then it is the innermost.

    Where running the cell raised (a traceback that could not be shown, an interrupt between two steps), IPython makes a
    new `ExecutionInfo`, which is known by its source.
    """
    info = getattr(result, "info", None)
    if info is None:
        return frames[-1] if frames else None
    for same in (lambda frame: frame.info is info, lambda frame: frame.info.raw_cell == info.raw_cell):
        found = next((frame for frame in reversed(frames) if same(frame)), None)
        if found is not None:
            return found
    return None


def request_of(shell: Any) -> str | None:
    """The id of the request that the kernel is serving; None without a kernel."""
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return None
    header = kernel.get_parent().get("header", {})
    request: str | None = header.get("msg_id")
    return request
