"""Python, the machine and the installed packages."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from trackbook.capture import environment
from trackbook.core import tags
from trackbook.jupyter.parts.part import Capture

if TYPE_CHECKING:
    from trackbook.jupyter.recording import CellRun


class EnvironmentPart(Capture):
    name: ClassVar[str] = "the environment"

    def collect(self, cell_run: CellRun) -> None:
        found = environment.environment()
        cell_run.run.log_text(environment.environment_json(found), tags.ENVIRONMENT_FILE)
        cell_run.run.log_text(environment.requirements_text(found), tags.REQUIREMENTS_FILE)
