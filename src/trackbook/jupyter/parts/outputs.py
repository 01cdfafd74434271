"""What the cell displayed and printed, from what the shell remembers of it.

IPython keeps streams and results of each cell by itself, and ipykernel offers hooks that see a display on its way: a
cell's own streams are not touched, so nothing can be swallowed or shown twice.  What was printed by an async cell in a
kernel, or displayed by another thread, is not remembered there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from trackbook.capture import outputs
from trackbook.capture.outputs import DISPLAY, MOST_OUTPUTS, RESULT, STREAM, Seen
from trackbook.core import tags
from trackbook.jupyter.parts.part import Capture, History

if TYPE_CHECKING:
    from trackbook.jupyter.outcome import Outcome
    from trackbook.jupyter.recording import CellRun

_STREAMS = {"out_stream": "stdout", "err_stream": "stderr"}


class OutputsPart(Capture):
    name: ClassVar[str] = "the outputs"

    def __init__(self) -> None:
        self._remembered: list[Any] = []
        self._displays: list[tuple[int, Seen]] = []
        """With each the number of outputs that IPython remembered before it."""
        self._unhook: Callable[[], object] | None = None

    def begin(self, cell_run: CellRun, namespace: Mapping[str, Any]) -> None:
        publisher = cell_run.shell.display_pub
        if not hasattr(publisher, "register_hook") or getattr(publisher, "store_display_history", False):
            return

        def see(message: Any) -> Any:
            with suppress(Exception):  # the user's display goes on, whatever its shape
                self._see(cell_run, message)
            return message

        publisher.register_hook(see)
        self._unhook = lambda: publisher.unregister_hook(see)

    def _see(self, cell_run: CellRun, message: Any) -> None:
        if message.get("msg_type") == DISPLAY and len(self._displays) < MOST_OUTPUTS:
            before = len(_remembered(cell_run))
            self._displays.append((before, Seen(DISPLAY, data=dict(message["content"]["data"]))))

    def end(self, cell_run: CellRun, outcome: Outcome, namespace: Mapping[str, Any], history: History) -> None:
        if self._unhook is not None:
            self._unhook()
        self._remembered = list(_remembered(cell_run))

    def after(self, cell_run: CellRun, history: History) -> None:
        seen = [(number + 0.5, one) for number, remembered in enumerate(self._remembered) if (one := _seen(remembered))]
        ordered = sorted([*seen, *self._displays], key=lambda pair: pair[0])
        found = outputs.collect((one for _, one in ordered), cell_run.cell.execution_count)
        self._remembered, self._displays = [], []
        if not found.outputs:
            return
        cell_run.keep_text(tags.OUTPUTS_FILE, found.json())
        for name, content in found.figures.items():
            path = f"{tags.FIGURES_FOLDER}/{name}"
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
