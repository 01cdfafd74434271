"""The slice that running a document from its top would give.

Cells are looked at as if they had been executed in their order; what is known of the ones above is kept, since from run
to run they mostly stay what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from trackbook.capture import cells
from trackbook.capture.cells import CellExecution
from trackbook.capture.program.seen import Seen
from trackbook.capture.program.slicer import Slice, Slicer
from trackbook.capture.sources import body
from trackbook.capture.state.document import DocumentCell


@dataclass(frozen=True, slots=True)
class _Step:
    cell: DocumentCell
    seen: Seen | None


class TooLong(Exception):
    """There was no time to look at all cells above."""


class Top:
    """Of one document; for a kernel's life."""

    def __init__(self) -> None:
        self._slicer = Slicer()
        self._steps: list[_Step] = []

    def slice(
        self,
        document: Sequence[DocumentCell],
        last: int,
        seen: Mapping[str, Seen],
        go_on: Callable[[], bool] = lambda: True,
    ) -> Slice:
        """The slice of the cell at `last`.  `seen` maps the code of a cell to what it was seen to do.

        Raises `TooLong` where `go_on` says so before the end.
        """
        steps = [_Step(cell, seen.get(code_of(cell.source))) for cell in document[: last + 1]]
        above = steps[:-1]
        if self._steps != above[: len(self._steps)]:
            self._slicer, self._steps = Slicer(), []
        for step in above[len(self._steps) :]:
            if not go_on():
                raise TooLong
            _add(self._slicer, step)
            self._steps.append(step)
        slicer = self._slicer.copy()
        _add(slicer, steps[-1], ends_as_seen=True)
        return slicer.slice()


def code_of(source: str) -> str:
    """What counts of a cell: not its `%%track` line, and no spaces at its end."""
    return body(source).rstrip()


def _add(slicer: Slicer, step: _Step, *, ends_as_seen: bool = False) -> None:
    """Whoever runs the notebook goes on behind a cell that was seen to raise only where it may."""
    raises = (ends_as_seen or step.cell.may_raise) and step.seen is not None and step.seen.stop is not None
    outcome = cells.ERROR if raises else cells.OK
    execution = CellExecution(len(slicer), "", step.cell.source, step.cell.cell_id, outcome=outcome)
    slicer.add(execution, step.seen)
