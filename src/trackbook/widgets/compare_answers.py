"""A comparison that no kernel feeds: the questions of `CompareMethods` in `js/src/bridge/methods.ts`.

`about` names the runs (`run_ids`), the first of which is the baseline, and by what they are grouped (`group_by`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from trackbook.core.names import check_run_id
from trackbook.widgets.comparison import check_count, compare_state, with_first
from trackbook.widgets.run_answers import OF_COMPARISON, RunAnswer

if TYPE_CHECKING:
    from trackbook.core.ports import Store

Params = Mapping[str, Any]
CompareAnswer = Callable[["Store", Params, Params], Any]


def _ids(about: Params) -> Sequence[str]:
    """Raises `InvalidValue` for less than two runs, and for more than twenty."""
    return check_count([check_run_id(run_id) for run_id in about.get("run_ids") or ()])


def _state(store: Store, about: Params, params: Params) -> Any:
    ids, first = _ids(about), params.get("baseline")
    return compare_state(store, with_first(ids, first if first in ids else None), about.get("group_by"))


def _answer(answer: RunAnswer, store: Store, about: Params, params: Params) -> Any:
    return answer(store, _ids(about), params)


OF_STORED_COMPARISON: Mapping[str, CompareAnswer] = {
    "state": _state,
    **{method: partial(_answer, answer) for method, answer in OF_COMPARISON.items()},
}
"""By the request's method: store, what the comparison is about, params -> JSON."""
