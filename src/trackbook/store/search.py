"""Pages of runs: filter, order, place.

The first thing to order by decides how a page is found.  A param, tag or metric is walked in phases, each in the
order of an index: runs that have a value, runs whose value is NaN, runs that have none; that is MLflow's order in
both directions.  Everything else is ordered in one phase.  The newest start, then the run id break ties, so that each
run has one place and a page token can name it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Select, String, and_, case, func, literal, select, true
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from trackbook.core.filters import RUNS, Attribute, DatasetField, Metric, Order, Param, Tag, parse, parse_orders
from trackbook.core.ports import RunQuery
from trackbook.errors import InvalidValue
from trackbook.store import keys, pages, schema, totals
from trackbook.store.pages import SortColumn
from trackbook.store.run_conditions import CELL, CELL_COLUMNS, MAX_JOINS, RunConditions, names_in

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from trackbook.store.dialect import Dialect

_runs = schema.runs.c
_ROW = (
    _runs.id,
    _runs.run_id,
    _runs.name,
    _runs.experiment,
    _runs.home,
    _runs.status,
    _runs.start_ms,
    _runs.end_ms,
    _runs.user_id,
    _runs.deleted_ms,
)
VALUE, NAN, MISSING = 0, 1, 2
"""Phases of an order by a param, tag or metric."""
_NEWEST = select(func.max(_runs.id))


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of `runs`, with the token of the next page and, where it was asked for, the number of all that match."""

    rows: Sequence[Any]
    next_page_token: str | None
    total: int | None = None


def search(
    connection: Connection, dialect: Dialect, artifact_root: str, query: RunQuery, *, most: int = pages.MAX_LIMIT
) -> Found:
    """A page of at most `most` runs."""
    limit = pages.check_limit(query.limit, most)
    if query.offset < 0:
        raise InvalidValue(f"an offset is 0 or more, not {query.offset}")
    condition = parse(query.filter, RUNS)
    orders = parse_orders(query.order_by, RUNS)
    ids = keys.find(connection, {name for part in (condition, *orders) for name in names_in(part)})
    question = pages.mark(query.filter, list(query.order_by), query.view, sorted(query.experiment_ids or ["*"]))
    place = None if query.page_token is None else pages.place_of(question, query.page_token)

    def compiled(max_joins: int = MAX_JOINS) -> RunConditions:
        conditions = RunConditions(dialect, artifact_root, ids, max_joins=max_joins)
        conditions.add(condition)
        return conditions

    def walk(conditions: RunConditions) -> _Walk:
        return _Walk(connection, conditions, totals.scope_of(query), orders, question)

    joined = compiled()
    total = totals.total(connection, joined.plan, query) if query.count else None
    found = _page(connection, joined, compiled, walk, limit, query.offset, place, total)
    return replace(found, total=total)


def _page(
    connection: Connection,
    joined: RunConditions,
    compiled: Callable[[int], RunConditions],
    walk: Callable[[RunConditions], _Walk],
    limit: int,
    offset: int,
    place: list[Any] | None,
    total: int | None,
) -> Found:
    """Where few runs pass, all of them are found and sorted; where many do, the order is walked until enough passed.

    Where `total` of n runs pass, `wanted` are found within about wanted * n / total steps of a walk.  Sorting takes
    `total` steps, so that both are alike at `total` = sqrt(wanted * n).  Uncounted, a walk is tried so far.
    """
    plan = joined.plan
    if not plan.joins:
        return walk(joined).page(limit, offset, place)
    wanted = limit + offset + 1
    many = math.isqrt(wanted * (connection.execute(_NEWEST).scalar_one() or 0)) + 1
    if total is not None:
        return walk(compiled(0) if total >= many else joined).page(limit, offset, place)
    if all(totals.at_most(connection, totals.keepers(plan, one), many) >= many for one in plan.alone):
        found = walk(compiled(0)).page(limit, offset, place, steps=2 * many)
        if found.next_page_token is not None:
            return found
    return walk(joined).page(limit, offset, place)


