"""Which run made, and which read, a logged model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select

from trackbook.core.entities import LoggedModelInput, LoggedModelOutput
from trackbook.errors import NotFound
from trackbook.store import schema
from trackbook.store.dialect import one_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from trackbook.store.dialect import Dialect

_table = schema.run_models.c
_OF_RUNS = (
    select(_table.run, _table.kind, _table.model_id, _table.step)
    .where(one_of(_table.run, "runs"))
    .order_by(_table.run, _table.kind, _table.step, _table.model_id)
)
Inputs = dict[int, list[LoggedModelInput]]
Outputs = dict[int, list[LoggedModelOutput]]


def link(
    connection: Connection,
    dialect: Dialect,
    run_id: str,
    inputs: Sequence[str],
    outputs: Sequence[tuple[str, int]],
) -> None:
    """Raises `NotFound` for the run."""
    run = connection.execute(select(schema.runs.c.id).where(schema.runs.c.run_id == run_id)).scalar()
    if run is None:
        raise NotFound("run", run_id)
    rows = [{"run": run, "kind": schema.INPUT, "model_id": one, "step": 0} for one in inputs]
    rows += [{"run": run, "kind": schema.OUTPUT, "model_id": one, "step": step} for one, step in outputs]
    if rows:
        connection.execute(dialect.insert(schema.run_models).on_conflict_do_nothing(), rows)


def of_runs(connection: Connection, runs: Sequence[int]) -> tuple[Inputs, Outputs]:
    """By `runs.id`; runs without any are left out."""
    inputs: Inputs = {}
    outputs: Outputs = {}
    for run, kind, model_id, step in connection.execute(_OF_RUNS, {"runs": list(runs)}):
        if kind == schema.INPUT:
            inputs.setdefault(run, []).append(LoggedModelInput(model_id))
        else:
            outputs.setdefault(run, []).append(LoggedModelOutput(model_id, step))
    return inputs, outputs
