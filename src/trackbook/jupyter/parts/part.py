"""What every capture offers, so that a new one is a file of its own and one line in `listing`.

A run makes its own instance of each, so what `begin` notes for `end` is kept on the instance.  Each call is guarded on
its own: an error of one part is said with the run ("<name> could not be recorded") and concerns no other part.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from trackbook.capture.cells import CellExecution
    from trackbook.jupyter.outcome import Outcome
    from trackbook.jupyter.recording import CellRun

History = tuple["CellExecution", ...]


class Part(Protocol):
    """One kind of capture.  `Capture` does nothing in each step; derive from it and write the steps that are needed."""

    name: ClassVar[str]
    """As in "<name> could not be recorded": "the git state"."""

    def begin(self, cell_run: CellRun, namespace: Mapping[str, Any]) -> None:
        """On the cell's thread before its code runs: below a millisecond."""

    def collect(self, cell_run: CellRun) -> None:
        """On a thread of ours, right after the beginning, while the cell runs."""

    def end(self, cell_run: CellRun, outcome: Outcome, namespace: Mapping[str, Any], history: History) -> None:
        """On the cell's thread when its code has ended and its run has not: below a millisecond."""

    def after(self, cell_run: CellRun, history: History) -> None:
        """On a thread of ours once the run has ended, after `collect`, and before the kernel ends.

        What it logs through `cell_run.run` reaches the ended run by its id.  May take its time: cells that run
        meanwhile do not wait for it.
        """

    def heard(self, cell_run: CellRun) -> None:
        """On a thread of ours when `cell_run.live` is told, before `after` or later."""


class Capture:
    """A part whose steps do nothing."""

    name: ClassVar[str] = ""

    def begin(self, cell_run: CellRun, namespace: Mapping[str, Any]) -> None: ...

    def collect(self, cell_run: CellRun) -> None: ...

    def end(self, cell_run: CellRun, outcome: Outcome, namespace: Mapping[str, Any], history: History) -> None: ...

    def after(self, cell_run: CellRun, history: History) -> None: ...

    def heard(self, cell_run: CellRun) -> None: ...
