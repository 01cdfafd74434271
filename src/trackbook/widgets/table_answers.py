"""A run table that no kernel feeds: the questions of `js/src/bridge/table.ts` that only read, answered from a store.

`about` says of which runs: `experiment_ids` (absent or null: all), and how its first state is (`begin`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from trackbook.core.names import check_run_id
from trackbook.widgets import table_frame
from trackbook.widgets.table_query import orders
from trackbook.widgets.table_reading import FIRST_ROWS, MAX_BLOCK, TableReading, block_in, columns_in
from trackbook.widgets.table_texts import MAX_ROWS

if TYPE_CHECKING:
    from trackbook.core.ports import Store
    from trackbook.widgets.table_payloads import TableState, TextOfRuns

Params = Mapping[str, Any]
TableAnswer = Callable[["Store", Params, Params], Any]


def reading_of(store: Store, about: Params) -> TableReading:
    """Raises `NotFound` for an experiment that is not there."""
    asked = about.get("experiment_ids")
    ids = None if asked is None else [str(one) for one in asked]
    names = ["all experiments"] if ids is None else [store.experiments.get(one).name for one in ids]
    return TableReading(lambda: store, ids, ", ".join(names))


def _state(read: TableReading, about: Params, _params: Params) -> dict[str, Any]:
    return {"table": _first(read, about.get("begin") or {}), "baseline": read.marked_baseline()}


def _first(read: TableReading, begin: Params) -> TableState:
    chosen = columns_in(begin) if begin.get("columns") else None
    return read.first(FIRST_ROWS, str(begin.get("filter", "")), orders(begin.get("order_by", ())), chosen)


def _rows(read: TableReading, params: Params) -> dict[str, Any]:
    limit, offset = block_in(params)
    rows, total = read.page(read.query(params), limit, offset, columns_in(params), str(params.get("group", "")))
    return {"total": total, "rows": rows}


def _text(read: TableReading, params: Params) -> TextOfRuns:
    frame = table_frame.frame_of(read.store_of(), read.query(params), columns_in(params), MAX_ROWS)
    return read.text(frame, _ids(params), params)


def _ids(params: Params) -> list[str]:
    return [check_run_id(run_id) for run_id in params.get("run_ids", ())]


def _answer(ask: Callable[[TableReading, Params], Any]) -> TableAnswer:
    return lambda store, about, params: ask(reading_of(store, about), params)


OF_TABLE: Mapping[str, TableAnswer] = {
    "state": lambda store, about, params: _state(reading_of(store, about), about, params),
    "rows": _answer(_rows),
    "runs": _answer(lambda read, params: read.rows_of(_ids(params)[:MAX_BLOCK], columns_in(params))),
    "columns": _answer(lambda read, _: read.columns()),
    "summary": _answer(TableReading.summary),
    "groups": _answer(TableReading.groups),
    "text": _answer(_text),
}
"""By the request's method: store, what the table is about, params -> JSON."""
