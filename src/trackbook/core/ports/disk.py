"""The disk below a store: the port."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from trackbook.core.trash import DiskReport, Orphan


class Disk(Protocol):
    """The place where a store lies, for those who can reach it: not part of `Store`, since a remote has none."""

    def report(self, largest: int = 10) -> DiskReport: ...

    def orphans(self) -> Sequence[Orphan]:
        """Artifact folders of no run, a day old; none where another store may have the same folder."""

    def clear(self, orphans: Sequence[Orphan]) -> int:
        """Delete them and sweep: the bytes given back.  Raises `InvalidValue` for one that is none (any more)."""

    def sweep(self) -> int:
        """Delete what crashes left, files nobody finished and content of no run: the bytes given back."""

    def compact(self) -> int:
        """Rewrite the database without gaps: the bytes given back.  Others cannot write meanwhile."""
