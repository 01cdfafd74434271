"""Calls on runs: their life, what is logged into them, their histories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.core import events
from trackbook.core import tags as names
from trackbook.core.clock import now_ms
from trackbook.core.durations import tags_of_resumption
from trackbook.core.entities import DatasetInput, Metric, RunStatus, ViewType
from trackbook.core.names import check_key, check_status, metric_number, step_number, tag_text, time_number
from trackbook.core.ports import RunQuery
from trackbook.tracking import active
from trackbook.tracking.calls.base import Calls
from trackbook.tracking.starting import begin
from trackbook.tracking.views import view_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.core.entities import Page, Run


class RunCalls(Calls):
    def create_run(
        self,
        experiment_id: str,
        start_time: int | None = None,
        tags: Mapping[str, Any] | None = None,
        run_name: str | None = None,
    ) -> Run:
        """A new RUNNING run that is not the active one."""
        run = begin(
            self._session, run_name=run_name, experiment_id=str(experiment_id), run_tags=tags, start_time=start_time
        )
        active.remove(run)
        return self._store.runs.get(run.run_id)

    def get_run(self, run_id: str) -> Run:
        return self._store.runs.get(run_id)

    def get_parent_run(self, run_id: str) -> Run | None:
        parent = self.get_run(run_id).data.tags.get(names.PARENT_RUN_ID)
        return None if parent is None else self.get_run(parent)

    def search_runs(
        self,
        experiment_ids: Sequence[str] | None = None,
        filter_string: str = "",
        run_view_type: ViewType | int | str = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> Page[Run]:
        """Without experiments: of all."""
        chosen = [str(one) for one in experiment_ids] if experiment_ids else None
        view = view_of(run_view_type)
        query = RunQuery(chosen, filter_string or "", tuple(order_by or ()), view, max_results, 0, page_token)
        return self._store.runs.search(query)

    def move_runs(self, run_ids: Sequence[str], experiment_id: str) -> None:
        """Ours: move runs to another experiment; their artifacts stay where they are."""
        self._store.runs.move(run_ids, str(experiment_id))

    def set_terminated(self, run_id: str, status: str | None = None, end_time: int | None = None) -> None:
        """End a run; `end_time` is ms since the epoch.  Raises `InvalidValue` for an end before the start."""
        self.writer(run_id).end(check_status(status or RunStatus.FINISHED), end_time)

    def update_run(self, run_id: str, status: str | None = None, name: str | None = None) -> None:
        run = self.writer(run_id)
        wanted = None if status is None else check_status(status)
        if name is not None:
            run.set_tag(names.RUN_NAME, name)
        if wanted is not None and wanted.ended:
            run.end(wanted)
        elif wanted is not None:
            time_ms, stored = now_ms(), self.get_run(run_id)
            run.record(events.RunResumed(run_id, time_ms, wanted))
            run.set_tags(tags_of_resumption(stored.info.end_time, stored.data.tags, time_ms))

    def delete_run(self, run_id: str) -> None:
        """Into the trash; its children stay."""
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
        dataset_name: str | None = None,
        dataset_digest: str | None = None,
        model_id: str | None = None,
    ) -> None:
        """`dataset_*` and `model_id` are taken for MLflow's sake and not kept."""
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
        """Everything is checked first: one bad value or conflict refuses the whole batch.

        Params and tags have `.key` and `.value`, as `entities.Param` and `entities.RunTag`.
        """
        run = self.writer(run_id)
        points = [_checked(metric) for metric in metrics]
        texts = {check_key("tag", tag.key): tag_text(tag.key, tag.value) for tag in tags}
        run.log_params({param.key: param.value for param in params})
        run.set_tags(texts)
        for point in points:
            run.log_metric(point.key, point.value, point.step, point.timestamp)

    def set_tag(self, run_id: str, key: str, value: Any, synchronous: bool | None = None) -> None:
        self.writer(run_id).set_tag(key, value)

    def delete_tag(self, run_id: str, key: str) -> None:
        self.writer(run_id).delete_tag(key)

    def log_inputs(self, run_id: str, datasets: Sequence[Any] | None = None, models: Any = None) -> None:
        """`datasets` are `DatasetInput`s, ours or MLflow's, or anything that `log_input` takes."""
        run = self.writer(run_id)
        for one in datasets or ():
            if hasattr(one, "dataset") and hasattr(one, "tags"):
                run.log_input(one.dataset, None, _tags_of(one))
            else:
                run.log_input(one)

    def get_metric_history(self, run_id: str, key: str) -> list[Metric]:
        """Every point, in order of (timestamp, step, value)."""
        points = self._store.metrics.history(run_id, key)
        columns = (points.values.tolist(), points.times.tolist(), points.steps.tolist())
        return [Metric(key, value, time, step) for value, time, step in zip(*columns, strict=True)]


def _checked(metric: Metric) -> Metric:
    key = check_key("metric", metric.key)
    value, step = metric_number(key, metric.value), step_number(key, metric.step or 0)
    return Metric(key, value, now_ms() if metric.timestamp is None else time_number(key, metric.timestamp), step)


def _tags_of(entry: Any) -> dict[str, str]:
    """A mapping, or MLflow's list of `InputTag`."""
    if isinstance(entry, DatasetInput):
        return dict(entry.tags)
    return {tag.key: tag.value for tag in entry.tags}
