"""Datasets of whole experiments."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from trackbook.core import access
from trackbook.core.datasets import MOST_SUMMARIES, Datasets, DatasetSummary
from trackbook.store import schema
from trackbook.store.engine import Database
from trackbook.store.ids import experiment_numbers

_datasets, _inputs = schema.datasets.c, schema.inputs.c
_COLUMNS = (_datasets.experiment, _datasets.name, _datasets.digest, _inputs.context)


class SqlDatasets:
    def __init__(self, database: Database) -> None:
        self._database = database

    def summaries(self, experiment_ids: Sequence[str]) -> Sequence[DatasetSummary]:
        query = (
            select(*_COLUMNS)
            .join_from(schema.datasets, schema.inputs, _inputs.dataset == _datasets.id)
            .where(_datasets.experiment.in_(experiment_numbers(one for one in experiment_ids if _is_seen(one))))
            .distinct()
            .order_by(*_COLUMNS)
            .limit(MOST_SUMMARIES)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [DatasetSummary(str(experiment), name, digest, context) for experiment, name, digest, context in rows]


def _is_seen(experiment_id: str) -> bool:
    only = access.sight().experiments
    return only is None or experiment_id in only


def _fits(datasets: SqlDatasets) -> Datasets:
    return datasets