class _Walk:
    """Through the phases of an order, until a page is full."""

    def __init__(
        self,
        connection: Connection,
        conditions: RunConditions,
        scope: Sequence[ColumnElement[bool]],
        orders: Sequence[Order],
        question: str,
    ) -> None:
        self.connection, self.conditions, self.scope, self.question = connection, conditions, scope, question
        has_phases = bool(orders) and isinstance(orders[0].field, Param | Tag | Metric)
        self.leading = orders[0] if has_phases else None
        self.rest = orders[1:] if has_phases else orders

    def page(self, limit: int, offset: int, place: list[Any] | None, steps: int | None = None) -> Found:
        """A page, uncounted.  With `steps` only so many runs of the order are looked at, as a try: a page that has a
        next one is right, any other is not.
        """
        rows: list[Any] = []
        phases: list[int] = []
        started_at = self._phase_of(place)
        for phase in self._phases():
            if phase < started_at:
                continue
            query, columns = self._query(phase)
            before = place if place is not None and phase == started_at else None
            if before is not None:
                query = query.where(_after(columns, before[1:]))
            if steps is not None:
                edge = self._edge(columns[0], before, steps)
                if edge is None:
                    break
                query = query.where(edge)
            found = self._rows(query, columns, limit + 1 - len(rows), offset)
            rows += found
            phases += [phase] * len(found)
            if len(rows) > limit or steps is not None:
                break
            if offset:
                offset = 0 if found else max(0, offset - self._count(query))
        if len(rows) <= limit:
            return Found(rows, None)
        rows = rows[:limit]
        token = pages.token(self.question, [phases[limit - 1], *rows[-1][len(_ROW) :]])
        return Found(rows, token)

    def _edge(self, first: SortColumn, place: list[Any] | None, steps: int) -> ColumnElement[bool] | None:
        """What lies before the run that is so many steps along an index; None where no index has this order."""
        column = first.column
        if not isinstance(column, Column) or column.name not in ("last", "value", "start_ms"):
            return None
        if column.name == "start_ms":
            query = select(column).where(*self.scope)
        else:
            assert self.leading is not None  # noqa: S101 - its value is this column
            field = self.leading.field
            assert isinstance(field, Param | Tag | Metric)  # noqa: S101 - as chosen in __init__
            key = self.conditions.ids[self.conditions.name(field)]
            query = select(column).where(column.table.c.key == key, column.is_not(None))
        if place is not None:
            query = query.where(column <= place[1] if first.descending else column >= place[1])
        value = self.connection.execute(query.order_by(first.clause).limit(1).offset(steps)).scalar()
        if value is None:
            return true()
        before: ColumnElement[bool] = column > value if first.descending else column < value
        return before

    def _phase_of(self, place: list[Any] | None) -> int:
        if place is None:
            return VALUE
        if not place or place[0] not in (VALUE, NAN, MISSING):
            raise InvalidValue("the page token is damaged: begin with the first page")
        return int(place[0])

    def _phases(self) -> Sequence[int]:
        if self.leading is None:
            return (VALUE,)
        field = self.leading.field
        assert isinstance(field, Param | Tag | Metric)  # noqa: S101 - as chosen in __init__
        name = self.conditions.name(field)
        if name not in self.conditions.ids:
            return (MISSING,)
        if (name[0], self.conditions.ids[name]) in self.conditions.plan.joins:
            return (VALUE, NAN) if isinstance(field, Metric) else (VALUE,)
        return (VALUE, NAN, MISSING) if isinstance(field, Metric) else (VALUE, MISSING)

    def _query(self, phase: int) -> tuple[Select[Any], list[SortColumn]]:
        """All matching runs of a phase, with the columns that order them."""
        plan = self.conditions.plan
        tables, where = plan.joined(), [*plan.where, *self.scope]
        columns: list[SortColumn] = []
        if self.leading is not None:
            tables, where, columns = self._lead(phase, tables, where)
        for order in self.rest:
            tables, more = self._sorted(order, tables)
            columns += more
        columns += [SortColumn(_runs.start_ms, True), SortColumn(_runs.run_id)]
        labelled = [one.column.label(f"sort_{n}") for n, one in enumerate(columns)]
        return select(*_ROW, *labelled).select_from(tables).where(*where), columns

    def _lead(
        self, phase: int, tables: FromClause, where: list[ColumnElement[bool]]
    ) -> tuple[FromClause, list[ColumnElement[bool]], list[SortColumn]]:
        assert self.leading is not None  # noqa: S101 - the caller asked
        field = self.leading.field
        assert isinstance(field, Param | Tag | Metric)  # noqa: S101 - as chosen in __init__
        kind, name = self.conditions.name(field)
        key = self.conditions.ids.get((kind, name), -1)
        joined = self.conditions.plan.joins.get((kind, key))
        table = joined if joined is not None else self.conditions.fresh(kind)
        on = and_(table.c.run == _runs.id, table.c.key == key)
        if phase == MISSING:
            return tables, [*where, ~select(1).select_from(table).where(on).correlate(schema.runs).exists()], []
        if joined is None:
            tables = tables.join(table, on)
        value = self.conditions.value(table, field)
        if phase == NAN:
            return tables, [*where, value.is_(None)], []
        not_nan = [value.is_not(None)] if isinstance(field, Metric) else []
        return tables, [*where, *not_nan], [SortColumn(value, self.leading.descending)]

    def _sorted(self, order: Order, tables: FromClause) -> tuple[FromClause, list[SortColumn]]:
        match order.field:
            case Attribute(name) if name in CELL_COLUMNS:
                cell = self.conditions.plan.joins.get((CELL, 0))
                if cell is None:
                    cell = self.conditions.fresh(CELL)
                    tables = tables.outerjoin(cell, cell.c.run == _runs.id)
                return tables, _nullable(cell.c[CELL_COLUMNS[name]], order, is_number=name == "cell_version")
            case Attribute(name, number):
                column = self.conditions.attributes[name]
                if name in ("end_time", "duration"):
                    return tables, _nullable(column, order, is_number=number)
                return tables, [SortColumn(column, order.descending)]
            case DatasetField():
                raise InvalidValue(f"{order.field} cannot be ordered by: a run may have several")
            case field:
                kind, name = self.conditions.name(field)
                table = self.conditions.fresh(kind)
                key = self.conditions.ids.get((kind, name), -1)
                tables = tables.outerjoin(table, and_(table.c.run == _runs.id, table.c.key == key))
                value = self.conditions.value(table, field)
                return tables, _nullable(value, order, is_number=isinstance(field, Metric), row=table.c.run)

    def _rows(self, query: Select[Any], columns: Sequence[SortColumn], limit: int, offset: int) -> Sequence[Any]:
        query = query.order_by(*(one.clause for one in columns)).limit(limit)
        return self.connection.execute(query.offset(offset) if offset else query).all()

    def _count(self, query: Select[Any]) -> int:
        return self.connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()


def _nullable(
    value: ColumnElement[Any], order: Order, *, is_number: bool, row: ColumnElement[Any] | None = None
) -> list[SortColumn]:
    """Values first, then NaN, then missing, in both directions.  `row` is NULL where there is no row at all."""
    kinds = [(row.is_(None), MISSING)] if row is not None else []
    rank = case(*kinds, (value.is_(None), NAN), else_=VALUE)
    filled = func.coalesce(value, literal(0) if is_number else literal("", String))
    return [SortColumn(rank), SortColumn(filled, order.descending)]


def _after(columns: Sequence[SortColumn], place: Sequence[Any]) -> ColumnElement[bool]:
    if len(columns) != len(place):
        raise InvalidValue("the page token is damaged: begin with the first page")
    return pages.after(columns, place)
