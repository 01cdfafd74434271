"""Calls on experiments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.capture.secrets import redact_value
from trackbook.core.entities import ViewType
from trackbook.tracking.calls.base import Calls
from trackbook.tracking.naming import experiment_name, experiment_tags
from trackbook.tracking.views import view_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.core.entities import Experiment, Page


class ExperimentCalls(Calls):
    def create_experiment(
        self, name: str, artifact_location: str | None = None, tags: Mapping[str, Any] | None = None
    ) -> str:
        return self._store.experiments.create(experiment_name(name), artifact_location, experiment_tags(tags))

    def get_experiment(self, experiment_id: str) -> Experiment:
        return self._store.experiments.get(str(experiment_id))

    def get_experiment_by_name(self, name: str) -> Experiment | None:
        return self._store.experiments.get_by_name(name)

    def search_experiments(
        self,
        view_type: ViewType | int | str = ViewType.ACTIVE_ONLY,
        max_results: int | None = 1000,
        filter_string: str | None = None,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> Page[Experiment]:
        return self._store.experiments.search(
            filter_string or "", tuple(order_by or ()), view_of(view_type), max_results or 1000, page_token
        )

    def rename_experiment(self, experiment_id: str, new_name: str) -> None:
        self._store.experiments.rename(str(experiment_id), experiment_name(new_name))

    def delete_experiment(self, experiment_id: str) -> None:
        """Into the trash, with its runs."""
        self._store.experiments.delete(str(experiment_id))

    def restore_experiment(self, experiment_id: str) -> None:
        self._store.experiments.restore(str(experiment_id))

    def set_experiment_tag(self, experiment_id: str, key: str, value: Any) -> None:
        self._store.experiments.set_tag(str(experiment_id), key, redact_value(key, str(value)).text)

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        self._store.experiments.delete_tag(str(experiment_id), key)
