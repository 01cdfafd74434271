"""Values of a page of runs: params, metrics and tags, all of them or the columns that were asked for.

Rows come as the driver gives them, with the integers of keys; names are looked up here, since a join and a row object
for each value cost more than the reading.  Keys are never renamed or used again, so that a connection remembers them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, select

from trackbook.core.entities import MetricAggregate, RunData
from trackbook.core.filters import RUNS, Metric, Param, Tag, parse_order
from trackbook.store import aggregates, keys
from trackbook.store.dialect import each_of, fetched, one_of
from trackbook.store.keys import Name
from trackbook.store.schema import METRIC, PARAM, TAG

if TYPE_CHECKING:
    from sqlalchemy import Connection

AT_ONCE = 500
"""Runs of one query."""


def _of_kind(kind: int, columns: Sequence[str], *, few: bool) -> Select[Any]:
    table = keys.TABLES[kind].c
    query = select(table.run, table.key, *(table[name] for name in columns))
    query = query.where(each_of(table.run, "runs", table.key, "keys") if few else one_of(table.run, "runs"))
    return query.order_by(table.run, table.key)


_COLUMNS = {PARAM: ("value",), TAG: ("value",), METRIC: aggregates.NAMES}
_ALL = {kind: _of_kind(kind, columns, few=False) for kind, columns in _COLUMNS.items()}
_SOME = {kind: _of_kind(kind, columns, few=True) for kind, columns in _COLUMNS.items()}


@dataclass(slots=True)
class Values:
    """By `runs.id`; a run without values of a kind is left out there."""

    params: dict[int, dict[str, str]] = field(default_factory=dict)
    tags: dict[int, dict[str, str]] = field(default_factory=dict)
    metrics: dict[int, dict[str, MetricAggregate]] = field(default_factory=dict)

    def of(self, run: int) -> RunData:
        metrics = self.metrics.get(run, {})
        return RunData(
            params=self.params.get(run, {}),
            metrics={key: one.last for key, one in metrics.items()},
            tags=self.tags.get(run, {}),
            aggregates=metrics,
        )


def wanted(columns: Sequence[str]) -> set[Name]:
    """What these columns may mean; raises `FilterSyntaxError`.  Attributes ask for nothing: every run has them."""
    names: set[Name] = set()
    for column in columns:
        match parse_order(column, RUNS).field:
            case Param(key):
                names.add((PARAM, key))
            case Tag(key):
                names.add((TAG, key))
            case Metric(key, _, plain):
                names |= {(METRIC, key), (METRIC, plain or key)}
    return names


def load(connection: Connection, runs: Sequence[int], columns: Sequence[str] | None = None) -> Values:
    """The values of these runs (`runs.id`); `columns` as in `RunQuery`."""
    values = Values()
    chosen = None if columns is None else keys.find(connection, wanted(columns))
    for kind, found in ((PARAM, values.params), (TAG, values.tags)):
        for rows, names in blocks(connection, kind, runs, chosen):
            for run, key, value in rows:
                found.setdefault(run, {})[names[key]] = value
    metrics, entity = values.metrics, aggregates.to_entity
    for rows, names in blocks(connection, METRIC, runs, chosen):
        for run, key, *row in rows:
            name = names[key]
            metrics.setdefault(run, {})[name] = entity(name, row)
    return values


def blocks(
    connection: Connection, kind: int, runs: Sequence[int], chosen: Mapping[Name, int] | None
) -> Iterator[tuple[Sequence[Any], Mapping[int, str]]]:
    """The driver's rows in order of run and key (run, key, the kind's columns), and the names of keys among them."""
    names = None if chosen is None else {n: key for (one, key), n in chosen.items() if one == kind}
    if names == {}:
        return
    for start in range(0, len(runs), AT_ONCE):
        some = runs[start : start + AT_ONCE]
        if names is None:
            rows = fetched(connection, _ALL[kind], {"runs": some})
            yield rows, keys.names_of(connection, {row[1] for row in rows})
        else:
            yield fetched(connection, _SOME[kind], {"runs": some, "keys": list(names)}), names
