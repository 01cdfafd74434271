"""What a run table reads, whoever asks: the widget in a kernel, or the Jupyter server where no kernel feeds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from trackbook.core import tags
from trackbook.widgets import columns as column_names
from trackbook.widgets.table_frame import ids_by_step
from trackbook.widgets.table_groups import groups
from trackbook.widgets.table_payloads import Column, Groups, Order, Summary, TableRow, TableState, TextOfRuns
from trackbook.widgets.table_query import MAX_COLUMNS, TableQuery, of_ids, projection, table_rows
from trackbook.widgets.table_summary import summary
from trackbook.widgets.table_texts import MAX_ROWS, text_of

if TYPE_CHECKING:
    import pandas as pd

    from trackbook.core.ports import KeyCount, Store

FIRST_ROWS = 50
FIRST_COLUMNS = 40
"""Whose values travel with the first rows."""
MAX_BLOCK = 1000
"""Rows of one answer."""
READING = ("rows", "runs", "columns", "summary", "groups", "text", "sets")
"""Requests that only read."""


@dataclass(frozen=True, slots=True)
class TableReading:
    """Of these experiments, all of them where they are None."""

    store_of: Callable[[], Store]
    """Asked for each answer, since it may have to be caught up first."""
    experiment_ids: Sequence[str] | None
    title: str

    def first(
        self,
        limit: int,
        filter: str = "",
        order_by: Sequence[Order] = (),
        columns: Sequence[str] | None = None,
        counts: Sequence[KeyCount] | None = None,
    ) -> TableState:
        """What a table begins with; `columns` are chosen where they are not given, of `counts` where they are read."""
        store = self.store_of()
        if counts is None:
            counts = self.keys() if columns is None else []
        read = column_names.candidates(counts) if columns is None else columns[:FIRST_COLUMNS]
        query = TableQuery(self.experiment_ids, filter, order_by)
        page = store.runs.search((replace(query, order_by=()) if query.is_by_step else query).page(limit, 0, read))
        if columns is None:
            columns = column_names.default_columns(counts, page.items)
        shown = columns[:FIRST_COLUMNS]
        rows = page_of(store, query, limit, 0, shown)[0] if query.is_by_step else table_rows(store, page.items, shown)
        return TableState(
            schema=1,
            title=self.title,
            filter=filter,
            order_by=list(order_by),
            columns=list(columns),
            total=page.total or 0,
            unfiltered=self.count_all() if filter else page.total or 0,
            rows=rows,
        )

    def query(self, params: Mapping[str, Any]) -> TableQuery:
        return TableQuery.read(self.experiment_ids, params)

    def page(
        self, query: TableQuery, limit: int, offset: int, columns: Sequence[str], more: str = ""
    ) -> tuple[list[TableRow], int]:
        """As `page_of`."""
        return page_of(self.store_of(), query, limit, offset, columns, more)

    def rows_of(self, run_ids: Sequence[str], columns: Sequence[str]) -> list[TableRow]:
        """Rows of these runs, wherever they are: columns that come into sight, the baseline."""
        return rows_of(self.store_of(), run_ids, columns) if run_ids else []

    def keys(self) -> Sequence[KeyCount]:
        """All names of params, metrics and tags, and how many runs have each."""
        return self.store_of().runs.keys(self.experiment_ids)

    def columns(self) -> list[Column]:
        return column_names.all_columns(self.keys(), self.count_all())

    def summary(self, params: Mapping[str, Any]) -> Summary:
        return summary(self.store_of(), self.query(params), str(params.get("key", "")))

    def groups(self, params: Mapping[str, Any]) -> Groups:
        by = [str(key) for key in params.get("by", ())]
        return groups(self.store_of(), self.query(params), by, columns_in(params))

    def text(self, frame: pd.DataFrame, run_ids: Sequence[str], params: Mapping[str, Any]) -> TextOfRuns:
        """A frame of runs, or the chosen ones of it, as text in one of `table_texts.FORMATS`."""
        if run_ids and "run_id" in frame:
            frame = frame[frame["run_id"].isin(run_ids)]
        frame = frame.head(MAX_ROWS).rename(columns=column_names.label_of)
        name = "".join(one if one.isalnum() or one in "-_." else "-" for one in self.title)[:60] or "runs"
        return TextOfRuns(text=text_of(frame, str(params.get("format", "csv"))), runs=len(frame), name=name)

    def count_all(self, view: str = "active") -> int:
        """Runs without the filter."""
        return self.store_of().runs.search(TableQuery(self.experiment_ids, view=view).page(1)).total or 0

    def marked_baseline(self) -> str:
        """The newest run that somebody marked as the one to compare with; "" for none."""
        query = TableQuery(self.experiment_ids, f"tags.`{tags.BASELINE}` = 'true'").page(1, count=False)
        found = self.store_of().runs.search(query).items
        return found[0].info.run_id if found else ""


def page_of(
    store: Store, query: TableQuery, limit: int, offset: int, columns: Sequence[str], more: str = ""
) -> tuple[list[TableRow], int]:
    """Rows, and how many runs there are in all; `more` as in `TableQuery.page`."""
    if query.is_by_step:
        ids = ids_by_step(store, query, more)
        block = ids[offset : offset + limit]
        rows = {row["run"]["run_id"]: row for row in (rows_of(store, block, columns) if block else ())}
        return [rows[run_id] for run_id in block if run_id in rows], len(ids)
    page = store.runs.search(query.page(limit, offset, columns, more=more))
    return table_rows(store, page.items, columns), page.total or 0


def rows_of(store: Store, run_ids: Sequence[str], columns: Sequence[str]) -> list[TableRow]:
    """Rows of these runs, in no order of theirs."""
    query = replace(of_ids(run_ids), columns=projection(columns))
    return table_rows(store, store.runs.search(query).items, columns)


def columns_in(params: Mapping[str, Any]) -> list[str]:
    return [str(key) for key in params.get("columns", ())][:MAX_COLUMNS]


def block_in(params: Mapping[str, Any]) -> tuple[int, int]:
    """How many rows are asked for, and after how many others."""
    limit = max(1, min(MAX_BLOCK, int(params.get("limit", FIRST_ROWS))))
    return limit, max(0, int(params.get("offset", 0)))
