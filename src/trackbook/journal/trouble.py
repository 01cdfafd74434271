"""The one place that knows what to do when the disk refuses.

A log call never raises for an I/O error: `DiskTrouble` tells the user once an episode, says when to try again, and
lends memory for what comes meanwhile.  What is in memory reaches the store as long as this process and the store live.
"""

from __future__ import annotations

import logging
import time

from trackbook.journal.format import SLOT
from trackbook.journal.lines import MemoryLines
from trackbook.journal.slots import MappedSlots

log = logging.getLogger("trackbook.journal")

RETRY_AFTER_S = 1.0
MEMORY_LINES_BYTES = 16 << 20
MEMORY_SLOTS_BYTES = 64 << 20


class DiskTrouble:
    """State of the episode, if there is one."""

    def __init__(self) -> None:
        self.error: OSError | None = None
        """What the disk last said; None while all is well."""
        self._retry_at = 0.0
        self._slots_bytes = 0
        self.lost_points = 0

    @property
    def may_retry(self) -> bool:
        return self.error is None or time.monotonic() >= self._retry_at

    def report(self, error: OSError, place: object) -> None:
        """An attempt failed."""
        if self.error is None:
            log.warning(
                "trackbook cannot write its journal in %s (%s: %s). The run goes on and is kept in memory; "
                "free some space or make the folder writable, and recording on disk resumes by itself.",
                place,
                type(error).__name__,
                error.strerror or error,
            )
        self.error, self._retry_at = error, time.monotonic() + RETRY_AFTER_S

    def over(self) -> None:
        """An attempt went well."""
        if self.error is not None:
            lost = f"; {self.lost_points} points did not fit into memory and are lost" if self.lost_points else ""
            log.warning("trackbook writes its journal on disk again%s", lost)
        self.error, self.lost_points = None, 0

    def lines(self, number: int) -> MemoryLines:
        return MemoryLines(number, MEMORY_LINES_BYTES)

    def slots(self, number: int, first: int, capacity: int, journal_id: str) -> MappedSlots | None:
        """Slots in memory; None where the limit is reached, and points have to be dropped."""
        size = capacity * SLOT.size
        if self._slots_bytes + size > MEMORY_SLOTS_BYTES:
            return None
        try:
            slots = MappedSlots.in_memory(number, first, capacity, journal_id)
        except OSError:
            return None
        self._slots_bytes += size
        return slots

    def returned(self, slots: MappedSlots) -> None:
        """These slots in memory were drained and given back."""
        self._slots_bytes -= slots.capacity * SLOT.size
