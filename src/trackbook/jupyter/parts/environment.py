"""Python, the machine, the installed packages, and the project's own lock files."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from trackbook.capture import environment
from trackbook.capture.environment.locks import lock_files
from trackbook.capture.secrets import redact_file
from trackbook.core import tags
from trackbook.jupyter.parts.part import Capture

if TYPE_CHECKING:
    from trackbook.jupyter.recording import CellRun

_search = lru_cache(maxsize=8)(redact_file)
"""These texts are the same for many runs, and a long one takes a tenth of a second to search."""


class EnvironmentPart(Capture):
    name: ClassVar[str] = "the environment"

    def collect(self, cell_run: CellRun) -> None:
        run = cell_run.run
        found = environment.environment()
        cell_run.keep_text(tags.ENVIRONMENT_FILE, environment.environment_json(found), _search)
        cell_run.keep_text(tags.REQUIREMENTS_FILE, environment.requirements_text(found), _search)
        if found.broken:
            run.warn(f"the metadata of installed packages is broken: {', '.join(found.broken[:10])}")
        for name, data in lock_files(cell_run.cell.place.folder, run.session.settings.home.parent).items():
            cell_run.keep_text(f"{tags.LOCKS_FOLDER}/{name}", data.decode("utf-8", "replace"), _search)
