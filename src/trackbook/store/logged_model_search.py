"""Pages of logged models.

As in MLflow a metric's comparison holds where any of its points passes, on one of the datasets where some are named,
while an order looks at the latest point of each model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, and_, case, cast, exists, func, or_, select, true
from sqlalchemy.sql.elements import ColumnElement

from trackbook.core import access
from trackbook.core.filters import (
    LOGGED_MODELS,
    Arithmetic,
    Attribute,
    Comparison,
    Condition,
    Field,
    Metric,
    Number,
    Param,
    Tag,
    check_orders,
    parse,
    parse_order,
)
from trackbook.core.logged_models import MOST_FOUND, ModelOrder, ModelQuery
from trackbook.errors import InvalidValue
from trackbook.store import pages, schema
from trackbook.store.conditions import Conditions, bound, compared
from trackbook.store.dialect import Dialect
from trackbook.store.ids import experiment_numbers
from trackbook.store.pages import SortColumn

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

_models, _metrics = schema.logged_models.c, schema.logged_model_metrics.c
_ATTRIBUTES: Mapping[str, ColumnElement[Any]] = {
    "name": _models.name,
    "model_id": _models.model_id,
    "model_type": _models.model_type,
    "status": _models.status,
    "source_run_id": _models.source_run,
    "experiment_id": cast(_models.experiment, Text),
    "creation_timestamp": _models.creation_ms,
    "last_updated_timestamp": _models.update_ms,
}
_NEWEST_FIRST = (SortColumn(_models.creation_ms, True), SortColumn(_models.model_id))


def search(connection: Connection, dialect: Dialect, query: ModelQuery) -> tuple[Sequence[Any], str | None, int]:
    """Rows of `logged_models`, the next page's token, and the number of all that match."""
    pages.check_limit(query.limit, MOST_FOUND)
    on_datasets = _on(query.datasets)
    condition = parse(query.filter, LOGGED_MODELS)
    wanted = select(schema.logged_models).where(
        _models.deleted_ms.is_(None),
        _models.experiment.in_(experiment_numbers(_seen(query.experiment_ids))),
        _ModelConditions(dialect, on_datasets).of(condition),
    )
    if query.datasets and "metrics." not in str(condition):
        wanted = wanted.where(_has_point(on_datasets))
    check_orders(query.order_by)
    columns = [column for order in query.order_by for column in _sorted(order)] + list(_NEWEST_FIRST)
    question = pages.mark(query.filter, query.datasets, query.order_by, sorted(query.experiment_ids))
    return pages.page(connection, wanted, columns, question, query.limit, query.page_token)


class _ModelConditions(Conditions):
    def __init__(self, dialect: Dialect, on_datasets: ColumnElement[bool]) -> None:
        super().__init__(dialect, _ATTRIBUTES, _has(schema.logged_model_tags))
        self.on_datasets = on_datasets
        self.param = _has(schema.logged_model_params)

    def of(self, condition: Condition | None) -> ColumnElement[bool]:
        match condition:
            case Comparison(Metric() as metric, operator, Number(value)):
                passed = compared(operator, _metrics.value, bound(value))
                return _has_point(and_(_metrics.key == _key(metric), self.on_datasets, passed))
            case Comparison(Arithmetic() | Number(), _, _) | Comparison(_, _, Arithmetic() | Metric() | Attribute()):
                raise InvalidValue(f"{condition}: a logged model's field is compared with a number or a text")
        return super().of(condition)

    def test(self, field: Field, test: Callable[[ColumnElement[Any]], ColumnElement[bool]]) -> ColumnElement[bool]:
        match field:
            case Param(key):
                return self.param(key, test)
            case Metric():
                return _has_point(and_(_metrics.key == _key(field), self.on_datasets, test(_metrics.value)))
            case _:
                return super().test(field, test)


def _key(metric: Metric) -> str:
    """Logged models have no aggregates: the whole name as it was written."""
    if metric.aggregate != "last" and metric.plain is None:
        raise InvalidValue(f"{metric} cannot be searched: metrics of logged models have no aggregates")
    return metric.plain or metric.key


def _has(table: Table) -> Callable[[str, Callable[[ColumnElement[str]], ColumnElement[bool]]], ColumnElement[bool]]:
    def has(key: str, test: Callable[[ColumnElement[str]], ColumnElement[bool]]) -> ColumnElement[bool]:
        query = select(1).where(table.c.model == _models.id, table.c.key == key, test(table.c.value))
        return exists(query.correlate(schema.logged_models))

    return has


def _has_point(passed: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(1).where(_metrics.model == _models.id, passed).correlate(schema.logged_models))


def _seen(experiment_ids: Sequence[str]) -> Sequence[str]:
    """Those that may be seen."""
    only = access.sight().experiments
    return experiment_ids if only is None else [one for one in experiment_ids if one in only]


def _on(datasets: Sequence[tuple[str, str]]) -> ColumnElement[bool]:
    if not datasets:
        return true()
    return or_(*(and_(_metrics.dataset_name == name, _of_digest(digest)) for name, digest in datasets))


def _of_digest(digest: str) -> ColumnElement[bool]:
    return _metrics.dataset_digest == digest if digest else true()


def _sorted(order: ModelOrder) -> list[SortColumn]:
    """Models that lack the metric come last in both directions."""
    field = parse_order(order.field, LOGGED_MODELS).field
    if isinstance(field, Attribute):
        return [SortColumn(_ATTRIBUTES[field.name], not order.ascending)]
    if isinstance(field, Param | Tag) or not isinstance(field, Metric):
        raise InvalidValue(f"Invalid order by field name: {order.field}. Only metrics are supported.")
    on = _metrics.dataset_name == order.dataset_name if order.dataset_name else true()
    latest = (
        select(_metrics.value)
        .where(_metrics.model == _models.id, _metrics.key == _key(field), on, _of_digest(order.dataset_digest))
        .order_by(_metrics.time.desc(), _metrics.step.desc(), _metrics.run_id)
        .limit(1)
        .correlate(schema.logged_models)
        .scalar_subquery()
    )
    missing = case((latest.is_(None), 1), else_=0)
    return [SortColumn(missing), SortColumn(func.coalesce(latest, 0.0), not order.ascending)]
