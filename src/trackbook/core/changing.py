"""A run while it is being changed: of two changes at the same time, in whatever processes, one sees the other.

Journals need none of this: what a journal holds was checked by the one process that wrote it.  A server is told to
change one run by many clients through many workers, and must refuse the second of two that contradict.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from trackbook.core.events import Event, Points
from trackbook.core.logged_models import ModelMetric

Point = tuple[int, int, float]
"""(step, timestamp, value), in the order by which MLflow finds the latest."""


class RunChange(Protocol):
    """The run as it stands, which stays so until the change is over.  What is looked for and not there is left out."""

    run_id: str
    is_active: bool
    status: str
    end_time: int | None

    def tags(self, keys: Collection[str]) -> Mapping[str, str]: ...

    def apply(self, events: Sequence[Event], points: Sequence[Points] = ()) -> None:
        """As `Recording.apply`, without a journal."""

    def link(self, *, inputs: Sequence[str] = (), outputs: Sequence[tuple[str, int]] = ()) -> None:
        """Logged models that the run read, and (id, step) of those that it made."""


class RunsChange(Protocol):
    """Several runs as they stand, as `RunChange` is one."""

    is_active: Mapping[str, bool]
    """By run id, of those that are there."""

    def params(self, run_id: str, keys: Collection[str]) -> Mapping[str, str]: ...

    def last(self, keys: Mapping[str, Collection[str]]) -> Mapping[tuple[str, str], Point]:
        """The latest points of metrics of runs, by (run id, key)."""

    def history(self, run_id: str, key: str) -> Points:
        """All points of a metric, in no order."""

    def log_of_models(self, metrics: Sequence[ModelMetric]) -> None:
        """As `LoggedModels.log_metrics`.  Raises `NotFound` for a model that is not there, and then keeps none."""

    def apply(self, events: Sequence[Event], points: Sequence[Points] = ()) -> None:
        """As `Recording.apply`, without a journal; once."""


class Changing(Protocol):
    def runs(self, run_ids: Collection[str]) -> AbstractContextManager[RunsChange]:
        """As `run`, of several at once."""

    def run(self, run_id: str) -> AbstractContextManager[RunChange]:
        """One transaction: all that is applied in it is there once it ended well, and nothing where it raises.

        Raises `NotFound`.
        """

    def apply(self, events: Sequence[Event]) -> None:
        """What needs no look at what is there: runs that begin."""
