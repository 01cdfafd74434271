"""A run table that no kernel feeds: the questions of `js/src/bridge/table.ts` that only read, answered from a store.

What changes runs needs a kernel, where the user's own settings and undo are: it is refused, and said so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from trackbook.core import tags
from trackbook.core.names import check_run_id
from trackbook.core.ports import RunQuery
from trackbook.errors import InvalidState, InvalidValue, shown
from trackbook.widgets import columns, table_frame
from trackbook.widgets.column_sets import ColumnSets
from trackbook.widgets.payloads import TableState
from trackbook.widgets.table import FIRST_COLUMNS, FIRST_ROWS, MAX_BLOCK
from trackbook.widgets.table_groups import groups
from trackbook.widgets.table_payloads import TextOfRuns
from trackbook.widgets.table_query import MAX_COLUMNS, TableQuery, of_ids, table_rows
from trackbook.widgets.table_summary import summary
from trackbook.widgets.table_texts import MAX_ROWS, text_of

if TYPE_CHECKING:
    from trackbook.core.ports import Store
    from trackbook.jupyter.serving.stores import Place

Params = Mapping[str, Any]
CHANGING = frozenset({"register", "tag", "move", "trash", "restore", "export", "undo", "save_set", "delete_set"})


def answer_table(place: Place, experiment_id: str | None, method: str, params: Params) -> Any:
    """The answer to one question of a table of an experiment, or of all (None).

    Raises `InvalidState` for what would change something, `InvalidValue` for what is no question.
    """
    if method in CHANGING:
        raise InvalidState(f"{method}: this table only reads; do it in the table that %runs shows in a notebook")
    asked = _Table(place, None if experiment_id is None else [experiment_id])
    handlers: Mapping[str, Callable[[Params], Any]] = {
        "state": asked.state,
        "rows": asked.rows,
        "runs": asked.runs,
        "columns": asked.columns,
        "summary": asked.summary,
        "groups": asked.groups,
        "text": asked.text,
        "sets": asked.sets,
        "experiments": lambda _: [],
        "watch": lambda _: None,
    }
    if method not in handlers:
        raise InvalidValue(f"request {shown(method)} is none of {', '.join(handlers)}")
    return handlers[method](params)


class _Table:
    """One question's view of a table."""

    def __init__(self, place: Place, experiment_ids: Sequence[str] | None) -> None:
        self._place, self._ids = place, experiment_ids

    @property
    def _store(self) -> Store:
        return self._place.store

    def _title(self) -> str:
        return self._store.experiments.get(self._ids[0]).name if self._ids else "all experiments"

    def state(self, _params: Params) -> dict[str, Any]:
        """What a table begins with, and the run that is marked as its baseline ("" for none)."""
        counts = self._store.runs.keys(self._ids)
        query = TableQuery(self._ids)
        page = self._store.runs.search(query.page(FIRST_ROWS, 0, columns.candidates(counts)))
        chosen = columns.default_columns(counts, page.items)
        total = page.total or 0
        table = TableState(
            schema=1,
            title=self._title(),
            filter="",
            order_by=[],
            columns=chosen,
            total=total,
            unfiltered=total,
            rows=table_rows(self._store, page.items, chosen[:FIRST_COLUMNS]),
        )
        marked = TableQuery(self._ids, f"tags.`{tags.BASELINE}` = 'true'").page(1, count=False)
        baseline = self._store.runs.search(marked).items
        return {"table": table, "baseline": baseline[0].info.run_id if baseline else ""}

    def rows(self, params: Params) -> dict[str, Any]:
        limit = max(1, min(MAX_BLOCK, int(params.get("limit", FIRST_ROWS))))
        keys, query = _columns(params), TableQuery.read(self._ids, params)
        offset, more = max(0, int(params.get("offset", 0))), str(params.get("group", ""))
        page = self._store.runs.search(query.page(limit, offset, keys, more=more))
        return {"total": page.total or 0, "rows": table_rows(self._store, page.items, keys)}

    def runs(self, params: Params) -> Any:
        wanted, keys = _ids(params)[:MAX_BLOCK], _columns(params)
        if not wanted:
            return []
        these = of_ids(wanted)
        found = self._store.runs.search(
            RunQuery(
                filter=these.filter, view=these.view, limit=these.limit, columns=columns.projection(keys), count=False
            )
        )
        return table_rows(self._store, found.items, keys)

    def columns(self, _params: Params) -> Any:
        total = self._store.runs.search(TableQuery(self._ids).page(1)).total or 0
        return columns.all_columns(self._store.runs.keys(self._ids), total)

    def summary(self, params: Params) -> Any:
        return summary(self._store, TableQuery.read(self._ids, params), str(params.get("key", "")))

    def groups(self, params: Params) -> Any:
        by = [str(key) for key in params.get("by", ())]
        return groups(self._store, TableQuery.read(self._ids, params), by, _columns(params))

    def text(self, params: Params) -> TextOfRuns:
        """What is shown, or the chosen runs, as text in one of `table_texts.FORMATS`."""
        frame = table_frame.frame_of(self._store, TableQuery.read(self._ids, params), _columns(params), MAX_ROWS)
        chosen = _ids(params)
        if chosen and "run_id" in frame:
            frame = frame[frame["run_id"].isin(chosen)]
        frame = frame.head(MAX_ROWS).rename(columns=columns.label_of)
        name = "".join(one if one.isalnum() or one in "-_." else "-" for one in self._title())[:60] or "runs"
        return TextOfRuns(text=text_of(frame, str(params.get("format", "csv"))), runs=len(frame), name=name)

    def sets(self, _params: Params) -> Any:
        found = self._place.settings
        return ColumnSets(found.home, found.user, self._title()).all()


def _columns(params: Params) -> list[str]:
    return [str(key) for key in params.get("columns", ())][:MAX_COLUMNS]


def _ids(params: Params) -> list[str]:
    return [check_run_id(run_id) for run_id in params.get("run_ids", ())]
