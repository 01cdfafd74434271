"""A run while it is being changed: of two changes at the same time, in whatever processes, one sees the other.

Journals need none of this: what a journal holds was checked by the one process that wrote it.  A server is told to
change one run by many clients through many workers, and must refuse the second of two that contradict.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from trackbook.core.events import Event, Points

Point = tuple[int, int, float]
"""(step, timestamp, value), in the order by which MLflow finds the latest."""


class RunChange(Protocol):
    """The run as it stands, which stays so until the change is over.  What is looked for and not there is left out."""

    run_id: str
    is_active: bool

    def params(self, keys: Collection[str]) -> Mapping[str, str]: ...

    def tags(self, keys: Collection[str]) -> Mapping[str, str]: ...

    def last(self, keys: Collection[str]) -> Mapping[str, Point]:
        """The latest point of these metrics."""

    def history(self, key: str) -> Points:
        """All points of a metric, in no order."""

    def apply(self, events: Sequence[Event], points: Sequence[Points] = ()) -> None:
        """As `Recording.apply`, without a journal."""

    def link(self, *, inputs: Sequence[str] = (), outputs: Sequence[tuple[str, int]] = ()) -> None:
        """Logged models that the run read, and (id, step) of those that it made."""


class Changing(Protocol):
    def run(self, run_id: str) -> AbstractContextManager[RunChange]:
        """One transaction: all that is applied in it is there once it ended well, and nothing where it raises.

        Raises `NotFound`.
        """

    def apply(self, events: Sequence[Event]) -> None:
        """What needs no look at what is there: runs that begin."""
