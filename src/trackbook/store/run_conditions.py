"""A filter over runs as joins and conditions that the indexes of `schema` serve.

What a filter demands at its top (`a AND b`) becomes inner joins: a run has at most one row per key, so a join repeats
nothing, and the database may begin with whichever comparison keeps least.  Everything below OR and NOT becomes
EXISTS.  A key that no run has is known before the query: the comparison is false.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Text as SqlText
from sqlalchemy import and_, case, cast, exists, false, func, literal, select
from sqlalchemy.sql.elements import ColumnClause, ColumnElement
from sqlalchemy.sql.selectable import FromClause
from sqlalchemy.sql.visitors import iterate

from trackbook.core.filters import (
    And,
    Arithmetic,
    Attribute,
    Comparison,
    Condition,
    DatasetField,
    Field,
    Membership,
    Metric,
    Not,
    Null,
    NumberOperand,
    Or,
    Order,
    Param,
    Tag,
    Text,
)
from trackbook.core.filters.scopes import lower_is_better
from trackbook.core.serving import serving
from trackbook.core.tags import PAUSED
from trackbook.store import keys, schema
from trackbook.store.conditions import Conditions, apart, calculated, compared
from trackbook.store.dialect import Dialect, at_least_0, whole
from trackbook.store.schema import METRIC, PARAM, TAG

MAX_JOINS = 24
"""SQLite joins 64 tables at most, and plans few of them well; the rest becomes EXISTS."""

CELL_COLUMNS = {
    "cell": "line",
    "cell_id": "cell_id",
    "cell_version": "version",
    "notebook": "notebook",
    "source": "source",
}
UPPER, LOWER = {"status"}, {"lifecycle_stage"}
"""Attributes whose words are compared in one case."""
_runs = schema.runs.c


Place = tuple[int, int]
"""(kind, keys.id)"""


@dataclass(slots=True)
class Plan:
    """A filter, compiled: tables that must be joined, by kind and key, and what must hold.

    `alone` are those parts of `where` that speak of one joined table and nothing else, by its place; `rest` the others.
    """

    joins: dict[Place, FromClause] = field(default_factory=dict)
    where: list[ColumnElement[bool]] = field(default_factory=list)
    alone: dict[Place, list[ColumnElement[bool]]] = field(default_factory=dict)
    rest: list[ColumnElement[bool]] = field(default_factory=list)

    def joined(self) -> FromClause:
        joined: FromClause = schema.runs
        for (kind, key), table in self.joins.items():
            on = table.c.run == _runs.id
            joined = joined.join(table, on if kind == CELL else and_(on, table.c.key == key))
        return joined


CELL = 0
"""The kind of a join with `cells`, beside `schema.PARAM` and its like."""
_TABLES = {**keys.TABLES, CELL: schema.cells}


@lru_cache(maxsize=512)
def _alias(kind: int, number: int) -> FromClause:
    """Remembered, since an alias makes all columns of its table anew: a quarter of what a search took."""
    return _TABLES[kind].alias()


@lru_cache(maxsize=8)
def attributes(artifact_root: str, told: str = "") -> Mapping[str, ColumnElement[Any]]:
    """Attributes of a run that its own row gives; remembered, since they are the half of building a statement.

    `told` is what addresses are compared with in place of those of this machine (`core.serving`).
    """
    experiment = select(schema.experiments.c.name).where(schema.experiments.c.id == _runs.experiment)
    home = func.coalesce(_runs.home, _runs.experiment)
    own = schema.experiments.c.artifact_location
    experiment_id = cast(_runs.experiment, SqlText)
    location = select(_told(own, artifact_root, told, experiment_id) if told else own)
    default = literal(f"{told or artifact_root}/").concat(cast(home, SqlText))
    root = func.coalesce(location.where(schema.experiments.c.id == home).scalar_subquery(), default)
    return {
        "run_id": _runs.run_id,
        "run_name": _runs.name,
        "user_id": _runs.user_id,
        "status": _runs.status,
        "start_time": _runs.start_ms,
        "end_time": _runs.end_ms,
        "duration": case((_runs.end_ms.is_not(None), at_least_0(_runs.end_ms - _runs.start_ms - _paused_ms()))),
        "experiment_id": experiment_id,
        "experiment": experiment.scalar_subquery(),
        "lifecycle_stage": case((_runs.deleted_ms.is_(None), "active"), else_="deleted"),
        "artifact_uri": root.concat("/").concat(_runs.run_id).concat("/artifacts"),
    }


def _paused_ms() -> ColumnElement[int]:
    """As `core.durations.paused_ms`; the key is found once, and the tag by the primary key of its table."""
    table, names = schema.tags.alias(), schema.keys.alias()
    key = select(names.c.id).where(names.c.kind == TAG, names.c.key == PAUSED).scalar_subquery()
    text = select(whole(table.c.value)).where(table.c.run == _runs.id, table.c.key == key)
    return func.coalesce(text.correlate(schema.runs).scalar_subquery(), 0)


def _told(
    own: ColumnElement[str], root: str, told: str, experiment_id: ColumnElement[str]
) -> ColumnElement[str | None]:
    """An experiment's own location as a server tells it: below the root by its path, no other folder of the machine."""
    below = f"{root}/"
    return case(
        (func.substr(own, 1, len(below)) == below, literal(told).concat(func.substr(own, len(below)))),
        (func.substr(own, 1, 5) == "file:", literal(f"{told}/").concat(experiment_id)),
        else_=own,
    )


