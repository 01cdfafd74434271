"""What a run table asks a store: which runs, in which order, which of their values, as rows for the view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackbook.core import tags
from trackbook.core.entities import ViewType
from trackbook.core.filters.tree import quoted_text
from trackbook.core.ports import RunQuery
from trackbook.widgets import columns as column_names
from trackbook.widgets import texts
from trackbook.widgets.heads import ExperimentNames, cell_places, error_text, run_head
from trackbook.widgets.payloads import Num, num
from trackbook.widgets.table_payloads import Order, ParentRun, TableRow

if TYPE_CHECKING:
    from trackbook.core.entities import Run
    from trackbook.core.ports import Store

VIEWS = {"active": ViewType.ACTIVE_ONLY, "trash": ViewType.DELETED_ONLY}
"""Which runs: those that are there, or those in the trash."""
MAX_COLUMNS = 200
"""Columns of one answer."""
_ALWAYS = tuple(
    column_names.key_of("tags", name) for name in (tags.ERROR_TYPE, tags.ERROR_MESSAGE, tags.PAUSED, tags.PARENT_RUN_ID)
)


@dataclass(frozen=True, slots=True)
class TableQuery:
    """The runs of a table, whole: pages are cut from it."""

    experiment_ids: Sequence[str] | None = None
    filter: str = ""
    order_by: Sequence[Order] = ()
    view: str = "active"

    @classmethod
    def read(cls, experiment_ids: Sequence[str] | None, params: Mapping[str, Any]) -> TableQuery:
        """From a request's params."""
        return cls(
            experiment_ids,
            str(params.get("filter", "")),
            orders(params.get("order_by", ())),
            "trash" if params.get("view") == "trash" else "active",
        )

    @property
    def is_by_step(self) -> bool:
        """Whether it is sorted by a metric at a step, which no store can do."""
        return any(column_names.step_of(order["key"]) is not None for order in self.order_by)

    def page(
        self, limit: int, offset: int = 0, columns: Sequence[str] | None = (), *, count: bool = True, more: str = ""
    ) -> RunQuery:
        """As the store takes it; `more` is a filter that must hold as well.  Raises `InvalidValue`."""
        clauses = [column_names.order_clause(order) for order in self.order_by]
        return RunQuery(
            self.experiment_ids,
            both(self.filter, more),
            clauses,
            VIEWS[self.view],
            limit=limit,
            offset=offset,
            columns=None if columns is None else projection(columns),
            count=count,
        )


def projection(columns: Sequence[str]) -> list[str] | None:
    """What a store has to read for rows with these columns; as `columns.projection`."""
    found = column_names.projection(columns)
    return None if found is None else [*dict.fromkeys((*found, *_ALWAYS))]


def both(first: str, second: str) -> str:
    """Two filters as one that demands both."""
    kept = [one for one in (first.strip(), second.strip()) if one]
    return kept[0] if len(kept) == 1 else " AND ".join(f"({one})" for one in kept)


def of_ids(run_ids: Sequence[str]) -> RunQuery:
    """These runs, wherever they are, in no order of theirs; without values."""
    of_these = f"attributes.run_id IN ({', '.join(quoted_text(one) for one in run_ids)})"
    return RunQuery(filter=of_these, view=ViewType.ALL, limit=max(1, len(run_ids)), columns=(), count=False)


def orders(items: Any) -> list[Order]:
    """Sort orders as they came from a front end."""
    return [Order(key=str(item.get("key", "")), desc=bool(item.get("desc"))) for item in items]


def table_rows(store: Store, runs: Sequence[Run], columns: Sequence[str]) -> list[TableRow]:
    """Rows of the table with the values of these columns; what a run lacks is left out."""
    names = ExperimentNames(store)
    places = cell_places(store, runs)
    parents = _parents(store, runs)
    readers = [(key, column_names.reader(key)) for key in columns if column_names.step_of(key) is None]
    at_steps = values_at_steps(store, [run.info.run_id for run in runs], columns)
    rows = []
    for run in runs:
        values: dict[str, str | Num] = dict(at_steps.get(run.info.run_id, {}))
        for key, read in readers:
            value = read(run)
            if value is not None:
                values[key] = texts.shorten(value) if isinstance(value, str) else value
        head = run_head(run.info, names[run.info.experiment_id], run.data.tags)
        row = TableRow(run=head, cell=places.get(run.info.run_id), values=values)
        error = error_text(run)
        if error:
            row["error"] = error
        parent = run.data.tags.get(tags.PARENT_RUN_ID)
        if parent:
            row["parent"] = ParentRun(run_id=parent, name=parents.get(parent, ""))
        rows.append(row)
    return rows


def _parents(store: Store, runs: Sequence[Run]) -> dict[str, str]:
    """Names by id of the runs that these were started in; most often they are among them."""
    wanted = {run.data.tags.get(tags.PARENT_RUN_ID) for run in runs}
    found = {run.info.run_id: run.info.run_name for run in runs}
    lacking = sorted(one for one in wanted - found.keys() if one)
    if lacking:
        found |= {run.info.run_id: run.info.run_name for run in store.runs.search(of_ids(lacking)).items}
    return found


def values_at_steps(store: Store, run_ids: Sequence[str], columns: Sequence[str]) -> dict[str, dict[str, Num]]:
    """Run id -> column -> value, of those columns that ask for a metric at a step and have a point there."""
    found: dict[str, dict[str, Num]] = {}
    for column in columns:
        asked = column_names.step_of(column)
        if asked is None or not run_ids:
            continue
        key, step = asked
        for curve in store.metrics.curves(run_ids, [key], buckets=1, start=step, end=step):
            if len(curve.values):
                found.setdefault(curve.run_id, {})[column] = num(float(curve.values[-1]))
    return found
