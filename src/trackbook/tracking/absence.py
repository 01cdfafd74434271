"""Whether the store answers, since when it does not, and when it is asked again."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic as _monotonic

from trackbook.core.clock import now_ms
from trackbook.errors import StoreUnavailable

log = logging.getLogger("trackbook.recorder")

FIRST_RETRY_S, LAST_RETRY_S = 0.5, 30.0
"""Pauses while the store is away, doubled each time."""


@dataclass(slots=True)
class Absence:
    """Of one store."""

    error: str = ""
    """The store's last word; "" while it answers."""
    since: int | None = None
    """ms"""
    retry_s: float = FIRST_RETRY_S
    _retry_at: float = 0.0

    @property
    def is_retried(self) -> bool:
        """Whether it may be asked now."""
        return _monotonic() >= self._retry_at

    def wait_longer(self) -> None:
        """It did not answer: the next pause is twice as long."""
        self.retry_s = min(self.retry_s * 2, LAST_RETRY_S)
        self._retry_at = _monotonic() + self.retry_s

    def begins(self, error: BaseException, kept: object) -> None:
        """What it said instead of an answer; `kept` is where the records are meanwhile."""
        if self.since is None:
            self.since = now_ms()
            with suppress(Exception):  # logging may be broken by whoever replaced `time.time`
                log.warning(
                    "trackbook cannot reach its store (%s: %s). The run goes on; all is kept in %s and applied later.",
                    type(error).__name__,
                    error,
                    kept,
                    exc_info=not isinstance(error, StoreUnavailable),
                )
        self.error = f"{type(error).__name__}: {error}"

    def is_over(self) -> None:
        """It answers."""
        if self.since is not None:
            log.info("the store is back after %.1f s", (now_ms() - self.since) / 1000)
        self.error, self.since, self.retry_s = "", None, FIRST_RETRY_S
