"""Batches out of a journal, in use or left behind by a dead process.

    reader = Reader(source, store.recording.cursor(source.journal_id))
    while (batch := reader.read()) is not None:
        store.recording.apply(batch)
        reader.commit(batch)
    reader.release()

Slots are looked at before event lines, so the definition of every series that a slot names has been read by then.  A
read that is not committed is repeated by the next.  What is damaged is passed over, logged and kept in `damage`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trackbook.core.events import Batch, Points
from trackbook.errors import JournalDamaged
from trackbook.journal.columns import SlotArray, group, slot_array
from trackbook.journal.cursor import Cursor, Place
from trackbook.journal.events import EventReader, Knowledge
from trackbook.journal.lines import Lines
from trackbook.journal.scan import Found, look
from trackbook.journal.source import Source

log = logging.getLogger("trackbook.journal")

MAX_POINTS = 1 << 17
"""About as many points a batch, 4 MiB: sorted in a few ms, outside the GIL."""
MAX_BYTES = 1 << 20
"""About as many bytes of events a batch."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a live journal ended at some time."""

    slots: int
    """Number of the last segment of points."""
    lines: int
    size: int


class Reader:
    """Reads one journal from a cursor on.  For one thread at a time."""

    def __init__(self, source: Source, cursor: Mapping[str, Any] | None = None) -> None:
        """Raises `JournalDamaged` for a cursor that cannot be read."""
        self.source = source
        self.known = Knowledge()
        self.damage: list[JournalDamaged] = []
        self.caught_up = False
        """The last `read` saw all that was logged before it began."""
        self._cursor = Cursor.from_json(cursor)
        self._events = EventReader(self.known, self._report)
        for damage in source.damage:
            self._report(damage)
        if cursor is not None:
            self._learn_what_is_applied()

    @property
    def cursor(self) -> Mapping[str, Any]:
        """Up to where batches were committed."""
        return self._cursor.to_json()

    def read(self, max_points: int = MAX_POINTS, max_bytes: int = MAX_BYTES) -> Batch | None:
        """The next batch, events before points; None where there is nothing new.  Raises `OSError`."""
        looks = self._look(max_points)
        at = self._cursor
        stretch = self._events.read(self.source.lines(), at.lines, at.offset, max_bytes, self.source.ended)
        self.caught_up = not stretch.more and sum(len(found.rows) for found in looks) < max_points
        if stretch.more:  # definitions may still be ahead: points wait for the next batch
            after = Cursor(stretch.lines, stretch.offset, at.done, at.places)
            return Batch(self.source.journal_id, stretch.events, (), after.to_json())
        points, unknown = self._points(looks)
        done, places = self._places(looks, unknown)
        after = Cursor(stretch.lines, stretch.offset, done, places)
        if after == at:
            return None
        return Batch(self.source.journal_id, stretch.events, points, after.to_json())

    def commit(self, batch: Batch) -> None:
        """The batch of the last `read` is applied."""
        for event in batch.events:
            self.known.learn(event)
        for points in batch.points:
            self.known.last_seen = max(self.known.last_seen, int(points.times.max()))
        self._cursor = Cursor.from_json(batch.cursor)

    def release(self) -> None:
        """Give back what is applied and will not be needed.  Not while staged files wait to be adopted."""
        self.source.release_slots(self._cursor.done + 1)
        # Definitions in older lines are needed while slots that were taken before them may come.
        if (
            self.caught_up
            and len(self._cursor.places) <= 1
            and not any(place.holes for place in self._cursor.places.values())
        ):
            self.source.release_lines(self._cursor.lines)
            self.known.forget_before(self._cursor.lines)

    def mark(self) -> Mark:
        """Where the journal ends now."""
        lines, slots = self.source.lines(), self.source.slots()
        last = lines[-1] if lines else None
        return Mark(slots[-1].number if slots else 0, last.number if last else 0, last.size if last else 0)

    def is_past(self, mark: Mark) -> bool:
        """All that was logged before that mark is committed."""
        at = self._cursor
        return (at.lines, at.offset) >= (mark.lines, mark.size) and all(
            slots.number <= at.done or at.places.get(slots.number, Place()).position >= slots.capacity
            for slots in self.source.slots()
            if slots.number <= mark.slots
        )

    def pending(self) -> tuple[int, int]:
        """How many points and bytes of events wait, for people to look at; the points by a fresh look."""
        points = sum(len(found.rows) for found in self._look(1 << 62))
        waiting = 0
        for segment in self.source.lines():
            if segment.number >= self._cursor.lines:
                offset = self._cursor.offset if segment.number == self._cursor.lines else 0
                waiting += len(_bytes(segment, offset, None))
        return points, waiting

    def _look(self, max_points: int) -> list[Found]:
        looks: list[Found] = []
        for slots in self.source.slots():
            if slots.number > self._cursor.done and max_points > 0:
                looks.append(look(slots, self._cursor.places.get(slots.number, Place()), max_points))
                max_points -= len(looks[-1].rows)
        return looks

    def _points(self, looks: list[Found]) -> tuple[list[Points], dict[int, list[int]]]:
        """Columns of the series that are known, and for each segment the slots of those that are not."""
        points: list[Points] = []
        unknown: dict[int, list[int]] = {}
        for found in looks:
            for one in group(found.rows):
                named = self.known.series.get(one.series)
                if named is not None:
                    points.append(Points(*named, one.steps, one.times, one.values))
                else:
                    unknown.setdefault(found.number, []).extend(found.indices[one.rows].tolist())
        return points, unknown

    def _places(self, looks: list[Found], unknown: Mapping[int, list[int]]) -> tuple[int, Mapping[int, Place]]:
        """The cursor's part about points once these looks are applied."""
        places, finished = dict(self._cursor.places), set()
        for found in looks:
            waiting = unknown.get(found.number, [])
            if found.finished and (found.sealed or not waiting):
                finished.add(found.number)
                places.pop(found.number, None)
                self._report_losses(found, len(waiting))
            else:
                place = Place(found.place.position, tuple(sorted({*found.place.holes, *waiting})))
                if place != Place():
                    places[found.number] = place
        done = self._cursor.done
        for found in looks:
            if found.number in finished and not any(number <= found.number for number in places):
                done = max(done, found.number)
            elif found.number in finished:
                # An earlier segment has holes still: this one is read to the end, which its place says.
                places[found.number] = found.place
        return done, places

    def _report_losses(self, found: Found, unknown: int) -> None:
        name = next((str(getattr(one, "path", "")) for one in self.source.slots() if one.number == found.number), "")
        if unknown:
            self._report(JournalDamaged(name, f"{unknown} points of a metric whose name is lost"))
        if found.foreign:
            self._report(JournalDamaged(name, f"{found.foreign} damaged slots"))

    def _learn_what_is_applied(self) -> None:
        """Series, open runs and staged files of the lines before the cursor that are still there."""
        for segment in self.source.lines():
            if segment.number > self._cursor.lines:
                return
            end = self._cursor.offset if segment.number == self._cursor.lines else None
            before = _Until(segment.number, _bytes(segment, 0, end))
            stretch = self._events.read([before], segment.number, 0, 1 << 62, True)
            for event in stretch.events:
                self.known.learn(event)

    def last_time(self) -> int:
        """The latest time in the slots that are there, applied or not, ms; 0 where there is none."""
        latest = self.known.last_seen
        for slots in self.source.slots():
            rows: SlotArray = slot_array(slots.read(0, slots.capacity), slots.order)
            times = rows["time"][rows["marker"] == slots.marker]
            latest = max(latest, int(times.max())) if len(times) else latest
        return latest

    def _report(self, damage: JournalDamaged) -> None:
        if not any(str(damage) == str(known) for known in self.damage):
            self.damage.append(damage)
            log.warning("%s", damage)


def _bytes(segment: Lines, start: int, stop: int | None) -> bytes:
    """What lies between two offsets; to the end for None."""
    parts: list[bytes] = []
    while stop is None or start < stop:
        part = segment.read(start, MAX_BYTES if stop is None else min(MAX_BYTES, stop - start))
        if not part:
            break
        parts.append(part)
        start += len(part)
    return b"".join(parts)


class _Until:
    """Lines that were read already."""

    def __init__(self, number: int, data: bytes) -> None:
        self.number, self._data, self.size = number, data, len(data)

    def read(self, offset: int, size: int) -> bytes:
        return self._data[offset : offset + size]
