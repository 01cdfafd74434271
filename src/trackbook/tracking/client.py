"""`TrackbookClient`: MLflow's `MlflowClient` over the same ports, for code that names its run in every call.

What it writes goes through the journal like everything else and is in the store before the next read of this process.
Source of the signatures: `mlflow/tracking/client.py` (3.17).
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.core import events
from trackbook.core import tags as names
from trackbook.core.clock import now_ms
from trackbook.core.entities import Metric, RunStatus, ViewType
from trackbook.core.ports import RunQuery
from trackbook.tracking import active
from trackbook.tracking.fluent import view_of
from trackbook.tracking.run import ActiveRun, begin
from trackbook.tracking.session import current_session, open_session

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.core.entities import Experiment, FileInfo, ModelVersion, Page, RegisteredModel, Run
    from trackbook.core.ports import Store
    from trackbook.tracking.session import Session


class TrackbookClient:
    """Runs, experiments, metric histories, artifacts and the registry of one store."""

    def __init__(self, tracking_uri: str | None = None, registry_uri: str | None = None) -> None:
        del registry_uri  # one store keeps both
        self._session: Session = open_session(tracking_uri=tracking_uri) if tracking_uri else current_session()

    @property
    def _store(self) -> Store:
        return self._session.reading

    def writer(self, run_id: str) -> ActiveRun:
        """What writes into a stored run without making it active or changing its status.  Raises `NotFound`."""
        for run in active.open_runs():
            if run.run_id == run_id:
                return run
        stored = self._store.runs.get(run_id)
        return ActiveRun(
            self._session,
            run_id=run_id,
            run_name=stored.info.run_name,
            experiment_id=stored.info.experiment_id,
            start_time=stored.info.start_time,
            params=stored.data.params,
            initial_tags=stored.data.tags,
        )

    # -- experiments ----------------------------------------------------------------------------------------------

    def create_experiment(
        self, name: str, artifact_location: str | None = None, tags: Mapping[str, Any] | None = None
    ) -> str:
        return self._store.experiments.create(name, artifact_location, dict(tags or {}))

    def get_experiment(self, experiment_id: str) -> Experiment:
        return self._store.experiments.get(experiment_id)

    def get_experiment_by_name(self, name: str) -> Experiment | None:
        return self._store.experiments.get_by_name(name)

    def search_experiments(
        self,
        view_type: ViewType | int | str = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        filter_string: str | None = None,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> Page[Experiment]:
        return self._store.experiments.search(
            filter_string or "", tuple(order_by or ()), view_of(view_type), max_results, page_token
        )

    def rename_experiment(self, experiment_id: str, new_name: str) -> None:
        self._store.experiments.rename(experiment_id, new_name)

    def delete_experiment(self, experiment_id: str) -> None:
        self._store.experiments.delete(experiment_id)

    def restore_experiment(self, experiment_id: str) -> None:
        self._store.experiments.restore(experiment_id)

    def set_experiment_tag(self, experiment_id: str, key: str, value: Any) -> None:
        self._store.experiments.set_tag(experiment_id, key, str(value))

    # -- runs -----------------------------------------------------------------------------------------------------

    def create_run(
        self,
        experiment_id: str,
        start_time: int | None = None,
        tags: Mapping[str, Any] | None = None,
        run_name: str | None = None,
    ) -> Run:
        """A new RUNNING run that is not the active one."""
        run = begin(self._session, run_name=run_name, experiment_id=experiment_id, run_tags=tags, start_time=start_time)
        active.remove(run)
        return self._store.runs.get(run.run_id)

    def get_run(self, run_id: str) -> Run:
        return self._store.runs.get(run_id)

    def search_runs(
        self,
        experiment_ids: Sequence[str] | None = None,
        filter_string: str = "",
        run_view_type: ViewType | int | str = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> Page[Run]:
        return self._store.runs.search(
            RunQuery(
                list(experiment_ids) if experiment_ids else None,
                filter_string or "",
                tuple(order_by or ()),
                view_of(run_view_type),
                max_results,
                0,
                page_token,
            )
        )

    def set_terminated(self, run_id: str, status: str | None = None, end_time: int | None = None) -> None:
        run = self.writer(run_id)
        run.end(RunStatus(status or RunStatus.FINISHED), end_time)

    def update_run(self, run_id: str, status: str | None = None, name: str | None = None) -> None:
        run = self.writer(run_id)
        if name is not None:
            run.set_tag(names.RUN_NAME, name)
        if status is not None and RunStatus(status).ended:
            run.end(RunStatus(status))
        elif status is not None:
            run.record(events.RunResumed(run_id, now_ms()))

    def delete_run(self, run_id: str) -> None:
        self._store.runs.delete(run_id)

    def restore_run(self, run_id: str) -> None:
        self._store.runs.restore(run_id)

    def log_metric(
        self,
        run_id: str,
        key: str,
        value: Any,
        timestamp: int | None = None,
        step: int | None = None,
        synchronous: bool | None = None,
    ) -> None:
        self.writer(run_id).log_metric(key, value, step, timestamp)

    def log_param(self, run_id: str, key: str, value: Any, synchronous: bool | None = None) -> Any:
        return self.writer(run_id).log_param(key, value)

    def log_batch(
        self,
        run_id: str,
        metrics: Sequence[Metric] = (),
        params: Sequence[Any] = (),
        tags: Sequence[Any] = (),
        synchronous: bool | None = None,
    ) -> None:
        """Params are checked first: one conflict refuses the whole batch.  Params and tags have `.key` and `.value`."""
        run = self.writer(run_id)
        run.log_params({param.key: param.value for param in params})
        run.set_tags({tag.key: tag.value for tag in tags})
        for metric in metrics:
            run.log_metric(metric.key, metric.value, metric.step, metric.timestamp)

    def set_tag(self, run_id: str, key: str, value: Any, synchronous: bool | None = None) -> None:
        self.writer(run_id).set_tag(key, value)

    def delete_tag(self, run_id: str, key: str) -> None:
        self.writer(run_id).delete_tag(key)

    def get_metric_history(self, run_id: str, key: str) -> list[Metric]:
        """Every point, in order of (timestamp, step, value)."""
        points = self._store.metrics.history(run_id, key)
        columns = (points.values.tolist(), points.times.tolist(), points.steps.tolist())
        return [Metric(key, value, time, step) for value, time, step in zip(*columns, strict=True)]

    # -- artifacts ------------------------------------------------------------------------------------------------

    def log_artifact(self, run_id: str, local_path: str | os.PathLike[str], artifact_path: str | None = None) -> None:
        self.writer(run_id).log_artifact(local_path, artifact_path)

    def log_artifacts(self, run_id: str, local_dir: str | os.PathLike[str], artifact_path: str | None = None) -> None:
        self.writer(run_id).log_artifacts(local_dir, artifact_path)

    def log_text(self, run_id: str, text: str, artifact_file: str) -> None:
        self.writer(run_id).log_text(text, artifact_file)

    def log_dict(self, run_id: str, dictionary: Any, artifact_file: str) -> None:
        self.writer(run_id).log_dict(dictionary, artifact_file)

    def log_figure(self, run_id: str, figure: Any, artifact_file: str) -> None:
        self.writer(run_id).log_figure(figure, artifact_file)

    def list_artifacts(self, run_id: str, path: str | None = None) -> Sequence[FileInfo]:
        return self._store.artifacts.list(run_id, path or "")

    def download_artifacts(self, run_id: str, path: str, dst_path: str | os.PathLike[str] | None = None) -> str:
        """Copy a file or folder to `dst_path` (a new temporary folder by default); the local path."""
        into = Path(dst_path) if dst_path is not None else Path(tempfile.mkdtemp(prefix="trackbook-"))
        return str(self._store.artifacts.download(run_id, path, into))

    # -- registry -------------------------------------------------------------------------------------------------

    def create_registered_model(
        self, name: str, tags: Mapping[str, Any] | None = None, description: str | None = None
    ) -> RegisteredModel:
        return self._store.registry.create_model(name, description or "", dict(tags or {}))

    def get_registered_model(self, name: str) -> RegisteredModel:
        return self._store.registry.get_model(name)

    def search_registered_models(
        self,
        filter_string: str | None = None,
        max_results: int = 100,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> Page[RegisteredModel]:
        return self._store.registry.search_models(filter_string or "", max_results, page_token)

    def create_model_version(
        self,
        name: str,
        source: str,
        run_id: str | None = None,
        tags: Mapping[str, Any] | None = None,
        description: str | None = None,
    ) -> ModelVersion:
        return self._store.registry.create_version(name, source, run_id, description or "", dict(tags or {}))

    def get_model_version(self, name: str, version: str | int) -> ModelVersion:
        return self._store.registry.get_version(name, str(version))

    def search_model_versions(
        self, filter_string: str | None = None, max_results: int = 10_000, page_token: str | None = None
    ) -> Page[ModelVersion]:
        return self._store.registry.search_versions(filter_string or "", max_results, page_token)

    def set_registered_model_alias(self, name: str, alias: str, version: str | int) -> None:
        self._store.registry.set_alias(name, alias, str(version))

    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        self._store.registry.delete_alias(name, alias)

    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        return self._store.registry.get_version_by_alias(name, alias)
