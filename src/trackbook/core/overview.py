"""What a web page asks of a store beside what views ask: all experiments at a glance, and whether anything changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ExperimentSummary:
    """An active experiment.  Times are ms since the epoch."""

    experiment_id: str
    name: str
    creation_time: int
    note: str = ""
    runs: int = 0
    """Active ones."""
    newest: int | None = None
    """When the newest of them began."""


class Overview(Protocol):
    """Part of a store in SQL."""

    def experiments(self, limit: int) -> Sequence[ExperimentSummary]:
        """Those that may be seen; whose newest run began last comes first, then those without runs, newest first."""

    def mark(self) -> str | None:
        """Another text after every change of the store; None where its file tells that."""
