"""The project's own modules that are imported when the cell has ended."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import trackbook
from trackbook.capture.modules import local_modules, modules_json
from trackbook.core import tags
from trackbook.jupyter.parts.part import Capture

if TYPE_CHECKING:
    from trackbook.jupyter.parts.part import History
    from trackbook.jupyter.recording import CellRun


class ModulesPart(Capture):
    name: ClassVar[str] = "the project's modules"

    def after(self, cell_run: CellRun, history: History) -> None:
        run = cell_run.run
        folders = [run.session.settings.home.parent, cell_run.cell.place.folder]
        found = local_modules(sys.modules, folders, [Path(trackbook.__file__).parent])
        if found:
            cell_run.keep_text(tags.MODULES_FILE, modules_json(found))
        edited = [one.name for one in found if one.edited_since_import]
        if edited:
            names = ", ".join(edited[:5])
            run.warn(f"edited after they were imported, so that older code may have run: {names}")
