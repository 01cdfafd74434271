"""The error that a cell ended with, and its traceback."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from trackbook.core import tags
from trackbook.jupyter.outcome import Outcome, error_message, traceback_text
from trackbook.jupyter.parts.part import Capture, History

if TYPE_CHECKING:
    from trackbook.jupyter.recording import CellRun


class OutcomePart(Capture):
    name: ClassVar[str] = "the cell's error"

    def __init__(self) -> None:
        self._traceback = ""

    def end(self, cell_run: CellRun, outcome: Outcome, namespace: Mapping[str, Any], history: History) -> None:
        error = outcome.error
        if error is None:
            return
        message = error_message(error)
        cell_run.run.set_tags({tags.ERROR_TYPE: type(error).__name__, tags.ERROR_MESSAGE: message})
        self._traceback = traceback_text(error, cell_run.shell)

    def after(self, cell_run: CellRun, history: History) -> None:
        if self._traceback:
            cell_run.keep_text(tags.TRACEBACK_FILE, self._traceback)
