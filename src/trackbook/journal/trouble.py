"""The one place that knows what to do when the disk refuses.

A log call never raises for an I/O error: `DiskTrouble` tells the user once, says when to try again, and bounds the
memory lent for what comes meanwhile.  What is in memory is read by the recorder as if it were on disk, and written
down when the disk takes it again (`writer.Journal.heal`).  What exceeds the bound is dropped, counted by run, and said
with the run.
"""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic as _monotonic

from trackbook.core import warningfilters
from trackbook.journal.format import SLOT
from trackbook.journal.slots import MappedSlots

log = logging.getLogger("trackbook.journal")

RETRY_AFTER_S = 1.0
TELL_AGAIN_S = 600.0
"""A disk that is full every few seconds is told of once in so many."""
MEMORY_LINES_BYTES = 16 << 20
MEMORY_SLOTS_BYTES = 64 << 20


@dataclass(slots=True)
class Loss:
    """What was dropped of one run."""

    points: int = 0
    records: int = 0
    artifacts: list[str] = field(default_factory=list)
    """Their paths."""


class DiskTrouble:
    """State of the episode, if there is one."""

    def __init__(self) -> None:
        self.error: OSError | None = None
        """What the disk last said; None while all is well."""
        self._retry_at = 0.0
        self._tell_at = 0.0
        self._slots_bytes = 0
        self._lost: dict[str, Loss] = {}
        self._told_losses: list[tuple[str, str]] = []
        self._reason = ""

    def begin(self) -> None:
        """A new journal: nothing of it is in memory.  What was told and lost before is remembered."""
        self.error, self._retry_at, self._slots_bytes = None, 0.0, 0

    @property
    def may_retry(self) -> bool:
        return self.error is None or _monotonic() >= self._retry_at

    def report(self, error: OSError, place: object) -> None:
        """An attempt failed."""
        now = _monotonic()
        is_new, self.error, self._retry_at = self.error is None, error, now + RETRY_AFTER_S
        self._reason = f"{type(error).__name__}: {error.strerror or error}"
        if is_new and now >= self._tell_at:
            self._tell_at = now + TELL_AGAIN_S
            _warn(
                f"trackbook cannot write its journal in {place} ({self._reason}). The training goes on, and recording "
                f"in memory: up to {MEMORY_SLOTS_BYTES // SLOT.size:,} points and {MEMORY_LINES_BYTES >> 20} MiB of "
                "other records, written down as soon as the disk takes them; what exceeds that is dropped, and its "
                "number is kept with the run. Free some space or make the folder writable."
            )

    def over(self) -> None:
        """All that was in memory is on disk."""
        if self.error is not None:
            self.error = None
            lost = [f"run {run_id}: {_sentence(loss, self._reason)}" for run_id, loss in self._lost.items()]
            log.log(logging.WARNING if lost else logging.INFO, "; ".join(["the journal is on disk again", *lost]))
        self.tell_all_losses()

    # -- memory -------------------------------------------------------------------------------------------------------

    def slots(self, number: int, first: int, capacity: int, journal_id: str) -> MappedSlots | None:
        """Slots in memory; None where the limit is reached, and points have to be dropped."""
        size = capacity * SLOT.size
        if self._slots_bytes + size > MEMORY_SLOTS_BYTES:
            return None
        try:
            slots = MappedSlots.of_memory(number, first, capacity, journal_id)
        except OSError:
            return None
        self._slots_bytes += size
        return slots

    def returned(self, slots: MappedSlots) -> None:
        """These slots are not in memory any more: they were drained, or are on disk."""
        self._slots_bytes -= slots.capacity * SLOT.size

    # -- losses -------------------------------------------------------------------------------------------------------

    def lose_point(self, run_id: str) -> None:
        self._lost.setdefault(run_id, Loss()).points += 1

    def lose_record(self, run_id: str) -> None:
        self._lost.setdefault(run_id, Loss()).records += 1

    def lose_artifact(self, run_id: str, path: str) -> None:
        self._lost.setdefault(run_id, Loss()).artifacts.append(path)

    def tell_losses(self, run_id: str) -> None:
        """What this run lost is final: `losses` gives it out."""
        loss = self._lost.pop(run_id, None)
        if loss is not None:
            self._told_losses.append((run_id, _sentence(loss, self._reason)))

    def tell_all_losses(self) -> None:
        for run_id in tuple(self._lost):
            self.tell_losses(run_id)

    def losses(self) -> Sequence[tuple[str, str]]:
        """Run id and a sentence for each that was not given out yet."""
        given, self._told_losses = self._told_losses, []
        return given


def _sentence(loss: Loss, reason: str) -> str:
    parts = [f"{loss.points:,} metric points"] if loss.points else []
    parts += [f"{loss.records:,} other records"] if loss.records else []
    if loss.artifacts:
        shown = ", ".join(loss.artifacts[:5]) + (", …" if len(loss.artifacts) > 5 else "")
        parts.append(f"{len(loss.artifacts):,} artifacts ({shown})")
    return f"{' and '.join(parts)} were not recorded: the disk refused them ({reason}) and memory could not hold them"


def _warn(message: str) -> None:
    """One Python warning where the user's code called; a line in the log where warnings are errors."""
    level, frame = 2, sys._getframe(1)  # noqa: SLF001 - as `warnings` itself does
    while frame is not None and frame.f_globals.get("__name__", "").startswith("trackbook."):
        frame, level = frame.f_back, level + 1  # type: ignore[assignment]
    try:
        with warningfilters.aloud():
            warnings.warn(message, RuntimeWarning, stacklevel=level)
    except Exception:  # noqa: BLE001 - "error" as a filter, or a user's own showwarning, must not stop the training
        log.warning("%s", message)
