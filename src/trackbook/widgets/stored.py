"""Views that no kernel feeds: what each of them asks, answered from a store.

JupyterLab draws them from the Jupyter server, a browser from `trackbook server`.  Every answer is a function of the
store, of what the view is about (`run_id`, `run_ids`, `experiment_ids`, as in `js/src/stored/`) and of the question's
params; none changes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from trackbook.core.names import check_run_id
from trackbook.errors import InvalidValue, shown
from trackbook.widgets.card_answers import OF_CARD, CardAnswer
from trackbook.widgets.compare_answers import OF_STORED_COMPARISON
from trackbook.widgets.registry_answers import OF_REGISTRY, RegistryAnswer
from trackbook.widgets.run_answers import OF_CHART, RunAnswer
from trackbook.widgets.table_answers import OF_TABLE

if TYPE_CHECKING:
    from trackbook.core.ports import Store

Params = Mapping[str, Any]
Stored = Callable[["Store", Params, Params], Any]


def _of_card(answer: CardAnswer, store: Store, about: Params, params: Params) -> Any:
    return answer(store, check_run_id(about.get("run_id")), params)


def _of_chart(answer: RunAnswer, store: Store, about: Params, params: Params) -> Any:
    return answer(store, [check_run_id(one) for one in about.get("run_ids") or ()], params)


def _chart_state(store: Store, about: Params, _params: Params) -> Any:
    """These runs as a chart: as it was `asked` for, else the curves of every metric."""
    from trackbook.charts import making
    from trackbook.widgets import chart_requests
    from trackbook.widgets.charting import made_chart

    asked = chart_requests.read(about.get("asked") or {})
    ids = [check_run_id(one) for one in about.get("run_ids") or ()]
    runs, caption = making.chosen_runs(store, None, ids, asked.kind, asked.metrics, group_by=asked.group_by)
    return made_chart(store, runs, asked, caption)[1]


def _of_registry(answer: RegistryAnswer, store: Store, about: Params, params: Params) -> Any:
    del about
    return answer(store, params)


VIEWS: Mapping[str, Mapping[str, Stored]] = {
    "card": {method: partial(_of_card, answer) for method, answer in OF_CARD.items()},
    "chart": {"state": _chart_state} | {method: partial(_of_chart, answer) for method, answer in OF_CHART.items()},
    "compare": OF_STORED_COMPARISON,
    "registry": {method: partial(_of_registry, answer) for method, answer in OF_REGISTRY.items()},
    "table": OF_TABLE,
}
"""View -> method -> answer."""


def answer(view: str, store: Store, asked: Params) -> Any:
    """The answer to one question, whose `method` and `params` stand beside what the view is about.

    Raises `InvalidValue` for what is no question, or has params of another type; what the store raises.
    """
    method, methods = str(asked.get("method")), VIEWS[view]
    if method not in methods:
        raise InvalidValue(f"request {shown(method)} is none of {', '.join(methods)}")
    return methods[method](store, asked, asked.get("params") or {})
