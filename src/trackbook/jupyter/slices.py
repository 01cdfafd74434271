"""The executed cells that a run depends on.

What earlier cells do with names is kept for the kernel's life: a run looks only at the cells since the last run.  All
of it happens on the thread of what comes after a run.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trackbook.capture.program import Files, Seen, Slice, Slicer
from trackbook.capture.state import Verdict, verdict_on
from trackbook.capture.state.top import Top
from trackbook.jupyter.watching import uses_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.capture.borders import Border
    from trackbook.capture.cells import CellExecution
    from trackbook.capture.state.document import DocumentCell
    from trackbook.jupyter.parts.part import History
    from trackbook.settings import Settings

LONGEST_S = 2.0
"""Processor time that one run may spend on the cells before it; the next run goes on from there."""
MOST_PATHS = 1_000
"""Of files that one cell read or wrote; one with more may have met any file."""


TURN_S = 0.001
REST_S = 0.0001
"""Long enough for a thread that waits to be woken."""
_sleep, _thread_time = time.sleep, time.thread_time


class Turns:
    """Lets the cells go on: a thread that computes would hold each of them up for 5 ms whenever it has waited."""

    def __init__(self) -> None:
        self._since = 0.0

    def __call__(self) -> None:
        """Called again and again, it lets other threads run after each millisecond of this one's processor time."""
        if abs(_thread_time() - self._since) > TURN_S:  # another thread has another clock
            _sleep(REST_S)
            self._since = _thread_time()


@dataclass(slots=True)
class _Kept:
    """The cells of this kernel that were looked at."""

    slicer: Slicer | None = None
    last: CellExecution | None = None
    seen: int = 0
    top: Top = field(default_factory=Top)


_kept = _Kept()


def slice_of(history: History, settings: Settings) -> Slice | None:
    """What the last execution of a history depends on; None where that takes too long to find out."""
    slicer = _looked_at(history, settings)
    return None if slicer is None else slicer.slice(history[-1].index)


def slice_so_far(history: History, settings: Settings) -> Slice | None:
    """As `slice_of`, while the last execution still runs: it is told by its text, and looked at anew afterwards."""
    slicer = _looked_at(history[:-1], settings)
    if slicer is None:
        return None
    slicer = slicer.copy()
    slicer.add(history[-1])
    return slicer.slice()


def _looked_at(history: History, settings: Settings) -> Slicer | None:
    """None where there was no time for all of them."""
    if _kept.slicer is None or _kept.seen > len(history) or (_kept.seen and history[_kept.seen - 1] is not _kept.last):
        _kept.slicer, _kept.seen = Slicer(Turns()), 0
    begun = _thread_time()
    for one in history[_kept.seen :]:
        if _thread_time() - begun > LONGEST_S:
            return None
        border = one.border
        _kept.slicer.add(one, None if border is None else _seen(border, settings))
        _kept.last, _kept.seen = one, _kept.seen + 1
    return _kept.slicer


def verdict_of(found: Slice, document: Sequence[DocumentCell] | None) -> Verdict:
    """Whether the document would run the same code from its top; unknown where that takes too long to find out."""
    begun = _thread_time()
    return verdict_on(found, document, _kept.top, lambda: _thread_time() - begun < LONGEST_S)


def _seen(border: Border, settings: Settings) -> Seen:
    files = _files(border, settings)
    return Seen(border.trace, files, border.integers, seeded=border.seed is not None, stop=border.stop)


def _files(border: Border, settings: Settings) -> Files:
    uses = uses_of(border, settings)
    read = [one.path for one in uses.files if one.read] + list(uses.gone)
    written = [one.path for one in uses.files if one.written]
    return Files(_some(read), _some(written))


def _some(paths: list[str]) -> frozenset[str]:
    return frozenset(paths) if len(paths) <= MOST_PATHS else Files.ANY
