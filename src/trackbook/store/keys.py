"""Names of params, metrics and tags as integers, and how many runs of an experiment have each.

The paths of documents are names too, which nothing counts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from sqlalchemy import Integer, bindparam, delete, func, literal, select, union_all

from trackbook.store import schema
from trackbook.store.dialect import fetched, one_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from trackbook.store.dialect import Dialect

Name = tuple[int, str]
"""(`schema.PARAM`, `METRIC`, `TAG` or `PATH`, the key)"""
KINDS: Mapping[int, str] = {schema.PARAM: "params", schema.METRIC: "metrics", schema.TAG: "tags"}
TABLES = {schema.PARAM: schema.params, schema.METRIC: schema.metrics, schema.TAG: schema.tags}
_AT_ONCE = 500
_MOST_KEPT = 20_000
_IDS, _NAMES = "trackbook_key_ids", "trackbook_key_names"
"""What a connection remembers: keys are never renamed, nor is an id used again."""
_FIND = select(schema.keys.c.key, schema.keys.c.id).where(
    schema.keys.c.kind == bindparam("kind"), schema.keys.c.key.in_(bindparam("names", expanding=True))
)

_NAME_OF = select(schema.keys.c.id, schema.keys.c.key).where(one_of(schema.keys.c.id, "ids"))


def find(connection: Connection, names: Collection[Name]) -> dict[Name, int]:
    """The ids of those names that are known; a connection remembers them, since they never change."""
    known: dict[Name, int] = connection.info.setdefault(_IDS, {})
    found = {name: known[name] for name in names if name in known}
    if len(found) == len(names):
        return found
    if len(known) > _MOST_KEPT:
        known.clear()
    for kind in {kind for kind, _ in names}:
        of_kind = sorted(name[1] for name in set(names) - found.keys() if name[0] == kind)
        for start in range(0, len(of_kind), _AT_ONCE):
            some = of_kind[start : start + _AT_ONCE]
            rows = connection.execute(_FIND, {"kind": kind, "names": some})
            read = {(kind, key): number for key, number in rows.all()}
            found |= read
            known |= read
    return found


def names_of(connection: Connection, ids: Collection[int]) -> Mapping[int, str]:
    """At least the names of these keys, by id."""
    known: dict[int, str] = connection.info.setdefault(_NAMES, {})
    unknown = list(set(ids) - known.keys())
    if unknown:
        known.update(fetched(connection, _NAME_OF, {"ids": unknown}))
    return known


def forget(connection: Connection) -> None:
    """What a transaction made that did not end well is no key."""
    connection.info.pop(_IDS, None)
    connection.info.pop(_NAMES, None)


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
