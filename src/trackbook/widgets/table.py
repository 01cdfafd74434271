"""The run table: its first rows travel with it, the rest is asked for as the view scrolls, sorts, filters and groups.

Traits hold what a view may change and Python may want to know; everything of size goes by request (`table_query` and
its neighbours answer) and, where runs change, by push (`table_live`).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from trackbook.core.entities import Run
from trackbook.core.names import check_run_id
from trackbook.errors import NotFound
from trackbook.tracking.session import Session, current_session
from trackbook.widgets import static, table_frame, table_live, texts
from trackbook.widgets.base import View
from trackbook.widgets.card_payloads import Registered
from trackbook.widgets.column_sets import ColumnSets
from trackbook.widgets.columns import has_metric, results, with_results
from trackbook.widgets.comparison import Comparison
from trackbook.widgets.registering import register_of_run
from trackbook.widgets.standby import standby
from trackbook.widgets.table_actions import Remembered, TableActions
from trackbook.widgets.table_groups import groups
from trackbook.widgets.table_payloads import Order, RowsChanged, TableRow, TextOfRuns
from trackbook.widgets.table_query import MAX_COLUMNS, TableQuery, orders
from trackbook.widgets.table_reading import (
    FIRST_COLUMNS,
    FIRST_ROWS,
    MAX_BLOCK,
    READING,
    TableReading,
    block_in,
    columns_in,
    page_of,
)
from trackbook.widgets.table_texts import MAX_ROWS
from trackbook.widgets.writing import SessionWriting

if TYPE_CHECKING:
    import pandas as pd


BLIND_KEYS = 6
"""Where nothing tells of changes, one look of so many asks for keys: of some servers every run is read for that."""


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
        self.actions = TableActions(SessionWriting(self.session), Remembered())
        if isinstance(columns, str):
            kept = self.sets.get(columns)
            columns = kept["columns"]
            order_by, group_by = list(order_by) or kept["order_by"], list(group_by) or kept["group_by"]
        self._reading = TableReading(lambda: self.session.reading, self.experiment_ids, title)
        self._live = replace(self._reading, store_of=lambda: self.session.store)
        """Of what is stored: a look waits for nothing that this process still writes."""
        self._store_uri = self.session.store.uri
        self._made_of = table_live.mark_of(self._store_uri)
        """The store that `table` was read from: what a view begins with."""
        counts = self._reading.keys() if columns is None else []
        state = self._reading.first(self.first_rows, filter, list(order_by), columns, counts)
        super().__init__(
            table=state,
            standby=standby(self.session.settings, "table", READING, experiment_ids=self.experiment_ids, title=title),
            filter=filter,
            order_by=list(order_by),
            columns=state["columns"],
            group_by=list(group_by),
            baseline=self._reading.marked_baseline() if baseline is None else baseline and check_run_id(baseline),
        )
        self._views = 0
        self._looks = itertools.count()
        self._comparison: Comparison | None = None
        self._in_sight = InSight(self._query_of(filter, order_by), state["columns"][:FIRST_COLUMNS], 0, self.first_rows)
        self._sent: tuple[int, Sequence[TableRow]] | None = (state["total"], state["rows"])
        self._own = state["columns"] if columns is None else None
        """Columns that nobody chose: metrics that first appear while the table is shown come to them."""
        self._results = frozenset(results(counts))
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
        state = self._reading.first(self.first_rows, self.filter, orders(self.order_by), self.columns)
        self.table = dict(state)

    # -- what pages without a kernel show -------------------------------------------------------------------------

    def static_html(self) -> str:
        return static.table_html(self.table)

    def text(self) -> str:
        return texts.table_text(self.table)

    def standby_for_output(self) -> Mapping[str, Any]:
        """With what the view is set to, for it begins so again; columns that nobody chose are found anew."""
        chosen = ("columns",) if self._own is None or self.columns != self._own else ()
        looks = {name: getattr(self, name) for name in ("filter", "order_by", "group_by", *chosen)}
        return {**self.standby, "about": {**self.standby["about"], "begin": looks}}

    # -- requests -------------------------------------------------------------------------------------------------

    def _answer_all(self) -> None:
        """Register the handlers, named as in `js/src/bridge/table.ts`."""
        acts, read = self.actions, self._reading
        for method, handler in {
            "watch": self._watch,
            "rows": self._rows,
            "runs": lambda params: read.rows_of(_ids(params)[:MAX_BLOCK], columns_in(params)),
            "columns": lambda _: read.columns(),
            "summary": read.summary,
            "groups": read.groups,
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
        limit, offset = block_in(params)
        shown = columns_in({"columns": self.columns, **params})
        query, more = self._reading.query(params), str(params.get("group", ""))
        rows, total = self._reading.page(query, limit, offset, shown, more)
        if not more and limit <= MAX_BLOCK // 2:
            self._in_sight = InSight(query, shown, offset, limit)
            self._sent = total, rows
        return {"total": total, "rows": rows}

    def _text(self, params: Mapping[str, Any]) -> TextOfRuns:
        """All that is shown, or the runs chosen."""
        chosen = _ids(params)
        frame = self._frame(self._reading.query(params), None if chosen else MAX_ROWS)
        return self._reading.text(frame, chosen, params)

    def _register(self, params: Mapping[str, Any]) -> Registered:
        """Register the run's model; the first where it has several."""
        run_id = check_run_id(params.get("run_id"))
        return register_of_run(self.session.reading, run_id, None, params.get("name"), params.get("alias"))

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
        """A view of this table begins (`on`) or ends: for as long as one is there it hears of changes.

        It begins with what was read when the table was made, and so hears at once of what came since.
        """
        self._views = max(0, self._views + (1 if params.get("on") else -1))
        if params.get("on") and table_live.has_changed(self._store_uri, self._made_of):
            self._sent = None
            self.look()
        if self._views:
            table_live.watcher.add(self)

    def look(self) -> None:
        """Send what was asked for last, where it differs from what was sent."""
        if not next(self._looks) % BLIND_KEYS or table_live.mark_of(self._store_uri) is not None:
            self._add_columns()
        seen, query = self._in_sight, self._in_sight.query
        rows, total = page_of(self.session.store, query, seen.limit, seen.offset, seen.columns)
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
                unfiltered=total if not query.filter else self._live.count_all(query.view),
                rows=rows,
            )
        )

    def _add_columns(self) -> None:
        """Of metrics that are new, unless somebody has chosen the columns; all anew where no run had a result yet."""
        own = self._own
        if own is None or self.columns != own:
            self._own = None
            return
        counts = self._live.keys()
        new = [key for key in results(counts) if key not in self._results]
        self._results = self._results.union(new)
        if has_metric(own):
            columns = with_results(own, new)
        else:
            order = orders(self.order_by)
            columns = self._live.first(self.first_rows, self.filter, order, None, counts)["columns"]
        if columns != own and self.columns == own:  # nobody chose meanwhile
            self._own = self.columns = columns
            read = [*self._in_sight.columns, *(key for key in columns if key not in self._in_sight.columns)]
            self._in_sight = replace(self._in_sight, columns=read[:MAX_COLUMNS])

    # -- reading --------------------------------------------------------------------------------------------------

    def _query_of(self, filter: str, order_by: Sequence[Mapping[str, Any]]) -> TableQuery:
        return TableQuery(self.experiment_ids, filter, orders(order_by))

    def _frame(self, query: TableQuery, limit: int | None = None) -> pd.DataFrame:
        store = self.session.reading
        if self.group_by:
            return table_frame.frame_of_groups(groups(store, query, self.group_by, self.columns), self.columns)
        return table_frame.frame_of(store, query, self.columns, limit or table_frame.MOST)


def _ids(params: Mapping[str, Any]) -> list[str]:
    return [str(run_id) for run_id in params.get("run_ids", ())]


_last: RunTable | None = None


def _remember(table: RunTable) -> None:
    global _last
    _last = table


def last_table() -> RunTable | None:
    """The table made last in this process, whose selection `%compare` takes."""
    return _last
