"""One column of every run that a query finds, for histograms, choices and groups: no run is built on the way.

The filter's joins are used again where the column's own row is among what it demands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import and_, select

from trackbook.core.filters import RUNS, Attribute, DatasetField, Metric, parse, parse_order
from trackbook.core.ports import ColumnValues
from trackbook.errors import InvalidValue
from trackbook.store import keys, schema, totals
from trackbook.store.dialect import fetched
from trackbook.store.run_conditions import CELL, CELL_COLUMNS, RunConditions, names_in

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.sql.elements import ColumnElement
    from sqlalchemy.sql.selectable import FromClause

    from trackbook.core.filters import Field
    from trackbook.core.ports import RunQuery
    from trackbook.store.dialect import Dialect

_runs = schema.runs.c


def column_values(
    connection: Connection, dialect: Dialect, artifact_root: str, query: RunQuery, column: str
) -> ColumnValues:
    condition, order = parse(query.filter, RUNS), parse_order(column, RUNS)
    ids = keys.find(connection, {name for part in (condition, order) for name in names_in(part)})
    conditions = RunConditions(dialect, artifact_root, ids)
    plan = conditions.add(condition)
    is_number = isinstance(order.field, Metric) or (isinstance(order.field, Attribute) and order.field.number)
    found = _source(conditions, order.field, plan.joined())
    if found is None:
        return _columns([], is_number)
    tables, value, missing_is_nan = found
    asked = select(_runs.id, value).select_from(tables).where(*plan.where, *totals.scope_of(query))
    if not missing_is_nan:
        asked = asked.where(value.is_not(None))
    return _columns(fetched(connection, asked, {}), is_number)


def _source(
    conditions: RunConditions, field: Field, tables: FromClause
) -> tuple[FromClause, ColumnElement[Any], bool] | None:
    """Where the values stand, and whether NULL is NaN there; None where no run can have one."""
    match field:
        case Attribute(name) if name in CELL_COLUMNS:
            cell = conditions.plan.joins.get((CELL, 0))
            if cell is None:
                cell = schema.cells.alias()
                tables = tables.join(cell, cell.c.run == _runs.id)
            return tables, cell.c[CELL_COLUMNS[name]], False
        case Attribute(name):
            return tables, conditions.attributes[name], False
        case DatasetField():
            raise InvalidValue(f"{field} is no column: a run may have several")
        case _:
            kind, name = conditions.name(field)
            key = conditions.ids.get((kind, name))
            if key is None:
                return None
            table = conditions.plan.joins.get((kind, key))
            if table is None:
                table = keys.TABLES[kind].alias()
                tables = tables.join(table, and_(table.c.run == _runs.id, table.c.key == key))
            return tables, conditions.value(table, field), isinstance(field, Metric)


def _columns(rows: Any, is_number: bool) -> ColumnValues:
    runs = np.fromiter((row[0] for row in rows), np.int64, len(rows))
    listed = [row[1] for row in rows]
    values = np.array(listed, np.float64) if is_number else np.array(listed, object)
    return ColumnValues(runs, values)
