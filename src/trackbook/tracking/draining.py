"""How far the store is with this process's journal, and what gets it further.

A store that does not know the cursor that it was given is another one (somebody deleted the file, and a new one was
made): the journal is applied to it again from its beginning, but for runs that had ended before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from trackbook.core.events import Batch
from trackbook.core.ports import Store
from trackbook.journal.cursor import Cursor
from trackbook.journal.reader import Reader
from trackbook.journal.writer import Journal
from trackbook.tracking.adopting import adopt_staged
from trackbook.tracking.tail import Tail

log = logging.getLogger("trackbook.recorder")


class Draining:
    """For one thread at a time.  What raises leaves the rest in the journal."""

    def __init__(self, journal: Journal, store_factory: Callable[[], Store], tail: Tail) -> None:
        self.applied_points = 0
        self._journal, self._store_factory, self._tail = journal, store_factory, tail
        self._reader: Reader | None = None
        self._journal_id = ""
        self._told: Mapping[str, Any] | None = None
        """The last cursor that the store took of this journal."""
        self._over: frozenset[str] = frozenset()
        """Runs that had ended when the store was replaced."""

    def run(self) -> bool:
        """Apply what was logged before this call, and what comes along with it; whether there was anything."""
        reader = self.reader()
        mark, news = reader.mark(), bool(reader.known.staged)
        adopt_staged(reader, self._store_factory)
        reader.release()
        while (batch := reader.read()) is not None:
            if not news and self._forgotten_by_store(reader):
                self._reader, news = None, True
                reader = self.reader()
                continue
            news, seen = True, reader.caught_up
            try:
                self._store_factory().recording.apply(self._without_ended(batch))
            except BaseException:
                self._reader = None  # whether it was applied is the store's to say
                raise
            reader.commit(batch)
            self._told = batch.cursor
            self.applied_points += sum(len(points.steps) for points in batch.points)
            adopt_staged(reader, self._store_factory)
            if not self._tail.is_read:
                reader.release()
            self._journal.prepare()
            if seen or reader.is_past(mark):  # who logs without a pause must not hold a flush up for ever
                break
        return news

    def _forgotten_by_store(self, reader: Reader) -> bool:
        """The store does not know how far it is, although it was told."""
        told = reader.cursor != Cursor().to_json()
        return told and self._store_factory().recording.cursor(reader.source.journal_id) is None

    def _without_ended(self, batch: Batch) -> Batch:
        if not self._over:
            return batch
        events = [event for event in batch.events if event.run_id not in self._over]
        points = [one for one in batch.points if one.run_id not in self._over]
        return Batch(batch.journal_id, events, points, batch.cursor)

    def reader(self) -> Reader:
        """The reader of the journal as it is now; made anew where the store has to say how far it is."""
        if self._journal_id != self._journal.id:
            self._reader, self._journal_id = None, self._journal.id
            self._over, self._told = frozenset(), None
        if self._reader is None:
            cursor = self._store_factory().recording.cursor(self._journal_id) if self._journal.lines() else None
            if cursor is None and self._told is not None:
                log.warning("the store was replaced; the new one gets what the journal still holds of open runs")
                self._over, self._told = frozenset(Reader(self._journal, self._told).known.ended), None
            self._reader = Reader(self._journal, cursor)
        return self._reader
