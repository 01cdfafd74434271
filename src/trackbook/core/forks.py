"""Forked children: their threads are the parent's, and a lock that was held there is held for ever."""

from __future__ import annotations

import os
from collections.abc import Callable


def in_child(function: Callable[[], None]) -> Callable[[], None]:
    """Call this in each forked child, in the order of registration; never, where processes cannot fork."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=function)
    return function
