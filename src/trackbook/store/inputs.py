"""Datasets, and which run read which."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select

from trackbook.core.entities import Dataset, DatasetInput, RunInputs
from trackbook.core.events import InputLogged
from trackbook.store import schema
from trackbook.store.dialect import one_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from trackbook.store.dialect import Dialect

CONTEXT_TAG = "mlflow.data.context"
_datasets, _inputs = schema.datasets.c, schema.inputs.c
_FIELDS = ("name", "digest", "source_type", "source", "schema", "profile")
"""Of a dataset, in the entity's order."""
_AT_ONCE = 500
_OF_RUNS = (
    select(_inputs.run, _inputs.tags, *(_datasets[name] for name in _FIELDS))
    .join_from(schema.inputs, schema.datasets, _datasets.id == _inputs.dataset)
    .where(one_of(_inputs.run, "runs"))
    .order_by(_inputs.run, _inputs.dataset)
)


def record(connection: Connection, dialect: Dialect, run: int, experiment: int, logged: Sequence[InputLogged]) -> None:
    """Keep the inputs of a run; one entry per (name, digest), the first that came."""
    for one in logged:
        fields = {name: getattr(one, name) for name in _FIELDS}
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


def of_runs(connection: Connection, runs: Sequence[int]) -> dict[int, RunInputs]:
    """By `runs.id`; a run without inputs is left out."""
    found: dict[int, list[DatasetInput]] = {}
    for start in range(0, len(runs), _AT_ONCE):
        rows = connection.execute(_OF_RUNS, {"runs": runs[start : start + _AT_ONCE]})
        for run, tags, *fields in rows:
            found.setdefault(run, []).append(DatasetInput(Dataset(*fields), json.loads(tags)))
    return {run: RunInputs(tuple(some)) for run, some in found.items()}
