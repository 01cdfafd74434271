"""Experiments: the port."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from trackbook.core.entities import Experiment, Page, ViewType


class Experiments(Protocol):
    def create(self, name: str, artifact_location: str | None = None, tags: Mapping[str, str] | None = None) -> str:
        """Make an experiment and return its id.  Raises `AlreadyExists` where an active one has the name."""

    def get(self, experiment_id: str) -> Experiment:
        """Raises `NotFound`.  Finds deleted ones too."""

    def get_by_name(self, name: str) -> Experiment | None:
        """The active experiment of that name, else the deleted one, else None."""

    def search(
        self,
        filter: str = "",
        order_by: Sequence[str] = (),
        view: ViewType = ViewType.ACTIVE_ONLY,
        limit: int = 1000,
        page_token: str | None = None,
    ) -> Page[Experiment]:
        """Newest first where no order is asked for."""

    def rename(self, experiment_id: str, name: str) -> None:
        """Raises `AlreadyExists` where an active one has the name, `InvalidState` for a deleted experiment."""

    def delete(self, experiment_id: str) -> None:
        """Soft; its runs are deleted with it, and its name can be used again.  `InvalidState` for Default."""

    def restore(self, experiment_id: str) -> None:
        """With the runs that were deleted with it.  Raises `AlreadyExists` where its name was taken meanwhile."""

    def set_tag(self, experiment_id: str, key: str, value: str) -> None:
        """The tag `mlflow.note.content` is the experiment's description."""

    def delete_tag(self, experiment_id: str, key: str) -> None:
        """Raises `NotFound` for a tag that is not there."""
