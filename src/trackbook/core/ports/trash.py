"""The trash: the port."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from trackbook.core.trash import Emptied, TrashedRun


class Trash(Protocol):
    """Deleted runs, until they are deleted for good.  Deleting a run leaves its children, as MLflow does."""

    def contents(self, older_than_ms: int | None = None) -> Sequence[TrashedRun]:
        """All deleted runs, or those deleted at least so many ms ago; longest deleted first."""

    def empty(self, run_ids: Sequence[str], *, force: bool = False) -> Emptied:
        """Delete these runs for good: every row of them, their files, what only they referred to.

        Kept, and said why: a run that is not in the trash, and unless `force` one that a registered model version
        points to or that is RUNNING.  Experiments of theirs that are deleted and hold no run any more go with them.
        Raises `NotFound` before anything is deleted.  Where it was interrupted call it again.
        """

    def empty_experiments(self, older_than_ms: int | None = None) -> Sequence[str]:
        """Delete for good the deleted experiments that hold no run; their names."""
