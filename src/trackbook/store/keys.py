"""Names of params, metrics and tags as integers, and how many runs of an experiment have each.

The paths of documents are names too, which nothing counts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from sqlalchemy import Integer, bindparam, delete, func, literal, select, union_all

from trackbook.store import schema

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from trackbook.store.dialect import Dialect

Name = tuple[int, str]
"""(`schema.PARAM`, `METRIC`, `TAG` or `PATH`, the key)"""
KINDS: Mapping[int, str] = {schema.PARAM: "params", schema.METRIC: "metrics", schema.TAG: "tags"}
TABLES = {schema.PARAM: schema.params, schema.METRIC: schema.metrics, schema.TAG: schema.tags}
_AT_ONCE = 500
_FIND = select(schema.keys.c.key, schema.keys.c.id).where(
    schema.keys.c.kind == bindparam("kind"), schema.keys.c.key.in_(bindparam("names", expanding=True))
)


def find(connection: Connection, names: Collection[Name]) -> dict[Name, int]:
    """The ids of those names that are known."""
    found: dict[Name, int] = {}
    for kind in {kind for kind, _ in names}:
        of_kind = sorted(key for one, key in names if one == kind)
        for start in range(0, len(of_kind), _AT_ONCE):
            some = of_kind[start : start + _AT_ONCE]
            rows = connection.execute(_FIND, {"kind": kind, "names": some})
            found.update({(kind, key): number for key, number in rows.all()})
    return found


def define(connection: Connection, dialect: Dialect, names: Collection[Name]) -> dict[Name, int]:
    """The ids of these names, made where they are new."""
    found = find(connection, names)
    new = sorted(set(names) - found.keys())
    if not new:
        return found
    insert = dialect.insert(schema.keys).on_conflict_do_nothing()
    connection.execute(insert, [{"kind": kind, "key": key} for kind, key in new])
    return found | find(connection, new)


def add_counts(connection: Connection, dialect: Dialect, added: Mapping[tuple[int, int], int]) -> None:
    """Add to the counts; `added` maps (experiment, key) to a number of runs, below 0 to take away."""
    rows = [
        {"experiment": experiment, "key": key, "runs": number} for (experiment, key), number in sorted(added.items())
    ]
    if rows:
        insert = dialect.insert(schema.key_counts)
        total = schema.key_counts.c.runs + insert.excluded.runs
        connection.execute(
            insert.on_conflict_do_update(index_elements=["experiment", "key"], set_={"runs": total}), rows
        )


def add_run(connection: Connection, dialect: Dialect, run: int, experiment: int, number: int) -> None:
    """Count a whole run in (1) or out (-1)."""
    owned = union_all(*(select(table.c.key).where(table.c.run == run) for table in TABLES.values()))
    added = {(experiment, key): number for key in connection.execute(owned).scalars()}
    add_counts(connection, dialect, added)


def recount(connection: Connection, experiment: int) -> None:
    """Count an experiment's active runs anew."""
    connection.execute(delete(schema.key_counts).where(schema.key_counts.c.experiment == experiment))
    for table in TABLES.values():
        counted = (
            select(literal(experiment, Integer), table.c.key, func.count())
            .join(schema.runs, schema.runs.c.id == table.c.run)
            .where(schema.runs.c.experiment == experiment, schema.runs.c.deleted_ms.is_(None))
            .group_by(table.c.key)
        )
        connection.execute(schema.key_counts.insert().from_select(["experiment", "key", "runs"], counted))


def owned(connection: Connection, kind: int, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those (run, key) pairs that the table of this kind has."""
    table = TABLES[kind].c
    found: set[tuple[int, int]] = set()
    listed = list(pairs)
    for start in range(0, len(listed), _AT_ONCE):
        some = listed[start : start + _AT_ONCE]
        runs, keys = {run for run, _ in some}, {key for _, key in some}
        query = select(table.run, table.key).where(table.run.in_(runs), table.key.in_(keys))
        found.update((run, key) for run, key in connection.execute(query).all())
    return found.intersection(pairs)
