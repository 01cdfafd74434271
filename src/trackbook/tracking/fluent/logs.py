"""What the active run, or one that is named, is given."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

from trackbook.core.clock import now_ms
from trackbook.errors import InvalidValue
from trackbook.tracking import active
from trackbook.tracking.fluent.runs import start_run
from trackbook.tracking.run import ActiveRun

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


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
