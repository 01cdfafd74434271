"""What is logged into runs: metrics, params, tags, inputs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from trackbook.core.events import InputLogged, TagDeleted, TagsSet
from trackbook.core.tags import MODEL_HISTORY, RUN_NAME
from trackbook.errors import InvalidValue, NotFound, shown
from trackbook.server.backend import Backend
from trackbook.server.logged import Logged, logged
from trackbook.wire import runs as wire
from trackbook.wire.messages import Nothing, mapping
from trackbook.wire.metrics import Given

MODEL_FIELDS = ("artifact_path", "flavors", "utc_time_created", "run_id")
MOST_METRICS, MOST_PARAMS, MOST_TAGS, MOST_TOGETHER = 1000, 100, 100, 1000


def metric_logged(asked: wire.LogMetric) -> Logged:
    given = Given(
        key=asked.key,
        value=asked.value,
        timestamp=asked.timestamp,
        step=asked.step,
        model_id=asked.model_id,
        dataset_name=asked.dataset_name,
        dataset_digest=asked.dataset_digest,
    )
    return logged(asked.run, metrics=[given])


def param_logged(asked: wire.LogParam) -> Logged:
    return logged(asked.run, params={asked.key: asked.value})


def batch_logged(asked: wire.LogBatch) -> Logged:
    _check_sizes(asked)
    params = mapping(asked.params)
    if len(params) < len(asked.params):
        raise InvalidValue("Duplicate parameter keys have been submitted: give each key of params once")
    return logged(asked.run, metrics=asked.metrics, params=params, tags=_kept(mapping(asked.tags)))


def tag_set(asked: wire.SetTag) -> Logged:
    return logged(asked.run, tags=_kept({asked.key: asked.value}))


LOGGED: Mapping[str, Callable[[Any], Logged]] = {
    "log_metric": metric_logged,
    "log_param": param_logged,
    "log_batch": batch_logged,
    "set_tag": tag_set,
}
"""What can be written together with what others log (`Writer.gather`)."""


def log(backend: Backend, one: Logged) -> Nothing:
    backend.writer.log(one)
    return Nothing()


def set_tag(backend: Backend, asked: wire.SetTag) -> Nothing:
    return log(backend, tag_set(asked))


def delete_tag(backend: Backend, asked: wire.DeleteTag) -> Nothing:
    with backend.writer.changing(asked.run) as run:
        if asked.key not in run.tags([asked.key]):
            raise NotFound("tag", asked.key, f"run {asked.run} has no such tag")
        run.apply([TagDeleted(asked.run, asked.key)])
    return Nothing()


def log_model(backend: Backend, asked: wire.LogModel) -> Nothing:
    model = _model(asked.model_json)
    with backend.writer.changing(asked.run) as run:
        history = [*(listed(run.tags([MODEL_HISTORY]).get(MODEL_HISTORY, "")) or ()), model]
        # Whole, whatever its length: cut, it would be no JSON any more.
        run.apply([TagsSet(asked.run, {MODEL_HISTORY: json.dumps(history)})])
    return Nothing()


def log_inputs(backend: Backend, asked: wire.LogInputs) -> Nothing:
    logged = [_input(asked.run, one) for one in asked.datasets]
    with backend.writer.changing(asked.run) as run:
        run.apply(logged)
        run.link(inputs=[one.model_id for one in asked.models])
    return Nothing()


def log_outputs(backend: Backend, asked: wire.LogOutputs) -> Nothing:
    with backend.writer.changing(asked.run) as run:
        run.link(outputs=[(one.model_id, one.step) for one in asked.models])
    return Nothing()


def _kept(tags: dict[str, str]) -> dict[str, str]:
    """An empty name is none, and the run keeps its own, as on the genuine server."""
    return {key: value for key, value in tags.items() if value or key != RUN_NAME}


def _check_sizes(asked: wire.LogBatch) -> None:
    metrics, params, tags = len(asked.metrics), len(asked.params), len(asked.tags)
    for kind, given, most in (
        ("metrics", metrics, MOST_METRICS),
        ("params", params, MOST_PARAMS),
        ("tags", tags, MOST_TAGS),
        ("entities in all", metrics + params + tags, MOST_TOGETHER),
    ):
        if given > most:
            raise InvalidValue(f"A batch logging request can contain at most {most} {kind}. Got {given}: send several")


def listed(text: str) -> list[Any] | None:
    """The list that a tag holds as JSON, empty for no text; None for whatever else somebody has set it to."""
    try:
        found = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else None


def _model(text: str) -> dict[str, Any]:
    try:
        model = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidValue(f"Malformed model info: {shown(text)} is no JSON") from None
    lacking = [name for name in MODEL_FIELDS if not isinstance(model, dict) or name not in model]
    if lacking:
        raise InvalidValue(f"Model json is missing mandatory fields: {', '.join(lacking)}")
    return dict(model)


def _input(run_id: str, given: wire.DatasetInput) -> InputLogged:
    one = given.dataset
    return InputLogged(
        run_id, one.name, one.digest, one.source_type, one.source, one.schema, one.profile, mapping(given.tags)
    )


def _logging(found: Callable[[Any], Logged]) -> Callable[[Backend, Any], Nothing]:
    return lambda backend, asked: log(backend, found(asked))


HANDLERS: Mapping[str, Callable[[Backend, Any], Any]] = {
    **{name: _logging(found) for name, found in LOGGED.items()},
    "delete_tag": delete_tag,
    "log_model": log_model,
    "log_inputs": log_inputs,
    "log_outputs": log_outputs,
}
