"""Moving runs to another experiment: rows and counts go, files stay.

A moved run keeps its artifacts where they are, and so their addresses: `runs.home` remembers the experiment below
whose place they lie.  Bytes are never copied, so a move is one transaction, on any storage.  Datasets belong to an
experiment: those that the run reads are made known in the new one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, select, update

from trackbook.errors import InvalidState, NotFound
from trackbook.store import keys, schema
from trackbook.store.ids import experiment_numbers

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from trackbook.store.dialect import Dialect

_runs, _experiments = schema.runs.c, schema.experiments.c
_datasets, _inputs = schema.datasets.c, schema.inputs.c
_FIELDS = ("name", "digest", "source_type", "source", "schema", "profile")
_AT_ONCE = 500


def move(connection: Connection, dialect: Dialect, run_ids: Sequence[str], experiment_id: str) -> set[int]:
    """The experiments that runs were taken from.  Raises `NotFound`, `InvalidState` for a deleted experiment."""
    target = _target(connection, experiment_id)
    moving = [row for row in _rows(connection, dialect, run_ids) if row.experiment != target]
    for row in moving:
        if row.deleted_ms is None:
            keys.add_run(connection, dialect, row.id, row.experiment, -1)
            keys.add_run(connection, dialect, row.id, target, 1)
        home = row.experiment if row.home is None else row.home
        place = {"experiment": target, "home": None if home == target else home}
        connection.execute(update(schema.runs).where(_runs.id == row.id).values(place))
        _take_datasets(connection, dialect, row.id, target)
    return {row.experiment for row in moving}


def _target(connection: Connection, experiment_id: str) -> int:
    query = select(_experiments.id, _experiments.name, _experiments.deleted_ms)
    row = connection.execute(query.where(_experiments.id.in_(experiment_numbers([experiment_id])))).first()
    if row is None:
        raise NotFound("experiment", experiment_id)
    if row.deleted_ms is not None:
        raise InvalidState(f"experiment {row.name!r} is deleted: restore it before you move runs into it")
    return int(row.id)


def _rows(connection: Connection, dialect: Dialect, run_ids: Sequence[str]) -> list[Any]:
    wanted = sorted(set(run_ids))
    found: list[Any] = []
    for first in range(0, len(wanted), _AT_ONCE):
        columns = (_runs.id, _runs.run_id, _runs.experiment, _runs.home, _runs.deleted_ms)
        query = select(*columns).where(_runs.run_id.in_(wanted[first : first + _AT_ONCE])).order_by(_runs.id)
        found += connection.execute(dialect.for_update(query)).all()
    for missing in sorted(set(wanted) - {row.run_id for row in found}):
        raise NotFound("run", missing, "nothing was moved")
    return found


def _take_datasets(connection: Connection, dialect: Dialect, run: int, experiment: int) -> None:
    there = select(_datasets.id, *(_datasets[name] for name in _FIELDS)).join(
        schema.inputs, _inputs.dataset == _datasets.id
    )
    rows = connection.execute(there.where(_inputs.run == run, _datasets.experiment != experiment)).all()
    changed = []
    for old, *fields in rows:
        values = {"experiment": experiment, **dict(zip(_FIELDS, fields, strict=True))}
        connection.execute(dialect.insert(schema.datasets).on_conflict_do_nothing(), values)
        same = (_datasets.experiment == experiment, _datasets.name == fields[0], _datasets.digest == fields[1])
        new = connection.execute(select(_datasets.id).where(*same)).scalar_one()
        changed.append({"old": old, "new": new})
    if changed:
        one = and_(_inputs.run == run, _inputs.dataset == bindparam("old"))
        connection.execute(update(schema.inputs).where(one).values(dataset=bindparam("new")), changed)
