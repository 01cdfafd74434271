"""Datasets of whole experiments: what was read at all, for choosers, and the port that tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

MOST_SUMMARIES = 1000


@dataclass(frozen=True, slots=True)
class DatasetSummary:
    experiment_id: str
    name: str
    digest: str
    context: str = ""
    """What its runs used it for, "train" say; a dataset is told once for each."""


class Datasets(Protocol):
    def summaries(self, experiment_ids: Sequence[str]) -> Sequence[DatasetSummary]:
        """Of these experiments, in order of experiment and name; the first `MOST_SUMMARIES`."""
