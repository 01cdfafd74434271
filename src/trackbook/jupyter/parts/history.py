"""The cells that this kernel executed until now, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from trackbook.capture import cells
from trackbook.core import tags
from trackbook.jupyter.parts.part import Capture, History

if TYPE_CHECKING:
    from trackbook.jupyter.recording import CellRun


class HistoryPart(Capture):
    name: ClassVar[str] = "the history"

    def after(self, cell_run: CellRun, history: History) -> None:
        cell_run.keep_text(tags.HISTORY_FILE, cells.history_json(history))
