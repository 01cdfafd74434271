"""What the cell displayed and printed: in a kernel what it sent, in a plain shell what IPython remembers.

A cell's own streams are not touched, so nothing can be swallowed or shown twice.  In a kernel all counts that is sent
for the cell's request until it is over: what its threads, coroutines and child processes print, figures that are shown
behind the last line, and the state that `clear_output` and updates leave in the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from trackbook.capture import outputs
from trackbook.capture.outputs import DISPLAY, RESULT, STREAM, Seen
from trackbook.core import tags
from trackbook.jupyter import iopub
from trackbook.jupyter.parts.part import Capture, History
from trackbook.tracking.executions import figures_folder

if TYPE_CHECKING:
    from trackbook.capture.screen import Screen
    from trackbook.jupyter.outcome import Outcome
    from trackbook.jupyter.recording import CellRun

_STREAMS = {"out_stream": "stdout", "err_stream": "stderr"}


class OutputsPart(Capture):
    name: ClassVar[str] = "the outputs"

    def __init__(self) -> None:
        self._remembered: list[Any] = []
        self._listening: iopub.Listening | None = None
        self._screen: Screen | None = None

    def begin(self, cell_run: CellRun, namespace: Mapping[str, Any]) -> None:
        self._listening = cell_run.listening or iopub.listen(cell_run.shell)

    def end(self, cell_run: CellRun, outcome: Outcome, namespace: Mapping[str, Any], history: History) -> None:
        if self._listening is None:
            self._remembered = list(_remembered(cell_run))
        elif self._listening.nested:
            with suppress(Exception):  # the cell's own stream
                iopub.flush()
            self._screen = self._listening.stop()

    def after(self, cell_run: CellRun, history: History) -> None:
        if self._listening is None:
            self._keep(cell_run, [one for remembered in self._remembered if (one := _seen(remembered))])
            self._remembered = []
            return
        screen = self._screen or self._listening.stop(iopub.IDLE_WAIT_S)
        self._keep(cell_run, screen.shown(), screen.left_out)

    def _keep(self, cell_run: CellRun, seen: Iterable[Seen], left_out: Iterable[str] = ()) -> None:
        folder = figures_folder(cell_run.run.record_folder)
        found = outputs.collect(seen, cell_run.cell.execution_count, folder)
        found.left_out += [sentence for sentence in left_out if sentence not in found.left_out]
        if not found.outputs:
            return
        cell_run.keep_text(tags.OUTPUTS_FILE, found.json())
        for name, content in found.figures.items():
            path = f"{folder}/{name}"
            if name.endswith(".svg"):
                cell_run.keep_text(path, content.decode("utf-8", "replace"))
            else:
                cell_run.run.log_bytes(content, path)
        for sentence in found.left_out:
            cell_run.run.warn(sentence)


def _remembered(cell_run: CellRun) -> list[Any]:
    """What IPython's history has of the cell's outputs; none in one too old to keep them."""
    kept = getattr(cell_run.shell.history_manager, "outputs", None) or {}
    count = cell_run.cell.execution_count
    return [] if count is None else list(kept.get(count, ()))


def _seen(remembered: Any) -> Seen | None:
    kind, bundle = remembered.output_type, remembered.bundle
    if kind in _STREAMS:
        pieces = bundle["stream"]
        return Seen(STREAM, _STREAMS[kind], [pieces] if isinstance(pieces, str) else pieces)
    return Seen(kind, data=bundle) if kind in (DISPLAY, RESULT) else None
