"""The run table: its first rows travel with it, the rest is asked for as the view scrolls, sorts, filters and groups.

Traits hold what a view may change and Python may want to know; everything of size goes by request (`table_query` and
its neighbours answer) and, where runs change, by push (`table_live`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from trackbook.core import tags
from trackbook.core.entities import Run
from trackbook.core.names import check_run_id
from trackbook.core.ports import RunQuery
from trackbook.errors import NotFound
from trackbook.models.registration import register
from trackbook.models.uris import RunModelUri
from trackbook.tracking.session import Session, current_session
from trackbook.widgets import columns as column_names
from trackbook.widgets import files, static, table_frame, table_live, texts
from trackbook.widgets.base import View
from trackbook.widgets.column_sets import ColumnSets
from trackbook.widgets.comparison import Comparison
from trackbook.widgets.payloads import Column, Order, Registered, TableRow, TableState
from trackbook.widgets.table_actions import TableActions
from trackbook.widgets.table_groups import groups
from trackbook.widgets.table_payloads import Groups, RowsChanged, Summary, TextOfRuns
from trackbook.widgets.table_query import MAX_COLUMNS, TableQuery, of_ids, orders, table_rows
from trackbook.widgets.table_summary import summary
from trackbook.widgets.table_texts import MAX_ROWS, text_of

if TYPE_CHECKING:
    import pandas as pd

FIRST_ROWS = 50
FIRST_COLUMNS = 40
"""Whose values travel with the first rows."""
MAX_BLOCK = 1000
"""Rows of one answer."""


@dataclass(frozen=True, slots=True, eq=False)
class InSight:
    """What a view asked for last, and so shows: it is kept fresh."""

    query: TableQuery
    columns: Sequence[str]
    offset: int
    limit: int


class RunTable(View):
    """Runs that match a filter, as a table to sort, filter, group and act on.

    `selected` are the chosen run ids, `.runs` their runs, `.df` a frame of what is shown, `.filter`, `.order_by`,
    `.columns`, `.group_by` and `.baseline` what the view is set to; all may be assigned.
    """

    bundle: ClassVar[str] = "table"
    table = traitlets.Dict().tag(sync=True)
    selected = traitlets.List(traitlets.Unicode()).tag(sync=True)
    filter = traitlets.Unicode("").tag(sync=True)
    order_by = traitlets.List(traitlets.Dict()).tag(sync=True)
    columns = traitlets.List(traitlets.Unicode()).tag(sync=True)
    group_by = traitlets.List(traitlets.Unicode()).tag(sync=True)
    baseline = traitlets.Unicode("").tag(sync=True)
    looks = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        *,
        filter: str = "",
        order_by: Sequence[Order] = (),
        columns: Sequence[str] | str | None = None,
        group_by: Sequence[str] = (),
        baseline: str | None = None,
        experiment_ids: Sequence[str] | None = None,
        title: str = "all experiments",
        max_rows: int = FIRST_ROWS,
        session: Session | None = None,
    ) -> None:
        self.session = session or current_session()
        self.experiment_ids = None if experiment_ids is None else list(experiment_ids)
        self.title = title
        self.first_rows = max(1, min(max_rows, FIRST_ROWS))
        self.sets = ColumnSets(self.session.settings.home, self.session.settings.user, title)
        self.actions = TableActions(self.session)
        if isinstance(columns, str):
            kept = self.sets.get(columns)
            columns = kept["columns"]
            order_by, group_by = list(order_by) or kept["order_by"], list(group_by) or kept["group_by"]
        state = self._state(filter, list(order_by), columns)
        super().__init__(
            table=state,
            filter=filter,
            order_by=list(order_by),
            columns=state["columns"],
            group_by=list(group_by),
            baseline=self._tagged_baseline() if baseline is None else baseline and check_run_id(baseline),
        )
        self._views = 0
        self._comparison: Comparison | None = None
        self._store_uri = self.session.store.uri
        self._in_sight = InSight(self._query_of(filter, order_by), state["columns"][:FIRST_COLUMNS], 0, self.first_rows)
        self._sent = state["total"], state["rows"]
        self._answer_all()
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
        """What is shown, all of it: `run_id, run_name, status, start_time, duration_s` and the columns, by their key.

        Where runs are grouped, one row a group: its key, `runs`, and `mean`, `std` and `n` of each metric.
        """
        return self._frame(self._query_of(self.filter, self.order_by))

    def refresh(self) -> None:
        """Read the first rows again."""
        self.table = dict(self._state(self.filter, orders(self.order_by), self.columns))

    # -- what pages without a kernel show -------------------------------------------------------------------------

    def static_html(self) -> str:
        return static.table_html(self.table)

    def text(self) -> str:
        return texts.table_text(self.table)

    # -- requests -------------------------------------------------------------------------------------------------

    def _answer_all(self) -> None:
        """Register the handlers, named as in `js/src/bridge/table.ts`."""
        acts = self.actions
        for method, handler in {
            "watch": self._watch,
            "rows": self._rows,
            "runs": self._runs,
            "columns": self._columns,
            "summary": self._summary,
            "groups": self._groups,
            "text": self._text,
            "register": self._register,
            "compare": self._compare,
            "sets": lambda _: self.sets.all(),
            "save_set": self._save_set,
            "delete_set": lambda params: self.sets.delete(str(params.get("name", ""))),
            "experiments": lambda _: acts.experiments(),
            "tag": lambda params: acts.tag(_ids(params), str(params.get("key", "")), str(params.get("value", ""))),
            "move": lambda params: acts.move(_ids(params), str(params.get("experiment", ""))),
            "trash": lambda params: acts.trash(_ids(params)),
            "restore": lambda params: acts.restore(_ids(params)),
            "export": lambda params: acts.export(_ids(params)),
            "undo": lambda params: acts.undo(str(params.get("token", ""))),
        }.items():
            self.answers(method, handler)

    def _rows(self, params: Mapping[str, Any]) -> dict[str, Any]:
        limit = max(1, min(MAX_BLOCK, int(params.get("limit", FIRST_ROWS))))
        offset = max(0, int(params.get("offset", 0)))
        shown = [str(key) for key in params.get("columns", self.columns)][:MAX_COLUMNS]
        query = TableQuery.read(self.experiment_ids, params)
        more = str(params.get("group", ""))
        store = self.session.reading
        page = store.runs.search(query.page(limit, offset, shown, more=more))
        rows, total = table_rows(store, page.items, shown), page.total or 0
        if not more and limit <= MAX_BLOCK // 2:
            self._in_sight = InSight(query, shown, offset, limit)
            self._sent = total, rows
        return {"total": total, "rows": rows}

    def _runs(self, params: Mapping[str, Any]) -> list[TableRow]:
        """Rows of these runs, wherever they are: columns that come into sight, the baseline."""
        wanted = _ids(params)[:MAX_BLOCK]
        shown = [str(key) for key in params.get("columns", ())][:MAX_COLUMNS]
        return self._rows_of(wanted, shown)

    def _rows_of(self, run_ids: Sequence[str], shown: Sequence[str]) -> list[TableRow]:
        if not run_ids:
            return []
        store = self.session.reading
        query = of_ids(run_ids)
        found = store.runs.search(
            RunQuery(
                filter=query.filter,
                view=query.view,
                limit=query.limit,
                columns=column_names.projection(shown),
                count=False,
            )
        )
        return table_rows(store, found.items, shown)

    def _columns(self, _params: Mapping[str, Any]) -> list[Column]:
        return column_names.all_columns(self.session.reading.runs.keys(self.experiment_ids), self._count_all())

    def _summary(self, params: Mapping[str, Any]) -> Summary:
        query = TableQuery.read(self.experiment_ids, params)
        return summary(self.session.reading, query, str(params.get("key", "")))

    def _groups(self, params: Mapping[str, Any]) -> Groups:
        query = TableQuery.read(self.experiment_ids, params)
        by, shown = ([str(key) for key in params.get(name, ())] for name in ("by", "columns"))
        return groups(self.session.reading, query, by, shown[:MAX_COLUMNS])

    def _text(self, params: Mapping[str, Any]) -> TextOfRuns:
        """All that is shown, or the runs chosen, as text in one of `table_texts.FORMATS`."""
        chosen = set(_ids(params))
        frame = self._frame(TableQuery.read(self.experiment_ids, params), None if chosen else MAX_ROWS)
        if chosen and "run_id" in frame:
            frame = frame[frame["run_id"].isin(chosen)]
        frame = frame.head(MAX_ROWS).rename(columns=column_names.label_of)
        name = "".join(one if one.isalnum() or one in "-_." else "-" for one in self.title)[:60] or "runs"
        return TextOfRuns(text=text_of(frame, str(params.get("format", "csv"))), runs=len(frame), name=name)

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

    def _compare(self, params: Mapping[str, Any]) -> str:
        """The comparison of these runs as a widget: its model's id."""
        if self._comparison is not None:
            self._comparison.close()
        self._comparison = Comparison(_ids(params), self.session)
        return str(self._comparison.model_id)

    def _save_set(self, params: Mapping[str, Any]) -> Any:
        shown, by = ([str(key) for key in params.get(name, ())] for name in ("columns", "group_by"))
        return self.sets.save(str(params.get("name", "")), shown, orders(params.get("order_by", ())), by)

    # -- live -----------------------------------------------------------------------------------------------------

    def store_uri(self) -> str:
        return self._store_uri

    def is_open(self) -> bool:
        return self.comm is not None and self._views > 0

    def _watch(self, params: Mapping[str, Any]) -> None:
        """A view of this table begins (`on`) or ends: for as long as one is there it hears of changes."""
        self._views = max(0, self._views + (1 if params.get("on") else -1))
        if self._views:
            table_live.watcher.add(self)

    def look(self) -> None:
        """Send what was asked for last, where it differs from what was sent."""
        seen, store = self._in_sight, self.session.store
        query = seen.query
        page = store.runs.search(query.page(seen.limit, seen.offset, seen.columns))
        rows, total = table_rows(store, page.items, seen.columns), page.total or 0
        if seen is not self._in_sight or self._sent == (total, rows):
            return
        self._sent = total, rows
        self.send(
            RowsChanged(
                kind="rows",
                filter=query.filter,
                order_by=list(query.order_by),
                view=query.view,
                columns=list(seen.columns),
                offset=seen.offset,
                total=total,
                unfiltered=total if not query.filter else self._count_all(query.view),
                rows=rows,
            )
        )

    # -- reading --------------------------------------------------------------------------------------------------

    def _query_of(self, filter: str, order_by: Sequence[Mapping[str, Any]]) -> TableQuery:
        return TableQuery(self.experiment_ids, filter, orders(order_by))

    def _frame(self, query: TableQuery, limit: int | None = None) -> pd.DataFrame:
        store = self.session.reading
        if self.group_by:
            return table_frame.frame_of_groups(groups(store, query, self.group_by, self.columns), self.columns)
        return table_frame.frame_of(store, query, self.columns, limit or table_frame.MOST)

    def _state(self, filter: str, order_by: Sequence[Order], columns: Sequence[str] | None) -> TableState:
        store = self.session.reading
        counts = store.runs.keys(self.experiment_ids) if columns is None else []
        read = column_names.candidates(counts) if columns is None else columns[:FIRST_COLUMNS]
        query = self._query_of(filter, order_by)
        page = store.runs.search(query.page(self.first_rows, 0, read))
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
            rows=table_rows(store, page.items, columns[:FIRST_COLUMNS]),
        )

    def _count_all(self, view: str = "active") -> int:
        """Runs without the filter."""
        return self.session.reading.runs.search(TableQuery(self.experiment_ids, view=view).page(1)).total or 0

    def _tagged_baseline(self) -> str:
        """The newest run that somebody marked as the one to compare with; "" for none."""
        query = TableQuery(self.experiment_ids, f"tags.`{tags.BASELINE}` = 'true'").page(1, count=False)
        found = self.session.reading.runs.search(query).items
        return found[0].info.run_id if found else ""


def _ids(params: Mapping[str, Any]) -> list[str]:
    return [str(run_id) for run_id in params.get("run_ids", ())]


_last: RunTable | None = None


def _remember(table: RunTable) -> None:
    global _last
    _last = table


def last_table() -> RunTable | None:
    """The table made last in this process, whose selection `%compare` takes."""
    return _last
