"""Rows of logged models, found by id and made into entities."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, select

from trackbook.core.logged_models import LoggedModel, ModelMetric, missing_model
from trackbook.store import schema
from trackbook.store.dialect import one_of, write_many
from trackbook.store.places import Places

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

_models, _metrics = schema.logged_models.c, schema.logged_model_metrics.c
_POINT, _MEASURED = ("model", "key", "time", "step", "run_id"), ("value", "dataset_name", "dataset_digest")


def _of_models(table: Table) -> Select[Any]:
    return select(table.c.model, table.c.key, table.c.value).where(one_of(table.c.model, "models"))


_PARAMS, _TAGS = _of_models(schema.logged_model_params), _of_models(schema.logged_model_tags)
_POINTS = (
    select(schema.logged_model_metrics)
    .where(one_of(_metrics.model, "models"))
    .order_by(_metrics.model, _metrics.key, _metrics.time, _metrics.step)
)


def row(connection: Connection, model_id: str, *, deleted: bool = False) -> Any:
    """Raises `NotFound`, also for a deleted one where not `deleted`."""
    found = connection.execute(select(schema.logged_models).where(_models.model_id == model_id)).first()
    if found is None or (found.deleted_ms is not None and not deleted):
        raise missing_model(model_id)
    return found


def loaded(connection: Connection, places: Places, rows: Sequence[Any]) -> list[LoggedModel]:
    ids = {row.id: row.model_id for row in rows}
    bound = {"models": list(ids)}
    params, tags = (_by_model(connection.execute(query, bound)) for query in (_PARAMS, _TAGS))
    metrics: dict[int, list[ModelMetric]] = {}
    for point in connection.execute(_POINTS, bound):
        metrics.setdefault(point.model, []).append(_metric(point, ids[point.model]))
    locations = places.of_experiments(connection, {row.experiment for row in rows})
    return [
        LoggedModel(
            model_id=row.model_id,
            experiment_id=str(row.experiment),
            name=row.name,
            artifact_location=places.of_logged_model(locations[row.experiment], row.model_id),
            creation_timestamp=row.creation_ms,
            last_updated_timestamp=row.update_ms,
            status=row.status,
            model_type=row.model_type,
            source_run_id=row.source_run,
            is_deleted=row.deleted_ms is not None,
            tags=tags.get(row.id, {}),
            params=params.get(row.id, {}),
            metrics=metrics.get(row.id, ()),
        )
        for row in rows
    ]


def add_metrics(connection: Connection, metrics: Sequence[ModelMetric]) -> None:
    """Those that are not there yet.  Raises `NotFound` for a model that is not, before anything is written."""
    ids = {model_id: row(connection, model_id).id for model_id in dict.fromkeys(one.model_id for one in metrics)}
    rows: dict[Any, tuple[Any, ...]] = {}
    for one in metrics:
        point = (ids[one.model_id], one.key, one.timestamp, one.step, one.run_id)
        rows.setdefault(point, (*point, _stored(one.value), one.dataset_name, one.dataset_digest))
    table = schema.logged_model_metrics
    write_many(connection, table, _POINT + _MEASURED, list(rows.values()), keys=_POINT, keep=True)


def _stored(value: float) -> float | None:
    """NaN is NULL, as in `schema.metrics`."""
    return None if math.isnan(value) else float(value)


def _metric(row: Any, model_id: str) -> ModelMetric:
    return ModelMetric(
        model_id=model_id,
        key=row.key,
        value=math.nan if row.value is None else row.value,
        timestamp=row.time,
        step=row.step,
        run_id=row.run_id,
        dataset_name=row.dataset_name,
        dataset_digest=row.dataset_digest,
    )


def _by_model(rows: Any) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for model, key, value in rows:
        found.setdefault(model, {})[key] = value
    return found
