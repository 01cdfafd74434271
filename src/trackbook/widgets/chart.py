"""The chart widget: the view draws it, the kernel has the detail, and the Altair chart is the user's to take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, cast

import traitlets

from trackbook.charts import images, making, picture
from trackbook.charts.curves import CurveStyle
from trackbook.charts.figure import Figure
from trackbook.charts.making import ChartRequest
from trackbook.tracking.session import Session, current_session
from trackbook.widgets import chart_requests
from trackbook.widgets.base import View
from trackbook.widgets.chart_payloads import ChartPoints, ChartState
from trackbook.widgets.charting import made_chart, picture_of, static_chart
from trackbook.widgets.feed import Feed
from trackbook.widgets.run_answers import OF_CHART, RunAnswer
from trackbook.widgets.standby import standby

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

    from trackbook.core.entities import Run
MOST_NAMED = 200
"""Runs by which a chart is drawn again without its kernel."""


class ChartView(View):
    """A chart.  Traits: `chart` (see `payloads.ChartState`), `selected` (run ids that were brushed).

    `.altair` is the Altair chart, to change; `.frame` what it draws, one row a mark; `.table` what its table says.
    """

    bundle: ClassVar[str] = "chart"
    chart = traitlets.Dict().tag(sync=True)
    selected = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, runs: object, asked: ChartRequest, session: Session | None = None) -> None:
        self.session = session or current_session()
        self._asked_runs, self.asked = runs, asked
        self._figure: Figure
        self._runs: list[Run]
        self._altair: alt.TopLevelMixin | None = None
        super().__init__(chart=self._made())
        self.answers("state", self._renewed)
        for method, answer in OF_CHART.items():
            self.answers(method, partial(self._answered, answer))
        self.standby = dict(self._standby())
        self._feed = self._followed()

    # -- for the user ---------------------------------------------------------------------------------------------

    @property
    def altair(self) -> alt.TopLevelMixin:
        """The chart as Altair has it; shown with no network, and changed as any other."""
        if self._altair is None:
            self._altair = picture.offline(self._figure.altair())
        return self._altair

    @property
    def frame(self) -> pd.DataFrame:
        """What is drawn, one row a mark; of curves `run_id, run, metric, step, time, relative_s, value`."""
        return self._figure.frame

    @property
    def table(self) -> pd.DataFrame:
        """What the chart's table says."""
        return self._figure.table

    @property
    def note(self) -> str:
        """How it was computed, and its limits."""
        return self._figure.note

    def close(self) -> None:
        """Follow its runs no more."""
        feed = getattr(self, "_feed", None)
        if feed is not None:
            feed.stop()
        super().close()

    # -- what pages without a kernel show -------------------------------------------------------------------------

    def static_html(self) -> str:
        return static_chart(self._figure, cast("ChartState", self.chart), self.asked.style, self._saved_image)

    def text(self) -> str:
        return self._figure.text

    def title_text(self) -> str:
        return self._figure.title

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**kwargs)
        drawn = picture_of(self._figure, cast("ChartState", self.chart), self.asked.style)
        return ({**data, "image/svg+xml": drawn} if drawn else data), metadata

    # -- requests -------------------------------------------------------------------------------------------------

    def _made(self) -> ChartState:
        """Read the store and make the chart anew."""
        store, asked = self.session.reading, self.asked
        experiment = self.session.experiment
        within = experiment.experiment_id if experiment else None
        found, caption = making.chosen_runs(
            store, within, self._asked_runs, asked.kind, asked.metrics, group_by=asked.group_by
        )
        self._runs, self._altair = found, None
        self._figure, state = made_chart(store, found, asked, caption)
        return state

    def _renewed(self, _params: Mapping[str, Any]) -> ChartState:
        made = self._made()
        self.chart, self.standby = dict(made), dict(self._standby())
        self._feed.stop()
        self._feed = self._followed()
        return made

    def _answered(self, answer: RunAnswer, params: Mapping[str, Any]) -> Any:
        return answer(self.session.reading, [run.info.run_id for run in self._runs], params)

    def _standby(self) -> Mapping[str, Any]:
        """Of few runs: others may be of thousands, and each id stays in the saved notebook."""
        run_ids = [run.info.run_id for run in self._runs]
        if len(run_ids) > MOST_NAMED:
            return {}
        asked = chart_requests.written(self.asked)
        return standby(self.session.settings, "chart", OF_CHART, run_ids=run_ids, asked=asked)

    def _saved_image(self, run_id: str, path: str) -> str | None:
        return images.data_uri(self.session.reading, run_id, path, images.SAVED_BYTES)

    def _followed(self) -> Feed:
        state = self.chart["curves"] or {"runs": [], "keys": []}
        return Feed({run["run_id"] for run in state["runs"]}, state["keys"], self._news)

    def _news(self, points: ChartPoints) -> None:
        self.send(points)


def chart(
    runs: object = None,
    metrics: str | Iterable[str] | None = None,
    *,
    kind: str = "curve",
    params: str | Iterable[str] | None = None,
    x: str | None = None,
    y: str | None = None,
    color: str | None = None,
    group_by: str | Sequence[str] | None = None,
    key: str | None = None,
    table: str | None = None,
    positive: object = None,
    smoothing: float = 0.0,
    log: bool = False,
    log_x: bool = False,
    clip: bool = False,
    width: int = 420,
    height: int = 240,
) -> ChartView:
    """Draw runs: their curves, or their params and metrics against each other.

    `runs` are run ids, runs, a frame of `search_runs` or a table (its selection); without: the newest ten (a thousand
    of kinds with one mark a run), and a caption that says so.  Names are `params.x`, `metrics.x` or bare keys.

    | kind | draws | by |
    | --- | --- | --- |
    | `curve` | `metrics` (`"train/"`: all that begin so) over `x` | `group_by="seed"`: mean and band |
    | `scatter` | a metric or `y` against `x` | `color` |
    | `parallel` | `params`, then `metrics`, one line a run | |
    | `contour` | a metric as a surface over two `params`, or `x` and `y` | |
    | `importance` | which params go with a metric, with the method and its limits | |
    | `histogram`, `box` | how a metric (or `x`) is spread; by `x`, a param | `group_by` |
    | `confusion`, `roc`, `pr` | a `table` that `log_table` kept | `x`, `y`: its columns; `positive` |
    | `images` | pictures logged under `key`, across steps | |

    A metric with one value a run is drawn as a bar for each run (up to 50 of them), or for the mean of each group.
    `x` of curves is "step", "time" or "relative" (seconds since the start of the run).
    `smoothing` (0 to 0.99) is the weight of a moving average; `clip` leaves the outer 2 % of values outside;
    `log`, `log_x`: log axes, symmetric where some values are not positive.  `chart("loss")` draws that metric.
    Raises `InvalidValue` (also for a name that none of the runs has), `NotFound`.
    """
    session = current_session()
    if metrics is None and making.is_metric(session.reading, runs):
        runs, metrics = None, str(runs)
    curve_x = (x or "step") if kind == "curve" else "step"
    style = CurveStyle(x=curve_x, log=log, log_x=log_x, smoothing=smoothing, clip=clip, width=width, height=height)
    asked = ChartRequest(
        kind=kind,
        metrics=metrics if metrics is None or isinstance(metrics, str) else tuple(metrics),
        params=params if params is None or isinstance(params, str) else tuple(params),
        x=None if kind == "curve" else x,
        y=y,
        color=color,
        group_by=group_by,
        key=key,
        table=table,
        positive=positive,
        style=style,
    )
    return ChartView(runs, asked, session)
