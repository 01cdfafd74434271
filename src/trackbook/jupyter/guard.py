"""The wall between our hooks and the user's cell: an error of ours is logged once and goes no further.

After `LIMIT` errors the guard is *off*: its owner does nothing more until it is switched on again (`%track on`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress

LIMIT = 3

log = logging.getLogger("trackbook.jupyter")
# Without a handler, Python would write to the cell's stderr; who wants to see it configures logging.
log.addHandler(logging.NullHandler())


class Guard:
    """Counts errors.  An interrupt is the user's and passes."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self.failures: list[str] = []
        """What failed, in order: `<where>: <type>: <message>`."""

    @property
    def off(self) -> bool:
        return len(self.failures) >= self.limit

    def reset(self) -> None:
        self.failures.clear()

    @contextmanager
    def __call__(self, where: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 - the border: no error of ours reaches a cell
            self.failed(where, error)

    def failed(self, where: str, error: BaseException) -> None:
        """Count an error and log it, the same one only once."""
        try:
            text = f"{where}: {type(error).__name__}: {error}"
        except Exception:  # noqa: BLE001 - an error whose text cannot be had
            text = f"{where}: {type(error).__name__}"
        known = text in self.failures
        self.failures.append(text)
        with suppress(Exception):  # logging may be broken by whoever replaced `time.time`
            self._log(text, error, known)

    def _log(self, text: str, error: BaseException, known: bool) -> None:
        if not known:
            log.error("%s", text, exc_info=error)
        if len(self.failures) == self.limit:
            log.error("trackbook switches its recording off after %d errors; %%track on switches it on", self.limit)
