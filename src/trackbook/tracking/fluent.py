"""MLflow's tracking functions, over the active run: the same names, arguments and results.

A script written for MLflow runs after `import trackbook as mlflow`.  Source of the signatures:
`mlflow/tracking/fluent.py` (3.17).  Where a log function finds no active run, one is started, as there.
Inside a tracked cell the active run is the cell's, and `start_run` makes a child of it without being asked.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from trackbook.capture.secrets import redact_value
from trackbook.core import tags as names
from trackbook.core.clock import now_ms
from trackbook.core.entities import Experiment, LifecycleStage, Run, ViewType
from trackbook.core.names import check_status
from trackbook.core.ports import RunQuery, walk
from trackbook.errors import InvalidState, InvalidValue, NotFound
from trackbook.tracking import active
from trackbook.tracking.active import active_run, last_active_run
from trackbook.tracking.naming import experiment_name, experiment_tags
from trackbook.tracking.run import ActiveRun
from trackbook.tracking.scripts.attend import attend
from trackbook.tracking.session import current_session, open_session
from trackbook.tracking.starting import begin, resume
from trackbook.tracking.views import view_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

__all__ = [
    "active_run",
    "create_experiment",
    "delete_run",
    "delete_tag",
    "end_run",
    "flush",
    "get_artifact_uri",
    "get_experiment",
    "get_experiment_by_name",
    "get_run",
    "get_tracking_uri",
    "last_active_run",
    "log_artifact",
    "log_artifacts",
    "log_dict",
    "log_figure",
    "log_image",
    "log_input",
    "log_inputs",
    "log_metric",
    "log_metrics",
    "log_param",
    "log_params",
    "log_stream",
    "log_table",
    "log_text",
    "search_experiments",
    "search_runs",
    "set_experiment",
    "set_experiment_tag",
    "set_tag",
    "set_tags",
    "set_tracking_uri",
    "start_run",
]

PAGE = 1000


# -- where ------------------------------------------------------------------------------------------------------------


def set_tracking_uri(uri: str | os.PathLike[str]) -> None:
    """Record into and read from this place: a folder, `sqlite:///file`, `postgresql://…`."""
    open_session(tracking_uri=os.fspath(uri))


def get_tracking_uri() -> str:
    return current_session().settings.tracking_uri


def flush(timeout_s: float = 10.0) -> bool:
    """Wait until all that this process logged is in the store; False where that took longer."""
    return current_session().flush(timeout_s)


# -- runs -------------------------------------------------------------------------------------------------------------


def start_run(
    run_id: str | None = None,
    experiment_id: str | None = None,
    run_name: str | None = None,
    nested: bool = False,
    parent_run_id: str | None = None,
    tags: Mapping[str, Any] | None = None,
    description: str | None = None,
    log_system_metrics: bool | None = None,
) -> ActiveRun:
    """Start a run, or go on with `run_id`, and make it the active one; use it as a context manager or call `end_run`.

    Raises `InvalidState` where a run is active, unless `nested` is true or the active run is a tracked cell's.
    """
    outer = active.wanted_run() if run_id is None else active.active_run()
    if outer is not None and not (nested or outer.bound_to_cell or (outer.parent and outer.parent.bound_to_cell)):
        raise InvalidState(
            f"Run with id {outer.run_id} is already active. To start a new run, first end the current run with "
            "end_run(). To start a nested run, call start_run with nested=True"
        )
    session = current_session()
    if run_id is not None:
        return _attended(resume(session, run_id), outer)
    extra = dict(tags or {})
    if description is not None:
        extra.setdefault(names.NOTE, description)
    if parent_run_id is not None:
        extra[names.PARENT_RUN_ID] = parent_run_id
    run = begin(
        session,
        run_name=run_name,
        experiment_id=experiment_id or (outer.experiment_id if outer is not None else None),
        parent=outer,
        run_tags=extra,
        sampled=log_system_metrics,
    )
    return _attended(run, outer)


def _attended(run: ActiveRun, outer: ActiveRun | None) -> ActiveRun:
    """A run at top level has the record of what runs made; inside another, that one's counts."""
    if outer is None:
        attend(run)
    return run


def end_run(status: str = "FINISHED") -> None:
    """End the active run; nothing where there is none."""
    run = active.active_run()
    if run is not None:
        run.end(check_status(status))


def get_run(run_id: str) -> Run:
    """A stored run, as it stands now."""
    return current_session().reading.runs.get(run_id)


def delete_run(run_id: str) -> None:
    """Put a run into the trash."""
    current_session().reading.runs.delete(run_id)


# -- logging ----------------------------------------------------------------------------------------------------------


def _run(run_id: str | None = None) -> ActiveRun:
    if run_id is not None:
        for run in active.open_runs():
            if run.run_id == run_id:
                return run
        from trackbook.tracking.client import TrackbookClient

        return TrackbookClient().writer(run_id)
    return active.wanted_run() or start_run()