class RunConditions(Conditions):
    """Compiles filters and finds what orders need; `ids` maps the names of `names_in` to keys."""

    def __init__(
        self, dialect: Dialect, artifact_root: str, ids: Mapping[keys.Name, int], *, max_joins: int = MAX_JOINS
    ) -> None:
        super().__init__(dialect, attributes(artifact_root, serving().artifacts))
        self.ids = ids
        self.max_joins = max_joins
        self.plan = Plan()
        self._is_joining = False
        self._aliases = itertools.count()

    def fresh(self, kind: int) -> FromClause:
        """An alias of the table of a kind (or of `CELL`) that no other part of this query has."""
        return _alias(kind, next(self._aliases))

    def add(self, condition: Condition | None) -> Plan:
        """Compile into `plan`."""
        if condition is None:
            return self.plan
        for part in _demands(condition):
            self._is_joining = isinstance(part, Comparison | Membership) or (isinstance(part, Null) and part.negated)
            passed = apart(self.of(part))
            self.plan.where.append(passed)
            self._sort_out(passed)
        self._is_joining = False
        return self.plan

    def _sort_out(self, passed: ColumnElement[bool]) -> None:
        tables = {column.table for column in iterate(passed) if isinstance(column, ColumnClause)}
        for place, table in self.plan.joins.items():
            if tables == {table} and place[0] != CELL:
                self.plan.alone.setdefault(place, []).append(passed)
                return
        self.plan.rest.append(passed)

    def value(self, table: FromClause, field: Param | Tag | Metric) -> ColumnElement[Any]:
        """The column of a joined table that a field compares; NULL is NaN."""
        if not isinstance(field, Metric):
            return table.c.value
        match self.resolved(field).aggregate:
            case "mean":
                return table.c.sum / func.nullif(table.c.sum_count, 0)
            case "best":
                return table.c.min if lower_is_better(field.key) else table.c.max
            case aggregate:
                return table.c[aggregate]

    def resolved(self, metric: Metric) -> Metric:
        """`metrics.val.max` is the metric of that very name where there is one."""
        return Metric(metric.plain) if metric.plain and (METRIC, metric.plain) in self.ids else metric

    def name(self, field: Param | Tag | Metric) -> keys.Name:
        match field:
            case Param(key):
                return PARAM, key
            case Tag(key):
                return TAG, key
            case Metric():
                return METRIC, self.resolved(field).key

    def table(self, kind: int, key: int) -> FromClause:
        """The table of a kind to look a key up in: joined where the filter demands the row, else a fresh alias."""
        if not self._is_joining or (len(self.plan.joins) >= self.max_joins and (kind, key) not in self.plan.joins):
            return self.fresh(kind)
        joined = self.plan.joins.get((kind, key))
        if joined is None:
            joined = self.plan.joins[kind, key] = self.fresh(kind)
        return joined

    def there(self, tables: Mapping[tuple[int, int], FromClause], passed: ColumnElement[bool]) -> ColumnElement[bool]:
        """Whether rows of these tables are there and pass."""
        own = {place: table for place, table in tables.items() if self.plan.joins.get(place) is not table}
        if not own:
            return passed
        on = [
            and_(table.c.run == _runs.id, *([] if kind == CELL else [table.c.key == key]))
            for (kind, key), table in own.items()
        ]
        shared = [table for place, table in tables.items() if place not in own]
        return exists(select(1).select_from(*own.values()).where(*on, passed).correlate(schema.runs, *shared))

    def test(self, field: Field, test: Callable[[ColumnElement[Any]], ColumnElement[bool]]) -> ColumnElement[bool]:
        match field:
            case Attribute(name) if name in CELL_COLUMNS:
                table = self.table(CELL, 0)
                column = table.c[CELL_COLUMNS[name]]
                return self.there({(CELL, 0): table}, and_(column.is_not(None), test(column)))
            case Attribute():
                return super().test(field, test)
            case DatasetField(name):
                return _has_dataset(name, test)
            case _:
                kind, key = self.name(field)
                number = self.ids.get((kind, key))
                if number is None:
                    return false()
                table = self.table(kind, number)
                return self.there({(kind, number): table}, test(self.value(table, field)))

    def of(self, condition: Condition | None) -> ColumnElement[bool]:
        match condition:
            case Null(Metric() as metric, negated):
                # A NaN is there: ask for the row, not for its value.
                is_there = self.test(metric, lambda column: literal(1) == 1)
                return is_there if negated else ~is_there
            case Comparison(Attribute(name) as field, operator, Text(text)) if name in UPPER | LOWER:
                text = text.upper() if name in UPPER else text.lower()
                return self.test(field, lambda column: self.text(column, operator, text))
            case _:
                return super().of(condition)

    def equals(self, column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
        return self.dialect.equals(column, text) if getattr(column, "name", "") == "value" else column == text

    def numbers(self, left: NumberOperand | Field, operator: str, right: NumberOperand) -> ColumnElement[bool]:
        tables: dict[tuple[int, int], FromClause] = {}
        columns: dict[Field, ColumnElement[Any]] = {}
        for found in (*_looked_up(left), *_looked_up(right)):
            kind, key = (CELL, "") if isinstance(found, Attribute) else self.name(found)
            number = 0 if kind == CELL else self.ids.get((kind, key))
            if number is None:
                return false()
            table = tables.get((kind, number))
            if table is None:
                table = tables[kind, number] = self.table(kind, number)
            columns[found] = table.c.version if isinstance(found, Attribute) else self.value(table, found)
        if not tables:
            return super().numbers(left, operator, right)
        sides = [_substituted(self, side, columns) for side in (left, right)]
        return self.there(tables, and_(*self.present(left), *self.present(right), compared(operator, *sides)))

    def present(self, operand: object) -> Iterator[ColumnElement[bool]]:
        """That a run's own attributes have a value, where they may lack one (`end_time`)."""
        match operand:
            case Attribute(name) if name in self.attributes and name in ("end_time", "duration"):
                yield self.attributes[name].is_not(None)
            case Arithmetic(_, left, right):
                yield from self.present(left)
                yield from self.present(right)


def _substituted(
    conditions: Conditions, operand: NumberOperand | Field, columns: Mapping[Field, ColumnElement[Any]]
) -> ColumnElement[Any]:
    match operand:
        case Metric() | Attribute() if operand in columns:
            return columns[operand]
        case Arithmetic(operator, left, right):
            sides = (_substituted(conditions, side, columns) for side in (left, right))
            return conditions.dialect.number(calculated(operator, *sides))
        case _:
            return conditions.operand(operand)


def _looked_up(operand: object) -> Iterator[Metric | Attribute]:
    """What stands in other tables than `runs`."""
    match operand:
        case Metric():
            yield operand
        case Attribute(name) if name in CELL_COLUMNS:
            yield operand
        case Arithmetic(_, left, right):
            yield from _looked_up(left)
            yield from _looked_up(right)


def _demands(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, And):
        for part in condition.parts:
            yield from _demands(part)
    else:
        yield condition


def _has_dataset(name: str, test: Callable[[ColumnElement[Any]], ColumnElement[bool]]) -> ColumnElement[bool]:
    column = schema.inputs.c.context if name == "context" else schema.datasets.c[name]
    joined = schema.inputs.join(schema.datasets, schema.datasets.c.id == schema.inputs.c.dataset)
    query = select(1).select_from(joined).where(schema.inputs.c.run == _runs.id, test(column))
    return exists(query.correlate(schema.runs))


def names_in(condition: object) -> Iterator[keys.Name]:
    """Every key that a filter or an order names, so that their ids are read at once."""
    match condition:
        case And(parts) | Or(parts):
            for part in parts:
                yield from names_in(part)
        case Not(part):
            yield from names_in(part)
        case Comparison(left, _, right) | Arithmetic(_, left, right):
            yield from names_in(left)
            yield from names_in(right)
        case Membership(field) | Null(field) | Order(field):
            yield from names_in(field)
        case Param(key):
            yield PARAM, key
        case Tag(key):
            yield TAG, key
        case Metric(key, _, plain):
            yield METRIC, key
            if plain is not None:
                yield METRIC, plain
