"""Find the slots of a segment that were filled since the last look.

Slots fill from the front, but not in order: a thread may be stopped between taking a slot and filling it.  So a look
goes up to the last slot that counts, and remembers the empty ones before it as holes.  Behind the last slot that counts
it looks only `FIRST_LOOK` slots far: more threads than that do not stand between taking and filling.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackbook.journal.columns import SlotArray, joined, slot_array
from trackbook.journal.cursor import Place
from trackbook.journal.slots import Slots

FIRST_LOOK = 2_048
FURTHER_LOOK = 131_072


@dataclass(frozen=True, slots=True)
class Found:
    """What one look at a segment gave."""

    number: int
    rows: SlotArray
    """shape (n,), native order of bytes"""
    indices: NDArray[np.intp]
    """shape (n,), the slot of each row"""
    place: Place
    sealed: bool
    finished: bool
    """Nothing more will ever come out of this segment (where all series of its rows are known)."""
    foreign: int
    """Slots with a marker that is neither empty nor the segment's."""


def look(slots: Slots, place: Place, limit: int) -> Found:
    """The slots filled beyond `place`, about `limit` at most.  Raises `OSError`."""
    sealed = slots.sealed  # before the look: what is filled until then is seen
    rows, indices, holes = _look_at_holes(slots, place)
    position, taken, foreign = place.position, len(indices), 0
    all_rows, all_indices, size = [rows], [indices], FIRST_LOOK
    while position < slots.capacity and taken < limit:
        found = slot_array(slots.read(position, min(position + size, slots.capacity)), slots.order)
        if not len(found):
            position = slots.capacity  # the file was cut short
            break
        counts = found["marker"] == slots.marker
        where = np.flatnonzero(counts)
        end = len(found) if sealed else int(where[-1]) + 1 if len(where) else 0
        if sealed:
            foreign += int(np.count_nonzero(~counts & (found["marker"] != 0)))
        holes.extend((np.flatnonzero(~counts[:end]) + position).tolist())
        all_rows.append(found[:end] if len(where) == end else found[where])
        all_indices.append(where + position)
        position, taken = position + end, taken + len(where)
        if end < len(found):
            break
        size = FURTHER_LOOK
    whole = position >= slots.capacity
    finished = whole and (sealed or not holes)
    return Found(
        slots.number,
        joined(all_rows),
        np.concatenate(all_indices),
        Place(position, () if finished else tuple(holes)),
        sealed,
        finished,
        foreign,
    )


def _look_at_holes(slots: Slots, place: Place) -> tuple[SlotArray, NDArray[np.intp], list[int]]:
    """The holes that were filled meanwhile, and those that still are holes."""
    holes = np.asarray(place.holes, np.intp)
    if not len(holes):
        return slot_array(b"", slots.order), holes, []
    first, last = int(holes.min()), int(holes.max())
    found = slot_array(slots.read(first, last + 1), slots.order)
    inside = holes[holes - first < len(found)]
    rows = found[inside - first]
    counts = rows["marker"] == slots.marker
    return rows[counts], inside[counts], inside[~counts].tolist()
