"""The segments of points of a journal being written, in order; the last one is in use, and one may be made ahead.

They are on disk, or in memory while it refuses.  For one thread at a time: the journal's lock is held in all calls
but `make`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

from trackbook.journal.folder import JournalFolder
from trackbook.journal.slots import MappedSlots, Target, nowhere
from trackbook.journal.trouble import DiskTrouble


class PointSegments:
    """Of no files until the first point."""

    def __init__(
        self, folder: JournalFolder, trouble: DiskTrouble, aim: Callable[[Target], None], capacities: tuple[int, int]
    ) -> None:
        """`capacities` are those of the first segment and of all others; `aim` says where points go from now on."""
        self._folder, self._trouble, self._aim = folder, trouble, aim
        self._first_slots, self._more_slots = capacities
        self._segments: list[MappedSlots] = []
        self._prepared: MappedSlots | None = None
        self._next_number, self._slots_so_far = 1, 0
        aim(nowhere())

    @property
    def all(self) -> Sequence[MappedSlots]:
        """As they are now; a copy."""
        return tuple(self._segments)

    def is_over(self, marker: int) -> bool:
        """The segment of that marker is the last one: a point that it does not take needs the next."""
        return not self._segments or self._segments[-1].marker == marker

    def roll(self) -> bool:
        """Begin the next segment; False where there is no room, and the point is dropped."""
        number, capacity = self._next_number, self._more_slots if self._slots_so_far else self._first_slots
        journal_id = self._folder.owner.journal_id
        slots = self._on_disk(number, capacity) or self._trouble.slots(number, self._slots_so_far, capacity, journal_id)
        if slots is None:
            return False
        self._use(slots)
        return True

    def _use(self, slots: MappedSlots) -> None:
        self._next_number, self._slots_so_far = slots.number + 1, self._slots_so_far + slots.capacity
        self._segments.append(slots)
        self._aim(slots.target())

    def _on_disk(self, number: int, capacity: int) -> MappedSlots | None:
        if self._trouble.error is not None:  # only `Journal.heal` leads back: what is in memory goes first
            return None
        prepared, self._prepared = self._prepared, None
        try:
            if prepared is not None and prepared.number == number:
                return self._folder.adopt_slots(prepared)
            return self._folder.slots(number, self._slots_so_far, capacity)
        except OSError as error:
            self._trouble.report(error, self._folder.path)
            return None

    # -- ahead of need ------------------------------------------------------------------------------------------------

    def wanted(self) -> tuple[int, int] | None:
        """Number and first slot of a segment that is worth making ahead.

        Not before a quarter of the last one is filled: a run of few points would own megabytes for nothing.
        """
        if self._prepared is not None or not self._segments or self._trouble.error is not None:
            return None
        if not self._segments[-1].is_filled(self._segments[-1].capacity // 4):
            return None
        return self._next_number, self._slots_so_far

    def make(self, number: int, first: int) -> MappedSlots:
        """Raises `OSError`."""
        return self._folder.prepared_slots(number, first, self._more_slots)

    def keep(self, made: MappedSlots) -> bool:
        """False where it came too late."""
        if self._next_number != made.number or self._prepared is not None:
            return False
        self._prepared = made
        return True

    # -- back to the disk ---------------------------------------------------------------------------------------------

    def leave(self, saved: Sequence[MappedSlots]) -> None:
        """Go on in a new segment where the last one was saved, since late points still go to its memory.

        Raises `OSError`.
        """
        if self._segments and self._segments[-1] in saved:
            self._use(self._folder.slots(self._next_number, self._slots_so_far, self._more_slots))

    def settle(self) -> None:
        """Bring the files of saved segments up to date with what late threads wrote."""
        for one in self._segments:
            if one.settle() and one.in_memory and one.path is not None:
                one.in_memory = False
                self._trouble.returned(one)

    # -- their end ----------------------------------------------------------------------------------------------------

    def take_out(self, below: int) -> Sequence[MappedSlots]:
        """Segments with smaller numbers, which are not its own any more; never the one in use."""
        out = [one for one in self._segments[:-1] if one.number < below]
        self._segments = [one for one in self._segments if one not in out]
        return out

    def close(self) -> None:
        for one in (*self._segments, *([self._prepared] if self._prepared is not None else [])):
            one.close()

    def unlink_prepared(self) -> None:
        if self._prepared is not None:
            with contextlib.suppress(OSError):
                self._prepared.unlink()
