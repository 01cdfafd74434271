"""How many runs match: exactly, from indexes alone where the filter allows.

A filter that demands comparisons of single keys (`metrics.acc > 0.5 AND params.kernel = 'rbf'`) is counted as sets of
run ids, each read from one covering index, without a look at the rows of runs.  What SQLite counted is remembered
with the connection until anybody writes, so that turning pages and changing the order count nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from trackbook.core.entities import ViewType
from trackbook.store import schema
from trackbook.store.ids import experiment_numbers
from trackbook.store.schema import METRIC

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select
    from sqlalchemy.sql.elements import ColumnElement

    from trackbook.core.ports import RunQuery
    from trackbook.store.run_conditions import Place, Plan

_runs = schema.runs.c
MAX_REMEMBERED = 200


def scope_of(query: RunQuery) -> list[ColumnElement[bool]]:
    """Conditions on `runs`: the lifecycle stage and the experiments that a query sees."""
    scope: list[ColumnElement[bool]] = []
    if query.view == ViewType.ACTIVE_ONLY:
        scope.append(_runs.deleted_ms.is_(None))
    elif query.view == ViewType.DELETED_ONLY:
        scope.append(_runs.deleted_ms.is_not(None))
    if query.experiment_ids is not None:
        scope.append(_runs.experiment.in_(experiment_numbers(query.experiment_ids)))
    return scope


def total(connection: Connection, plan: Plan, query: RunQuery) -> int:
    """The runs that match `plan`, in the scope of `query`."""
    question = (query.filter, query.view, tuple(sorted(query.experiment_ids or ["*"])), query.experiment_ids is None)
    remembered = _remembered(connection)
    counted: Select[Any]
    if question in remembered:
        return remembered[question]
    if plan.joins and not plan.rest and plan.alone.keys() == plan.joins.keys():
        counted = _of_sets(plan, query)
    else:
        counted = select(func.count()).select_from(plan.joined()).where(*plan.where, *scope_of(query))
    number: int = connection.execute(counted).scalar_one()
    if len(remembered) < MAX_REMEMBERED:
        remembered[question] = number
    return number


def at_most(connection: Connection, rows: Select[Any], most: int) -> int:
    """The number of rows, counted no further than `most`."""
    number: int = connection.execute(select(func.count()).select_from(rows.limit(most).subquery())).scalar_one()
    return number


def keepers(plan: Plan, place: Place) -> Select[Any]:
    """The ids of runs that pass what `plan` demands of one key, out of any scope."""
    table = plan.joins[place]
    return select(table.c.run).where(table.c.key == place[1], *plan.alone[place])


def _of_sets(plan: Plan, query: RunQuery) -> Select[Any]:
    # The rows of a metric come in order of value, those of a param's value in order of run: quicker to build a set of.
    places = sorted(plan.joins, key=lambda place: place[0] != METRIC)
    run = plan.joins[places[0]].c.run
    passed = [run.in_(keepers(plan, place)) for place in places[1:]]
    if query.view == ViewType.ACTIVE_ONLY and query.experiment_ids is None:
        passed.append(run.not_in(select(_runs.id).where(_runs.deleted_ms.is_not(None))))
    elif scope := scope_of(query):
        passed.append(run.in_(select(_runs.id).where(*scope)))
    return select(func.count()).select_from(keepers(plan, places[0]).where(*passed).subquery())


def _remembered(connection: Connection) -> dict[object, int]:
    """Totals that still hold on this connection, by question."""
    if connection.dialect.name != "sqlite":
        return {}
    # The first changes with commits of other connections, the second with our own.
    others = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
    own = connection.connection.driver_connection.total_changes  # type: ignore[union-attr]
    totals: dict[object, int]
    state, totals = connection.info.get("trackbook_totals", (None, {}))
    if state != (others, own):
        totals = {}
        connection.info["trackbook_totals"] = ((others, own), totals)
    return totals
