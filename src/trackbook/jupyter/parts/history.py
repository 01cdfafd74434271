"""The cells that this kernel executed until now, in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from trackbook.capture import cells
from trackbook.core import tags
from trackbook.jupyter.parts.part import Capture, History

if TYPE_CHECKING:
    from trackbook.jupyter.outcome import Outcome
    from trackbook.jupyter.recording import CellRun


class HistoryPart(Capture):
    name: ClassVar[str] = "the history"

    def end(self, cell_run: CellRun, outcome: Outcome, namespace: Mapping[str, Any], history: History) -> None:
        cell_run.run.log_text(cells.history_json(history), tags.HISTORY_FILE)
