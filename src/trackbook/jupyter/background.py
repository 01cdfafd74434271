"""The threads for what must not wait on a cell's path."""

from __future__ import annotations

from trackbook.tracking.worker import Worker


class Workers:
    """The threads of one extension: what a cell's end may wait for a moment, and what takes its time after it."""

    def __init__(self) -> None:
        self.now = Worker()
        self.later = Worker("trackbook-later")

    def wait(self, timeout_s: float) -> bool:
        """Wait until all that was submitted before is done; False where either took longer."""
        return self.now.wait(timeout_s) and self.later.wait(timeout_s)

    def close(self, timeout_s: float = 5.0) -> None:
        """Finish what was submitted, and end the threads.  Idempotent."""
        self.now.close(timeout_s)
        self.later.close(timeout_s)
