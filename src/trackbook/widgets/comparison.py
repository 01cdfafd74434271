"""Runs side by side: what was given and found, the environment, the code, curves, pictures, and groups of seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from trackbook.charts import curves, grouping, images
from trackbook.charts.curves import CurveStyle
from trackbook.charts.images import ImageSeries
from trackbook.errors import InvalidValue, shown
from trackbook.tracking.session import Session, current_session
from trackbook.widgets import static, texts
from trackbook.widgets.base import View
from trackbook.widgets.chart_payloads import ChartCurves
from trackbook.widgets.charting import chart_state
from trackbook.widgets.compare_code import code_pairs
from trackbook.widgets.compare_groups import groups_of
from trackbook.widgets.compare_payloads import CompareRun, CompareState
from trackbook.widgets.compare_sections import sections_of
from trackbook.widgets.heads import ExperimentNames, cell_places, run_head
from trackbook.widgets.run_answers import OF_COMPARISON, RunAnswer
from trackbook.widgets.standby import Standby, standby

if TYPE_CHECKING:
    import pandas as pd

    from trackbook.core.entities import Run
    from trackbook.core.ports import Store

MIN_RUNS, MAX_RUNS = 2, 20
MAX_SERIES = 60
"""Series of pictures."""


class Comparison(View):
    """2 to 20 runs side by side.  Traits: `compare` (see `payloads.CompareState`), `only_differences`.

    `.df` is what is shown as a frame: one row a key, one column a run.
    """

    bundle: ClassVar[str] = "compare"
    compare = traitlets.Dict().tag(sync=True)
    only_differences = traitlets.Bool(True).tag(sync=True)

    def __init__(
        self,
        run_ids: Sequence[str],
        session: Session | None = None,
        *,
        baseline: str | None = None,
        group_by: str | Sequence[str] | None = None,
    ) -> None:
        check_count(run_ids)
        self.session = session or current_session()
        self.run_ids = with_first(run_ids, baseline)
        self.group_by = group_by
        state = compare_state(self.session.reading, self.run_ids, group_by)
        super().__init__(compare=state, standby=self._standby())
        self.answers("state", self._state)
        for method, answer in OF_COMPARISON.items():
            self.answers(method, partial(self._answered, answer))

    def _standby(self) -> Standby:
        by = [self.group_by] if isinstance(self.group_by, str) else self.group_by
        about = {"run_ids": self.run_ids, "group_by": None if by is None else list(by)}
        return standby(self.session.settings, "compare", ["state", *OF_COMPARISON], **about)

    def _answered(self, answer: RunAnswer, params: Mapping[str, Any]) -> Any:
        return answer(self.session.reading, self.run_ids, params)

    @property
    def df(self) -> pd.DataFrame:
        """Rows of all sections, `section` and `key` first, then one column a run; differing ones only where these are
        shown alone."""
        import pandas as pd

        state: Any = self.compare
        names = texts.run_columns(state["runs"])
        rows = [
            {"section": one["title"], "key": row["key"], **dict(zip(names, row["values"], strict=True))}
            for one in state["sections"]
            if one["aggregate"] in (None, "last")
            for row in one["rows"]
            if row["differs"] or not self.only_differences
        ]
        return pd.DataFrame(rows, columns=["section", "key", *names])

    def static_html(self) -> str:
        return static.comparison_html(self.compare)

    def text(self) -> str:
        return texts.comparison_text(self.compare)

    def _state(self, params: Mapping[str, Any]) -> CompareState:
        """As the store has it now; with a `baseline` that run comes first from now on."""
        asked = params.get("baseline")
        ids = with_first(self.run_ids, None if asked is None else str(asked))
        made = compare_state(self.session.reading, ids, self.group_by)
        self.run_ids = ids
        self.standby = dict(self._standby())
        if made != self.compare:
            self.compare = dict(made)
        return made


def check_count(run_ids: Sequence[str]) -> list[str]:
    """These runs.  Raises `InvalidValue` where they are too few or too many."""
    if not MIN_RUNS <= len(run_ids) <= MAX_RUNS:
        given = "1 run" if len(run_ids) == 1 else f"{len(run_ids)} runs"
        raise InvalidValue(f"{given} cannot be compared: choose {MIN_RUNS} to {MAX_RUNS}")
    return list(run_ids)


def with_first(run_ids: Sequence[str], first: str | None) -> list[str]:
    """These runs with one of them in front.  Raises `InvalidValue` where it is none of them."""
    if first is None:
        return list(run_ids)
    if first not in run_ids:
        raise InvalidValue(f"the baseline {shown(first)} is none of the compared runs")
    return [first, *(run_id for run_id in run_ids if run_id != first)]


def compare_state(store: Store, run_ids: Sequence[str], group_by: str | Sequence[str] | None = None) -> CompareState:
    """Everything the comparison shows but other code than the cell's.  Raises `NotFound`, `InvalidValue`."""
    runs = [store.runs.get(run_id) for run_id in run_ids]
    names = ExperimentNames(store)
    places = cell_places(store, runs)
    return CompareState(
        schema=1,
        runs=[
            CompareRun(
                **run_head(run.info, names[run.info.experiment_id], run.data.tags), cell=places.get(run.info.run_id)
            )
            for run in runs
        ],
        sections=sections_of(store, runs, names),
        code=code_pairs(store, runs, "cell"),
        groups=groups_of(runs, group_by),
        curves=_overlaid(store, runs, group_by),
        images=_pictures(store, runs),
    )


def _overlaid(store: Store, runs: Sequence[Run], group_by: str | Sequence[str] | None) -> ChartCurves | None:
    """Curves of the metrics that have a history in some run."""
    if not any(one.count > 1 for run in runs for one in run.data.aggregates.values()):
        return None
    style = CurveStyle()
    keys = curves.keys_of(runs, None)
    figure = curves.draw(curves.points(store, runs, keys), keys, style)
    groups = grouping.groups_of(runs, group_by or grouping.SEED)
    state = chart_state(figure, runs, style, groups)["curves"]
    return None if state is None else {**state, "grouped": False}


def _pictures(store: Store, runs: Sequence[Run]) -> list[ImageSeries] | None:
    """Pictures that at least two runs have under the same key."""
    found = images.series(store, runs)
    keys = [one["key"] for one in found]
    shared = [one for one in found if keys.count(one["key"]) > 1]
    return sorted(shared, key=lambda one: one["key"])[:MAX_SERIES] or None
