"""Recording: the port that a journal is drained to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from trackbook.core.events import Batch


class Recording(Protocol):
    """Where a journal is drained to."""

    def apply(self, batch: Batch) -> None:
        """Apply events and points in one transaction and keep `batch.cursor` with them.

        A batch whose cursor is already kept changes nothing.  What cannot be applied (a point of a run that was never
        started, say) is skipped and logged, never raised: one bad record must not hold back the rest.
        Staged artifacts are not its business; see `Artifacts.adopt`.
        """

    def cursor(self, journal_id: str) -> Mapping[str, Any] | None:
        """The last cursor kept for this journal; None where nothing of it was applied."""

    def forget(self, journal_id: str) -> None:
        """The journal is gone from disk: its cursor is not needed any more."""

    def end_abandoned(self, run_ids: Sequence[str], end_time: int) -> Sequence[str]:
        """End those of these runs that are still RUNNING as KILLED; the ids that were.

        Their error (`tags.ERROR_TYPE`, `tags.ERROR_MESSAGE`) says that their process died, and that it was last heard
        at `end_time`.
        """