def log_metric(
    key: str,
    value: Any,
    step: int | None = None,
    synchronous: bool | None = None,
    timestamp: int | None = None,
    run_id: str | None = None,
    model_id: str | None = None,
    dataset: Any = None,
) -> None:
    """Log one point of a metric; returns when it would survive the death of this process.

    `step` is a whole number (0 by default), `timestamp` ms since the epoch (now by default).  `synchronous` true waits
    until it is in the store; `model_id` and `dataset` are taken for MLflow's sake and not kept.  Raises `InvalidName`
    and `UnstorableValue`; inside a tracked cell they are warnings (`NotRecorded`), here and in the functions below, so
    that a training goes on.
    """
    run = active.shared
    if run is None or run_id is not None:
        run = _run(run_id)
    try:
        run.log_metric(key, value, step, timestamp)
    except InvalidValue as error:
        run.refuse(error)
    if synchronous:
        run.flush()


def log_metrics(
    metrics: Mapping[str, Any],
    step: int | None = None,
    synchronous: bool | None = None,
    run_id: str | None = None,
    timestamp: int | None = None,
    model_id: str | None = None,
    dataset: Any = None,
) -> None:
    """Log several metrics at one step and one time."""
    run = _run(run_id)
    try:
        run.log_metrics(metrics, step, timestamp)
    except InvalidValue as error:
        run.refuse(error)
        stamp = now_ms() if timestamp is None else timestamp
        for key, value in metrics.items():
            _kept(run, partial(run.log_metric, key, value, step, stamp))
    if synchronous:
        run.flush()


def log_param(key: str, value: Any, synchronous: bool | None = None) -> Any:
    """Log a param, once; returns the value.  Raises `ParamConflict` for another value under the same key."""
    run = _run()
    try:
        run.log_param(key, value)
    except InvalidValue as error:
        run.refuse(error)
    return value


def log_params(params: Mapping[str, Any], synchronous: bool | None = None, run_id: str | None = None) -> None:
    """Log several params; all are checked before any is kept."""
    run = _run(run_id)
    try:
        run.log_params(params)
    except InvalidValue as error:
        run.refuse(error)
        for key, value in params.items():
            _kept(run, partial(run.log_param, key, value))


def set_tag(key: str, value: Any, synchronous: bool | None = None) -> None:
    """Set or replace a tag of the active run."""
    run = _run()
    try:
        run.set_tag(key, value)
    except InvalidValue as error:
        run.refuse(error)


def set_tags(tags: Mapping[str, Any], synchronous: bool | None = None) -> None:
    """Set or replace tags of the active run."""
    run = _run()
    try:
        run.set_tags(tags)
    except InvalidValue as error:
        run.refuse(error)
        for key, value in tags.items():
            _kept(run, partial(run.set_tag, key, value))


def _kept(run: ActiveRun, log_one: Callable[[], object]) -> None:
    """One of several, after the warning about the first that could not be kept."""
    try:
        log_one()
    except InvalidValue as error:
        run.warn(str(error))


def delete_tag(key: str) -> None:
    """Delete a tag of the active run.  Raises `NotFound` for one that is not there."""
    _run().delete_tag(key)


def log_artifact(
    local_path: str | os.PathLike[str], artifact_path: str | None = None, run_id: str | None = None
) -> None:
    """Keep a copy of a file or a folder with the run, below `artifact_path`."""
    _run(run_id).log_artifact(local_path, artifact_path)


def log_artifacts(
    local_dir: str | os.PathLike[str], artifact_path: str | None = None, run_id: str | None = None
) -> None:
    """Keep a copy of every file below a folder."""
    _run(run_id).log_artifacts(local_dir, artifact_path)


def log_text(text: str, artifact_file: str, run_id: str | None = None) -> None:
    _run(run_id).log_text(text, artifact_file)


def log_stream(stream: Any, artifact_file: str, run_id: str | None = None) -> None:
    """Keep what a binary file-like object gives."""
    _run(run_id).log_stream(stream, artifact_file)


def log_dict(dictionary: Any, artifact_file: str, run_id: str | None = None) -> None:
    _run(run_id).log_dict(dictionary, artifact_file)


def log_figure(figure: Any, artifact_file: str, *, save_kwargs: Mapping[str, Any] | None = None) -> None:
    _run().log_figure(figure, artifact_file, save_kwargs=save_kwargs)


def log_image(
    image: Any,
    artifact_file: str | None = None,
    key: str | None = None,
    step: int | None = None,
    timestamp: int | None = None,
    synchronous: bool | None = False,
) -> None:
    """Keep a PIL image or an array (height, width[, channels]), under a file name or under a key and step."""
    _run().log_image(image, artifact_file, key, step, timestamp)


def log_table(data: Any, artifact_file: str, run_id: str | None = None) -> None:
    """Keep a frame or a dict of columns as a JSON table; later calls under the same name add rows."""
    _run(run_id).log_table(data, artifact_file)


def log_input(
    dataset: Any,
    context: str | None = None,
    tags: Mapping[str, str] | None = None,
    model: Any = None,
    *,
    name: str | None = None,
    version: str | None = None,
) -> None:
    """Record a dataset that the active run reads; `context` says what for ("train", "test").

    `name` and `version` are yours to give, for a frame or an array that has none.
    """
    _run().log_input(dataset, context, tags, name=name, version=version)


