"""The git state of the notebook's repository, and what was not committed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from trackbook.capture import git
from trackbook.jupyter.parts.part import Capture
from trackbook.tracking.facts import keep_repository

if TYPE_CHECKING:
    from trackbook.jupyter.recording import CellRun


class RepositoryPart(Capture):
    name: ClassVar[str] = "the git state"

    def collect(self, cell_run: CellRun) -> None:
        place = cell_run.cell.place
        state = git.git_state(place.folder, place.origin or place.path)
        keep_repository(cell_run.run, place.folder, state, None if state is None else git.uncommitted(state))
