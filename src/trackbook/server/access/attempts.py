"""How often somebody may fail to sign in: counted by name and address, by address, and by name.

The limits of the last two are higher, so that nobody locks a colleague out, and a guesser who changes names or
addresses is slowed down all the same.  Failures are kept in the store, so that the limits are those of all workers and
servers of it, and outlive a restart.  They are read only where a password has to be hashed, which costs far more, and
written only when it was wrong; a name is kept as its digest, since people type passwords there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from trackbook.core.access import Access
from trackbook.core.clock import now_ms
from trackbook.server.access.secrets import digest_of

WINDOW_S = 300
BOTH, ADDRESS, NAME = 10, 50, 100
"""Failures within the window."""


class Attempts:
    def __init__(self, access: Access, clock: Callable[[], int] = now_ms) -> None:
        self._access, self._clock = access, clock

    def wait_s(self, name: str, address: str) -> float:
        """How long until the next attempt is looked at; 0 for now.  Blocks."""
        now = self._clock()
        since = now - WINDOW_S * 1000
        return max(max(0, at - since) / 1000 for at in self._reached(digest_of(name), address, since))

    def _reached(self, name: str, address: str, since: int) -> Iterator[int]:
        """When the failure was that reached each limit, `since` for a limit that is not reached."""
        for by_name, by_address, limit in ((name, address, BOTH), (None, address, ADDRESS), (name, None, NAME)):
            found = self._access.failure(by_name, by_address, since, limit)
            yield since if found is None else found

    def failed(self, name: str, address: str) -> None:
        now = self._clock()
        self._access.add_failure(digest_of(name), address, now, now - WINDOW_S * 1000)

    def passed(self, name: str, address: str) -> None:
        self._access.drop_failures(digest_of(name), address)
