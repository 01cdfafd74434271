"""The lease of open runs: a store that cannot see whether this process lives is told so, four times a lease."""

from __future__ import annotations

from time import monotonic as _monotonic
from typing import TYPE_CHECKING

from trackbook.core.clock import now_ms
from trackbook.core.events import TagsSet
from trackbook.core.tags import LEASE

if TYPE_CHECKING:
    from trackbook.journal.writer import Journal

LEASE_S = 120.0
"""How long a server takes a run for alive after the last word of its process."""


class Lease:
    """Of one process at one store; does nothing where the store needs none."""

    def __init__(self, *, needed: bool) -> None:
        self._needed, self._renew_at = needed, 0.0

    def renew(self, journal: Journal) -> None:
        """Say that this process still answers for its open runs, when it is time to."""
        if not self._needed or not journal.has_open_runs or _monotonic() < self._renew_at:
            return
        self._renew_at = _monotonic() + LEASE_S / 4
        until = str(now_ms() + int(LEASE_S * 1000))
        for run_id in journal.open_runs:
            journal.append(TagsSet(run_id, {LEASE: until}))
