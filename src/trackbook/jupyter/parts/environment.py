"""Python, the machine, the installed packages, and the project's own lock files."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from trackbook.capture import environment
from trackbook.capture.environment.locks import lock_files
from trackbook.core import tags
from trackbook.jupyter.parts.part import Capture

if TYPE_CHECKING:
    from trackbook.jupyter.recording import CellRun


class EnvironmentPart(Capture):
    name: ClassVar[str] = "the environment"

    def collect(self, cell_run: CellRun) -> None:
        run = cell_run.run
        found = environment.environment()
        run.log_text(environment.environment_json(found), tags.ENVIRONMENT_FILE)
        run.log_text(environment.requirements_text(found), tags.REQUIREMENTS_FILE)
        if found.broken:
            run.warn(f"the metadata of installed packages is broken: {', '.join(found.broken[:10])}")
        for name, data in lock_files(cell_run.cell.place.folder, run.session.settings.home.parent).items():
            run.log_bytes(data, f"{tags.LOCKS_FOLDER}/{name}")
