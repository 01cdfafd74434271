"""The git state of the notebook's repository, and what was not committed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from trackbook.capture import git
from trackbook.core import tags
from trackbook.jupyter.parts.part import Capture

if TYPE_CHECKING:
    from trackbook.jupyter.recording import CellRun


class RepositoryPart(Capture):
    name: ClassVar[str] = "the git state"

    def collect(self, cell_run: CellRun) -> None:
        place = cell_run.cell.place
        state = git.git_state(place.folder, place.path)
        if state is None:
            return
        known = {tags.GIT_COMMIT: state.commit, tags.GIT_BRANCH: state.branch, tags.GIT_REPOSITORY: state.remote}
        given = {key: text for key, text in known.items() if text is not None}
        if state.dirty is not None:
            given[tags.GIT_DIRTY] = str(state.dirty).lower()
        cell_run.run.set_tags(given)
        diff = git.uncommitted(state)
        if diff is not None and diff.data:
            cell_run.keep_text(tags.DIFF_FILE, diff.data.decode("utf-8", "replace"))
            if diff.cut:
                cell_run.run.warn(f"the uncommitted changes are cut after {git.MOST_DIFF_BYTES} bytes")
