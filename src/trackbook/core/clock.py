"""Time and ids: the two things a test wants to replace."""

from __future__ import annotations

import time
import uuid

# Bound at import, so that a cell that replaces `time.time` does not reach the record.
_time_ns = time.time_ns
_uuid4 = uuid.uuid4


def now_ms() -> int:
    """Milliseconds since the Unix epoch, UTC."""
    return _time_ns() // 1_000_000


def new_id() -> str:
    """32 lower-case hexadecimal digits, unique; draws from the system's generator, never from `random`."""
    return _uuid4().hex
