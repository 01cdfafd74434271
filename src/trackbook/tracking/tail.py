"""The end of this process's journal, told to live views before the store has it.

A pass to the store costs ten times what a look into the journal does, so that a card which grows five times a second
must not wait for passes, nor make the recorder pass more often.
"""

from __future__ import annotations

from collections.abc import Callable

from trackbook.journal.reader import Reader
from trackbook.tracking.subscribers import Subscribers


class Tail:
    """Reads ahead of the store's reader while anybody listens.  For one thread at a time."""

    def __init__(self, subscribers: Subscribers) -> None:
        self._subscribers = subscribers
        self._reader: Reader | None = None

    @property
    def is_read(self) -> bool:
        """What the store has must be kept until it is told, too."""
        return self._reader is not None

    def tell(self, applied: Callable[[], Reader]) -> None:
        """Tell all that was logged by now, from where the store's reader is when somebody begins to listen."""
        if not self._subscribers:
            self._reader = None
            return
        if self._reader is None:
            there = applied()
            self._reader = Reader(there.source, there.cursor)
        reader = self._reader
        while (batch := reader.read()) is not None:
            seen = reader.caught_up
            reader.commit(batch)
            self._subscribers.deliver(batch)
            if seen:  # who logs without a pause must not hold up a pass
                break
