"""The run table: its first rows travel with it, the rest is asked for as the view scrolls, sorts and filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from trackbook.core.entities import Run
from trackbook.core.ports import RunQuery, walk
from trackbook.errors import NotFound
from trackbook.models.registration import register
from trackbook.models.uris import RunModelUri
from trackbook.tracking.session import Session, current_session
from trackbook.widgets import columns as column_names
from trackbook.widgets import files, static, texts
from trackbook.widgets.base import View
from trackbook.widgets.heads import ExperimentNames, cell_places, run_head
from trackbook.widgets.payloads import Column, Order, Registered, TableRow, TableState

if TYPE_CHECKING:
    import pandas as pd

    from trackbook.core.ports import Store

FIRST_ROWS = 50
MAX_BLOCK = 500
"""Rows of one answer."""
MAX_COLUMNS = 200
"""Columns of one answer."""
PAGE = 1000


class RunTable(View):
    """Runs that match a filter.  Traits: `table` (first rows), `selected`, `filter`, `order_by`, `columns`.

    `selected` are the chosen run ids, `.runs` their runs, `.df` a frame of all matching rows with the columns shown.
    """

    bundle: ClassVar[str] = "table"
    table = traitlets.Dict().tag(sync=True)
    selected = traitlets.List(traitlets.Unicode()).tag(sync=True)
    filter = traitlets.Unicode("").tag(sync=True)
    order_by = traitlets.List(traitlets.Dict()).tag(sync=True)
    columns = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(
        self,
        *,
        filter: str = "",
        order_by: Sequence[Order] = (),
        columns: Sequence[str] | None = None,
        experiment_ids: Sequence[str] | None = None,
        title: str = "all experiments",
        max_rows: int = FIRST_ROWS,
        session: Session | None = None,
    ) -> None:
        self.session = session or current_session()
        self.experiment_ids = None if experiment_ids is None else list(experiment_ids)
        self.title = title
        self.first_rows = max(1, min(max_rows, FIRST_ROWS))
        state = self._state(filter, list(order_by), columns)
        super().__init__(table=state, filter=filter, order_by=list(order_by), columns=state["columns"])
        self.answers("rows", self._rows)
        self.answers("columns", self._columns)
        self.answers("register", self._register)
        _remember(self)

    # -- for the user ---------------------------------------------------------------------------------------------

    @property
    def runs(self) -> list[Run]:
        """The selected runs, in the order in which they were chosen; those deleted since are left out."""
        store = self.session.reading
        found = []
        for run_id in self.selected:
            try:
                found.append(store.runs.get(run_id))
            except NotFound:
                continue
        return found

    @property
    def df(self) -> pd.DataFrame:
        """All matching rows: `run_id, run_name, status, start_time, duration_s` and the columns shown, by their key."""
        import pandas as pd

        query = self._query(self.filter, self._orders(), PAGE, 0, self.columns)
        found = list(walk(self.session.reading.runs, query))
        infos = [run.info for run in found]
        frame: dict[str, Any] = {
            "run_id": [info.run_id for info in infos],
            "run_name": [info.run_name for info in infos],
            "status": [str(info.status) for info in infos],
            "start_time": pd.to_datetime([info.start_time for info in infos], unit="ms", utc=True),
            "duration_s": [None if one.end_time is None else (one.end_time - one.start_time) / 1000 for one in infos],
        }
        for key in self.columns:
            values = [column_names.value_of(run, key) for run in found]
            frame[key] = pd.to_numeric(pd.Series(values)) if key.startswith("metrics.") else values
        return pd.DataFrame(frame)

    def refresh(self) -> None:
        """Read the first rows again."""
        self.table = dict(self._state(self.filter, self._orders(), self.columns))

    # -- what pages without a kernel show -------------------------------------------------------------------------

    def static_html(self) -> str:
        return static.table_html(self.table)

    def text(self) -> str:
        return texts.table_text(self.table)

    # -- requests -------------------------------------------------------------------------------------------------

    def _rows(self, params: Mapping[str, Any]) -> dict[str, Any]:
        limit = max(1, min(MAX_BLOCK, int(params.get("limit", FIRST_ROWS))))
        offset = max(0, int(params.get("offset", 0)))
        shown = [str(key) for key in params.get("columns", self.columns)][:MAX_COLUMNS]
        query = self._query(str(params.get("filter", "")), params.get("order_by", ()), limit, offset, shown)
        store = self.session.reading
        page = store.runs.search(query)
        return {"total": page.total or 0, "rows": table_rows(store, page.items, shown)}

    def _columns(self, _params: Mapping[str, Any]) -> list[Column]:
        return column_names.all_columns(self.session.reading.runs.keys(self.experiment_ids), self._count_all())

    def _register(self, params: Mapping[str, Any]) -> Registered:
        """Register the run's model; the first where it has several."""
        store = self.session.reading
        run = store.runs.get(str(params.get("run_id", "")))
        found = files.models(store, run.info.run_id, files.listing(store, run.info.run_id))
        if not found:
            raise NotFound("model of run", run.info.run_name, "log one in it with tb.sklearn.log_model")
        uri = RunModelUri(run.info.run_id, found[0]["path"])
        version = register(store, str(uri), params.get("name", ""), alias=params.get("alias") or None)
        return Registered(name=version.name, version=version.version, aliases=sorted(version.aliases))

    def _orders(self) -> list[Order]:
        return [Order(key=str(item.get("key", "")), desc=bool(item.get("desc"))) for item in self.order_by]

    # -- reading --------------------------------------------------------------------------------------------------

    def _query(
        self, filter: str, order_by: Sequence[Order], limit: int, offset: int, columns: Sequence[str]
    ) -> RunQuery:
        clauses = [column_names.order_clause(order) for order in order_by]
        projection = column_names.projection(columns)
        return RunQuery(self.experiment_ids, filter, clauses, limit=limit, offset=offset, columns=projection)

    def _state(self, filter: str, order_by: Sequence[Order], columns: Sequence[str] | None) -> TableState:
        store = self.session.reading
        counts = store.runs.keys(self.experiment_ids) if columns is None else []
        read = column_names.candidates(counts) if columns is None else columns
        page = store.runs.search(self._query(filter, order_by, self.first_rows, 0, read))
        if columns is None:
            columns = column_names.default_columns(counts, page.items)
        return TableState(
            schema=1,
            title=self.title,
            filter=filter,
            order_by=list(order_by),
            columns=list(columns),
            total=page.total or 0,
            unfiltered=self._count_all() if filter else page.total or 0,
            rows=table_rows(store, page.items, columns),
        )

    def _count_all(self) -> int:
        """Runs without the filter."""
        return self.session.reading.runs.search(RunQuery(self.experiment_ids, limit=1, columns=())).total or 0


def table_rows(store: Store, runs: Sequence[Run], columns: Sequence[str]) -> list[TableRow]:
    """Rows of the table with the values of these columns."""
    names = ExperimentNames(store)
    places = cell_places(store, runs)
    rows = []
    for run in runs:
        values = {key: column_names.value_of(run, key) for key in columns}
        rows.append(
            TableRow(
                run=run_head(run.info, names[run.info.experiment_id]),
                cell=places.get(run.info.run_id),
                values={
                    key: texts.shorten(value) if isinstance(value, str) else value
                    for key, value in values.items()
                    if value is not None
                },
            )
        )
    return rows


_last: RunTable | None = None


def _remember(table: RunTable) -> None:
    global _last
    _last = table


def last_table() -> RunTable | None:
    """The table made last in this process, whose selection `%compare` takes."""
    return _last
