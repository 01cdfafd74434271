"""Pages of runs: filter, order, place.

The first thing to order by decides how a page is found.  A param, tag or metric is walked in phases, each in the
order of an index: runs that have a value, runs whose value is NaN, runs that have none; that is MLflow's order in
both directions.  Everything else is ordered in one phase.  The newest start, then the run id break ties, so that each
run has one place and a page token can name it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, String, and_, case, func, literal, select
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from trackbook.core.entities import ViewType
from trackbook.core.filters import RUNS, Attribute, DatasetField, Metric, Order, Param, Tag, parse, parse_order
from trackbook.core.ports import RunQuery
from trackbook.errors import InvalidValue
from trackbook.store import keys, pages, schema
from trackbook.store.ids import experiment_numbers
from trackbook.store.pages import SortColumn
from trackbook.store.run_conditions import CELL, CELL_COLUMNS, RunConditions, names_in

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from trackbook.store.dialect import Dialect

_runs = schema.runs.c
_ROW = (
    _runs.id,
    _runs.run_id,
    _runs.name,
    _runs.experiment,
    _runs.status,
    _runs.start_ms,
    _runs.end_ms,
    _runs.user_id,
    _runs.deleted_ms,
)
VALUE, NAN, MISSING = 0, 1, 2
"""Phases of an order by a param, tag or metric."""


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of `runs`, with the token of the next page and the number of all that match."""

    rows: Sequence[Any]
    next_page_token: str | None
    total: int


def search(connection: Connection, dialect: Dialect, artifact_root: str, query: RunQuery) -> Found:
    limit = pages.check_limit(query.limit)
    if query.offset < 0:
        raise InvalidValue(f"an offset is 0 or more, not {query.offset}")
    condition = parse(query.filter, RUNS)
    orders = [parse_order(clause, RUNS) for clause in query.order_by]
    ids = keys.find(connection, {name for part in (condition, *orders) for name in names_in(part)})
    conditions = RunConditions(dialect, artifact_root, ids)
    conditions.add(condition)
    conditions.plan.where += _scope(query)
    question = pages.mark(query.filter, list(query.order_by), query.view, sorted(query.experiment_ids or ["*"]))
    place = None if query.page_token is None else pages.place_of(question, query.page_token)
    total = connection.execute(
        select(func.count()).select_from(conditions.plan.joined()).where(*conditions.plan.where)
    ).scalar_one()
    if conditions.plan.joins and _walks(connection, total, limit + query.offset):
        conditions = RunConditions(dialect, artifact_root, ids, max_joins=0)
        conditions.add(condition)
        conditions.plan.where += _scope(query)
    return _Walk(connection, conditions, orders, question).page(limit, query.offset, place, total)


def _walks(connection: Connection, total: int, wanted: int) -> bool:
    """Whether to walk along the order and look at each run until enough pass, instead of sorting all that pass.

    Where `total` of n runs pass, `wanted` are found within about wanted * n / total steps.
    """
    n = connection.execute(select(func.max(_runs.id))).scalar_one() or 0
    return total * total > wanted * n


def _scope(query: RunQuery) -> list[ColumnElement[bool]]:
    scope: list[ColumnElement[bool]] = []
    if query.view == ViewType.ACTIVE_ONLY:
        scope.append(_runs.deleted_ms.is_(None))
    elif query.view == ViewType.DELETED_ONLY:
        scope.append(_runs.deleted_ms.is_not(None))
    if query.experiment_ids is not None:
        scope.append(_runs.experiment.in_(experiment_numbers(query.experiment_ids)))
    return scope


class _Walk:
    """Through the phases of an order, until a page is full."""

    def __init__(
        self, connection: Connection, conditions: RunConditions, orders: Sequence[Order], question: str
    ) -> None:
        self.connection, self.conditions, self.question = connection, conditions, question
        has_phases = bool(orders) and isinstance(orders[0].field, Param | Tag | Metric)
        self.leading = orders[0] if has_phases else None
        self.rest = orders[1:] if has_phases else orders

    def page(self, limit: int, offset: int, place: list[Any] | None, total: int) -> Found:
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
            found = self._rows(query, columns, limit + 1 - len(rows), offset)
            rows += found
            phases += [phase] * len(found)
            if len(rows) > limit:
                break
            if offset:
                offset = 0 if found else max(0, offset - self._count(query))
        if len(rows) <= limit:
            return Found(rows, None, total)
        rows = rows[:limit]
        token = pages.token(self.question, [phases[limit - 1], *rows[-1][len(_ROW) :]])
        return Found(rows, token, total)

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
        tables, where = plan.joined(), list(plan.where)
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
        table = joined if joined is not None else keys.TABLES[kind].alias("leading")
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
                    cell = schema.cells.alias()
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
                table = keys.TABLES[kind].alias()
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
