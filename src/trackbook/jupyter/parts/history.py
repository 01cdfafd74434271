"""The cells that this kernel executed until now, in order.

A kernel of a thousand cells writes nearly the same history with each run: what was written, and searched for secrets,
is kept for the kernel's life.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from trackbook.capture import cells
from trackbook.capture.secrets import Finding, Redacted, redact
from trackbook.core import tags
from trackbook.jupyter.parts.part import Capture, History
from trackbook.jupyter.parts.sofar import executed_so_far

if TYPE_CHECKING:
    from trackbook.capture.cells import CellExecution
    from trackbook.jupyter.recording import CellRun

LEFT_OUT = "# left out: too long to be searched for secrets in time"


@dataclass(slots=True)
class _Kept:
    written: cells.Written = field(default_factory=cells.Written)
    findings: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    """Of each source that has any, by its hash."""
    left_out: set[str] = field(default_factory=set)
    """Sources that could not be searched."""
    lock: threading.Lock = field(default_factory=threading.Lock)


_kept = _Kept()


class HistoryPart(Capture):
    name: ClassVar[str] = "the history"

    def collect(self, cell_run: CellRun) -> None:
        if cell_run.is_over:
            return
        executions = executed_so_far(cell_run)  # a kernel that dies in the cell has left at least this
        with _kept.lock:
            cells.history_json(executions[:-1], _kept.written, _searched)
            known = _kept.written  # the running cell is to be written again when it has ended
            written = cells.Written([*known.executions], {**known.sources}, known.last)
        self._keep(cell_run, executions, written)

    def after(self, cell_run: CellRun, history: History) -> None:
        self._keep(cell_run, history, _kept.written)

    def _keep(self, cell_run: CellRun, history: History, written: cells.Written) -> None:
        with _kept.lock:
            text = cells.history_json(history, written, _searched)
            known = written.sources
            findings = [one for name, found in _kept.findings.items() if name in known for one in found]
            left_out = not _kept.left_out.isdisjoint(known)
        if left_out:
            cell_run.run.warn(f"{tags.HISTORY_FILE} lacks a source that is too long to be searched for secrets in time")
        cell_run.keep_text(tags.HISTORY_FILE, text, lambda path, text: Redacted(text, tuple(findings)))


def _searched(execution: CellExecution) -> str:
    """The source without its secrets."""
    found = redact(execution.source)
    if found.findings:
        _kept.findings[execution.source_hash] = found.findings
    if not found.complete:
        _kept.left_out.add(execution.source_hash)
        return LEFT_OUT
    return found.text
