"""The project's own modules that are imported when the cell has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from trackbook.jupyter.parts.part import Capture
from trackbook.tracking.facts import keep_modules

if TYPE_CHECKING:
    from trackbook.jupyter.parts.part import History
    from trackbook.jupyter.recording import CellRun


class ModulesPart(Capture):
    name: ClassVar[str] = "the project's modules"

    def after(self, cell_run: CellRun, history: History) -> None:
        keep_modules(cell_run.run, [cell_run.run.session.settings.home.parent, cell_run.cell.place.folder])
