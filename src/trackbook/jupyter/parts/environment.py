"""Python, the machine, the installed packages, and the project's own lock files."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from trackbook.jupyter.parts.part import Capture
from trackbook.tracking.facts import keep_environment

if TYPE_CHECKING:
    from trackbook.jupyter.recording import CellRun


class EnvironmentPart(Capture):
    name: ClassVar[str] = "the environment"

    def collect(self, cell_run: CellRun) -> None:
        keep_environment(cell_run.run, cell_run.cell.place.folder)
