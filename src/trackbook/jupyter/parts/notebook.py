"""The notebook's file, as it was saved last."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from trackbook.capture import notebook
from trackbook.core import tags
from trackbook.jupyter.parts.part import Capture

if TYPE_CHECKING:
    from trackbook.jupyter.recording import CellRun


class NotebookPart(Capture):
    name: ClassVar[str] = "the notebook's file"

    def collect(self, cell_run: CellRun) -> None:
        path = cell_run.cell.place.path
        data = None if path is None else notebook.read_notebook(path)
        if data is not None:
            cell_run.keep_text(tags.NOTEBOOK_FILE, data.decode("utf-8", "replace"))
