"""Datasets, and which run read which."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select

from trackbook.core.entities import Dataset, DatasetInput, RunInputs
from trackbook.core.events import InputLogged
from trackbook.store import schema

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from trackbook.store.dialect import Dialect

CONTEXT_TAG = "mlflow.data.context"
_datasets, _inputs = schema.datasets.c, schema.inputs.c


def record(connection: Connection, dialect: Dialect, run: int, experiment: int, logged: Sequence[InputLogged]) -> None:
    """Keep the inputs of a run; one entry per (name, digest), the first that came."""
    for one in logged:
        fields = {name: getattr(one, name) for name in ("name", "digest", "source_type", "source", "schema", "profile")}
        connection.execute(
            dialect.insert(schema.datasets).on_conflict_do_nothing(), {"experiment": experiment, **fields}
        )
        dataset = connection.execute(
            select(_datasets.id).where(
                _datasets.experiment == experiment, _datasets.name == one.name, _datasets.digest == one.digest
            )
        ).scalar_one()
        row = {
            "run": run,
            "dataset": dataset,
            "context": one.tags.get(CONTEXT_TAG, ""),
            "tags": json.dumps(dict(one.tags)),
        }
        connection.execute(dialect.insert(schema.inputs).on_conflict_do_nothing(), row)


def of_run(connection: Connection, run: int) -> RunInputs:
    query = (
        select(schema.datasets, _inputs.tags)
        .join_from(schema.inputs, schema.datasets, _datasets.id == _inputs.dataset)
        .where(_inputs.run == run)
        .order_by(_inputs.dataset)
    )
    found = [
        DatasetInput(
            Dataset(row.name, row.digest, row.source_type, row.source, row.schema, row.profile), json.loads(row.tags)
        )
        for row in connection.execute(query)
    ]
    return RunInputs(tuple(found))
