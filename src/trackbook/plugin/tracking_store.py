"""MLflow's tracking store over this process's session.

What it logs into an open run of this process goes to the journal, as everything else does there, so that it shows on
the run's card and survives the kernel.  All other requests are answered by the handlers of `trackbook.server`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mlflow.entities import Run, RunData, RunInfo, RunStatus
from mlflow.store.tracking.rest_store import RestStore
from mlflow.utils.rest_utils import MlflowHostCreds

from trackbook.core import tags as names
from trackbook.core.logged_models import measured
from trackbook.plugin import cells
from trackbook.plugin.calls import answer, translated
from trackbook.plugin.entry import SCHEME
from trackbook.tracking.run import ActiveRun

_NOT_OF_CELL = (names.USER, names.SOURCE_NAME, names.SOURCE_TYPE, names.RUN_NAME, names.GIT_COMMIT, names.GIT_BRANCH)
"""Tags that MLflow gives each run that it makes; the cell's run knows them better."""
DEFAULT_EXPERIMENT = "0"


class TrackingStore(RestStore):  # type: ignore[misc]  # mlflow is not there when types are checked
    def __init__(self) -> None:
        super().__init__(lambda: MlflowHostCreds(SCHEME))

    def _call_endpoint(
        self,
        api: Any,
        json_body: str | None = None,
        endpoint: str | None = None,
        retry_timeout_seconds: int | None = None,
        response_proto: Any = None,
    ) -> Any:
        del retry_timeout_seconds
        path, method = self._METHOD_TO_INFO[api]
        return answer(endpoint or path, method, json_body, response_proto or api.Response())

    def create_run(self, experiment_id: str, user_id: str, start_time: int, tags: Sequence[Any], run_name: str) -> Run:
        """The executed cell's own run, where it is tracked and MLflow has not had it yet; else a new one."""
        given = {tag.key: tag.value for tag in tags}
        if names.PARENT_RUN_ID not in given:
            with translated():
                cell, outer = cells.to_open()
                if cell is not None:
                    return _taken(cell, given, run_name)
            if outer is not None:
                tags = [*tags, type(tags[0])(names.PARENT_RUN_ID, outer.run_id)] if tags else tags
                experiment_id = outer.experiment_id if experiment_id == DEFAULT_EXPERIMENT else experiment_id
        return super().create_run(experiment_id, user_id, start_time, tags, run_name)

    def update_run_info(self, run_id: str, run_status: Any, end_time: int | None, run_name: str | None) -> RunInfo:
        """A cell ends its run itself, when all of it is done."""
        run = cells.live(run_id)
        if run is None:
            return super().update_run_info(run_id, run_status, end_time, run_name)
        if run_name:
            run.set_tags({names.RUN_NAME: run_name})
        return _info(run)

    def log_metric(self, run_id: str, metric: Any) -> None:
        self._log(run_id, [metric], (), ()) or super().log_metric(run_id, metric)

    def log_param(self, run_id: str, param: Any) -> None:
        self._log(run_id, (), [param], ()) or super().log_param(run_id, param)

    def set_tag(self, run_id: str, tag: Any) -> None:
        self._log(run_id, (), (), [tag]) or super().set_tag(run_id, tag)

    def log_batch(self, run_id: str, metrics: Sequence[Any], params: Sequence[Any], tags: Sequence[Any]) -> None:
        self._log(run_id, metrics, params, tags) or super().log_batch(run_id, metrics, params, tags)

    def _log(self, run_id: str, metrics: Sequence[Any], params: Iterable[Any], tags: Iterable[Any]) -> bool:
        """Into an open run of this process; False where it is none."""
        run = cells.live(run_id)
        if run is None:
            return False
        with translated():
            run.log_params({one.key: one.value for one in params})
            run.set_tags({one.key: one.value for one in tags})
            for one in metrics:
                run.log_metrics({one.key: one.value}, one.step, one.timestamp)
            points = measured(run_id, metrics)
            if points:
                store: Any = run.session.store
                store.logged_models.log_metrics(points)
        return True


def _taken(cell: ActiveRun, tags: dict[str, str], run_name: str | None) -> Run:
    """The cell's run with what MLflow wants to be in it."""
    own = {key: value for key, value in tags.items() if key not in _NOT_OF_CELL and not key.startswith(names.OURS)}
    if run_name:
        own[names.RUN_NAME] = run_name
    cell.set_tags(own)
    return Run(_info(cell), RunData())


def _info(run: ActiveRun) -> RunInfo:
    info = run.info
    return RunInfo(
        run_id=info.run_id,
        experiment_id=info.experiment_id,
        user_id=info.user_id,
        status=RunStatus.to_string(RunStatus.RUNNING),
        start_time=info.start_time,
        end_time=None,
        lifecycle_stage="active",
        artifact_uri=info.artifact_uri,
        run_name=run.run_name,
    )
