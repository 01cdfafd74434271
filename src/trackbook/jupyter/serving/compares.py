"""A comparison that no kernel feeds: the questions of `CompareMethods` in `js/src/bridge/methods.ts`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from trackbook.core.names import check_run_id
from trackbook.errors import InvalidValue, shown
from trackbook.widgets.comparison import check_count, compare_state, with_first
from trackbook.widgets.run_answers import OF_COMPARISON

if TYPE_CHECKING:
    from trackbook.jupyter.serving.stores import Place


def answer_compare(
    place: Place, run_ids: Sequence[str], method: str, params: Mapping[str, Any], group_by: Sequence[str] | None = None
) -> Any:
    """The answer to one question about these runs, the first of which is the baseline.

    Raises `InvalidValue` for less than two runs, more than twenty, or what is no question; `NotFound`.
    """
    ids = check_count([check_run_id(run_id) for run_id in run_ids])
    if method == "state":
        first = params.get("baseline")
        return compare_state(place.store, with_first(ids, first if first in ids else None), group_by)
    if method not in OF_COMPARISON:
        raise InvalidValue(f"request {shown(method)} is none of state, {', '.join(OF_COMPARISON)}")
    return OF_COMPARISON[method](place.store, ids, params)
