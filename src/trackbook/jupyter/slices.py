"""The executed cells that a run depends on.

What earlier cells do with names is kept for the kernel's life: a run looks only at the cells since the last run.  All
of it happens on the thread of what comes after a run.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.capture.program import Files, Slice, Slicer
from trackbook.jupyter.watching import uses_of

if TYPE_CHECKING:
    from trackbook.capture.borders import Border
    from trackbook.capture.cells import CellExecution
    from trackbook.jupyter.parts.part import History
    from trackbook.settings import Settings

LONGEST_S = 2.0
"""Processor time that one run may spend on the cells before it; the next run goes on from there."""
MOST_PATHS = 1_000
"""Of files that one cell read or wrote; one with more may have met any file."""


@dataclass(slots=True)
class _Kept:
    """The cells of this kernel that were looked at."""

    slicer: Slicer | None = None
    last: CellExecution | None = None
    seen: int = 0


_kept = _Kept()


def slice_of(history: History, settings: Settings) -> Slice | None:
    """What the last execution of a history depends on; None where that takes too long to find out."""
    if _kept.slicer is None or _kept.seen > len(history) or (_kept.seen and history[_kept.seen - 1] is not _kept.last):
        _kept.slicer, _kept.seen = Slicer(), 0
    begun = time.thread_time()
    for one in history[_kept.seen :]:
        if time.thread_time() - begun > LONGEST_S:
            return None
        border = one.border
        if border is None:
            _kept.slicer.add(one)
        else:
            _kept.slicer.add(one, border.trace, _files(border, settings))
        _kept.last, _kept.seen = one, _kept.seen + 1
    return _kept.slicer.slice(history[-1].index)


def _files(border: Border, settings: Settings) -> Files:
    uses = uses_of(border, settings)
    read = [one.path for one in uses.files if one.read] + list(uses.gone)
    written = [one.path for one in uses.files if one.written]
    return Files(_some(read), _some(written))


def _some(paths: list[str]) -> frozenset[str]:
    return frozenset(paths) if len(paths) <= MOST_PATHS else Files.ANY