def log_inputs(
    datasets: Sequence[Any] | None = None,
    contexts: Sequence[str | None] | None = None,
    tags_list: Sequence[Mapping[str, str] | None] | None = None,
    models: Any = None,
) -> None:
    """Record several datasets, each with its context and tags; the lists have one length.  `models` are not kept."""
    columns = (datasets or (), contexts or (), tags_list or ())
    if len({len(column) for column in columns}) != 1:
        raise InvalidValue("log_inputs needs datasets, contexts and tags_list of the same length")
    for dataset, context, tags in zip(*columns, strict=True):
        _run().log_input(dataset, context, tags)


def get_artifact_uri(artifact_path: str | None = None) -> str:
    """Where the active run's artifacts lie."""
    run = _run()
    return run.session.store.artifacts.uri(run.run_id, artifact_path or "")


# -- experiments ------------------------------------------------------------------------------------------------------


def set_experiment(experiment_name: str | None = None, experiment_id: str | None = None) -> Experiment:
    """Runs started from now on belong to this experiment; it is made where there is none of that name."""
    if (experiment_name is None) == (experiment_id is None):
        raise InvalidValue("give set_experiment either a name or an experiment_id")
    session = current_session()
    if experiment_id is not None:
        found = session.store.experiments.get(str(experiment_id))
        if found.lifecycle_stage != LifecycleStage.ACTIVE:
            raise InvalidState(f"experiment {found.name!r} is deleted: restore it with tb.restore_experiment() first")
        session.experiment = found
    else:
        session.experiment = session.choose_experiment(str(experiment_name))
    return session.experiment


def create_experiment(name: str, artifact_location: str | None = None, tags: Mapping[str, Any] | None = None) -> str:
    """Make an experiment; its id.  Raises `AlreadyExists`."""
    return current_session().store.experiments.create(experiment_name(name), artifact_location, experiment_tags(tags))


def get_experiment(experiment_id: str) -> Experiment:
    return current_session().store.experiments.get(experiment_id)


def get_experiment_by_name(name: str) -> Experiment | None:
    return current_session().store.experiments.get_by_name(name)


def set_experiment_tag(key: str, value: Any) -> None:
    """Set a tag of the active experiment."""
    session = current_session()
    session.store.experiments.set_tag(
        session.default_experiment().experiment_id, key, redact_value(key, str(value)).text
    )


def search_experiments(
    view_type: ViewType | int | str = ViewType.ACTIVE_ONLY,
    max_results: int | None = None,
    filter_string: str | None = None,
    order_by: Sequence[str] | None = None,
) -> list[Experiment]:
    """Experiments that match, newest first."""
    experiments = current_session().store.experiments
    found: list[Experiment] = []
    token = None
    while max_results is None or len(found) < max_results:
        limit = PAGE if max_results is None else min(PAGE, max_results - len(found))
        page = experiments.search(filter_string or "", tuple(order_by or ()), view_of(view_type), limit, token)
        found += page.items
        token = page.next_page_token
        if token is None:
            break
    return found


# -- search -----------------------------------------------------------------------------------------------------------


def search_runs(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str = "",
    run_view_type: ViewType | int | str = ViewType.ACTIVE_ONLY,
    max_results: int = 100_000,
    order_by: Sequence[str] | None = None,
    output_format: str = "pandas",
    search_all_experiments: bool = False,
    experiment_names: Sequence[str] | None = None,
) -> pd.DataFrame | list[Run]:
    """Runs that match a filter of the search language, as a pandas frame or a list of `Run`.

    Without experiments: those of the experiment chosen by `set_experiment`, else of all.  The frame has one row a run
    and the columns `run_id, experiment_id, status, artifact_uri, start_time, end_time, metrics.*, params.*, tags.*`;
    times are UTC, a value that a run lacks is NaN (metrics) or None.
    """
    if experiment_ids and experiment_names:
        raise InvalidValue("give search_runs either experiment_ids or experiment_names, not both")
    session = current_session()
    store = session.reading
    chosen: list[str] | None = list(experiment_ids) if experiment_ids else None
    if experiment_names:
        chosen = []
        for name in experiment_names:
            found = store.experiments.get_by_name(name)
            if found is None:
                raise NotFound("experiment", name, "see tb.search_experiments() for the names there are")
            chosen.append(found.experiment_id)
    elif chosen is None and session.experiment is not None and not search_all_experiments:
        chosen = [session.experiment.experiment_id]
    if output_format not in ("pandas", "list"):
        raise InvalidValue(f"output_format {output_format!r} is neither 'pandas' nor 'list'")
    query = RunQuery(chosen, filter_string or "", tuple(order_by or ()), view_of(run_view_type), max_results)
    if output_format == "list":
        return list(islice(walk(store.runs, replace(query, limit=min(PAGE, max_results))), max_results))
    from trackbook.tracking.frames import runs_frame

    return runs_frame(store.runs.columns(query))
