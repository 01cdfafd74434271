"""A run table that no kernel feeds: the questions of `js/src/bridge/table.ts` that only read, answered from a store.

What changes runs needs a kernel, where the user's own settings and undo are: it is refused, and said so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from trackbook.core.names import check_run_id
from trackbook.errors import InvalidState, InvalidValue, shown
from trackbook.widgets import table_frame
from trackbook.widgets.column_sets import ColumnSets
from trackbook.widgets.table_query import orders
from trackbook.widgets.table_reading import FIRST_ROWS, MAX_BLOCK, TableReading, block_in, columns_in
from trackbook.widgets.table_texts import MAX_ROWS

if TYPE_CHECKING:
    from trackbook.jupyter.serving.stores import Place
    from trackbook.widgets.table_payloads import TableState, TextOfRuns

Params = Mapping[str, Any]
CHANGING = frozenset({"register", "tag", "move", "trash", "restore", "export", "undo", "save_set", "delete_set"})


def answer_table(place: Place, about: Params, method: str, params: Params) -> Any:
    """The answer to one question of a table of the experiments `about["experiment_ids"]`, of all where that is None.

    Its first state is as `about["begin"]` says.

    Raises `InvalidState` for what would change something, `InvalidValue` for what is no question.
    """
    if method in CHANGING:
        raise InvalidState(f"{method}: this table only reads; do it in the table that %runs shows in a notebook")
    asked = about.get("experiment_ids")
    ids = None if asked is None else [str(one) for one in asked]
    names = ["all experiments"] if ids is None else [place.store.experiments.get(one).name for one in ids]
    title = ", ".join(names)
    read = TableReading(lambda: place.store, ids, title)
    handlers: Mapping[str, Callable[[Params], Any]] = {
        "state": lambda _: {"table": _first(read, about.get("begin") or {}), "baseline": read.marked_baseline()},
        "rows": lambda params: _rows(read, params),
        "runs": lambda params: read.rows_of(_ids(params)[:MAX_BLOCK], columns_in(params)),
        "columns": lambda _: read.columns(),
        "summary": read.summary,
        "groups": read.groups,
        "text": lambda params: _text(read, params),
        "sets": lambda _: ColumnSets(place.settings.home, place.settings.user, title).all(),
        "experiments": lambda _: [],
        "watch": lambda _: None,
    }
    if method not in handlers:
        raise InvalidValue(f"request {shown(method)} is none of {', '.join(handlers)}")
    return handlers[method](params)


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
