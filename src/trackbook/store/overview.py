"""All experiments at a glance, in one query, and what differs after every change of the store."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, func, select

from trackbook.core import access, tags
from trackbook.core.overview import ExperimentSummary, Overview
from trackbook.store import schema
from trackbook.store.engine import Database
from trackbook.store.ids import experiment_numbers

_experiments, _runs, _tags = schema.experiments.c, schema.runs.c, schema.experiment_tags.c
# Read from the index `runs_of_experiment` alone.
_COUNTED = (
    select(_runs.experiment, func.count().label("runs"), func.max(_runs.start_ms).label("newest"))
    .where(_runs.deleted_ms.is_(None))
    .group_by(_runs.experiment)
    .subquery()
)
_SUMMARIES = (
    select(
        _experiments.id,
        _experiments.name,
        _experiments.creation_ms,
        func.coalesce(_tags.value, ""),
        func.coalesce(_COUNTED.c.runs, 0),
        _COUNTED.c.newest,
    )
    .outerjoin(_COUNTED, _COUNTED.c.experiment == _experiments.id)
    .outerjoin(schema.experiment_tags, and_(_tags.experiment == _experiments.id, _tags.key == tags.NOTE))
    .where(_experiments.deleted_ms.is_(None))
    .order_by(_COUNTED.c.newest.desc().nulls_last(), _experiments.creation_ms.desc(), _experiments.id.desc())
)


class SqlOverview:
    def __init__(self, database: Database) -> None:
        self._database = database

    def experiments(self, limit: int) -> Sequence[ExperimentSummary]:
        query, only = _SUMMARIES.limit(limit), access.sight().experiments
        if only is not None:
            query = query.where(_experiments.id.in_(experiment_numbers(only)))
        with self._database.read() as connection:
            return [ExperimentSummary(str(row[0]), *row[1:]) for row in connection.execute(query)]

    def mark(self) -> str | None:
        query = self._database.dialect.mark
        if query is None:
            return None
        with self._database.read() as connection:
            return str(connection.exec_driver_sql(query).scalar())


def _fits(overview: SqlOverview) -> Overview:
    return overview
