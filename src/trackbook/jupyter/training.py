"""`%track on`: each cell that trains becomes a run, opened from within at the moment when it does.

A cell trains that fits an estimator that predicts, calls a boosting library's `train`, takes a step of an optimizer, or
logs something.  Until then nothing is opened: a cell that only imports, plots or loads data makes no run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from trackbook.capture import training
from trackbook.jupyter import iopub
from trackbook.tracking import active

if TYPE_CHECKING:
    from trackbook.capture.training import Fit
    from trackbook.jupyter.frames import Frame
    from trackbook.tracking.run import ActiveRun


class Trainings:
    """Of the cells of one shell."""

    def __init__(self, shell: Any, open_run: Callable[[Frame, bool], None]) -> None:
        """`open_run(frame, shared)` opens the run of a cell; `shared` where another thread than the cell's asks."""
        self.on = False
        self._shell = shell
        self._open_run = open_run
        self._lock = threading.RLock()
        self._frame: Frame | None = None
        self._thread = 0

    def begin(self, frame: Frame) -> None:
        """A cell begins that no other runs."""
        if not self.on:
            return
        self._frame, self._thread = frame, threading.get_ident()
        active.opener = self._wanted
        frame.training = training.watch(partial(self._trained, frame))
        frame.listening = iopub.listen(self._shell)

    def end(self, frame: Frame) -> None:
        """The cell ends."""
        if frame.training is not None:
            frame.training.stop()
        if frame.listening is not None and frame.cell_run is None:
            frame.listening.stop()
        if frame is self._frame:
            self._frame = active.opener = None

    def _trained(self, frame: Frame, _fit: Fit) -> None:
        self._open(frame)

    def _wanted(self) -> ActiveRun | None:
        frame = self._frame
        if frame is None:
            return None
        self._open(frame)
        return None if frame.cell_run is None else frame.cell_run.run

    def _open(self, frame: Frame) -> None:
        with self._lock:
            if frame.cell_run is None and not frame.asked:
                frame.asked = True  # whatever comes of it, it is not tried again
                self._open_run(frame, threading.get_ident() != self._thread)
