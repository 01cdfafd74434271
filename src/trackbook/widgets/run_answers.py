"""What views of several runs ask, whoever answers: a chart or a comparison in a kernel, or the Jupyter server.

`params` are those of `CompareMethods` and `ChartMethods` in `js/src/bridge/methods.ts`; run ids that are none of the
view's are left out, or refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from trackbook.charts import images
from trackbook.charts.curves import MAX_METRICS
from trackbook.charts.means import mean_curves
from trackbook.core.names import check_artifact_path, check_run_id
from trackbook.errors import InvalidValue, NotFound, shown
from trackbook.widgets.chart_payloads import CurveSeries
from trackbook.widgets.charting import series_of
from trackbook.widgets.compare_code import KINDS, code_pairs
from trackbook.widgets.compare_payloads import CodePair

if TYPE_CHECKING:
    from trackbook.core.ports import Curve, Store

Params = Mapping[str, Any]

AXES = ("step", "time", "relative")
MIN_BUCKETS, MAX_BUCKETS = 10, 2000
MAX_SERIES_POINTS = 40_000
"""Points of one answer, over all series."""


def curves(store: Store, ours: Sequence[str], params: Params) -> list[CurveSeries]:
    """Curves within a range of x, as fine as the view can show; averaged for `means`.  Raises `InvalidValue`."""
    run_ids = [run_id for run_id in params.get("runs", ()) if run_id in ours]
    keys = [str(key) for key in params.get("keys", ())][:MAX_METRICS]
    x = params.get("x", "step")
    if x not in AXES:
        raise InvalidValue(f"x={shown(x)} is none of {', '.join(AXES)}")
    start, end = (None if params.get(name) is None else float(params[name]) for name in ("start", "end"))
    room = MAX_SERIES_POINTS // (2 * max(1, len(run_ids) * len(keys)))
    buckets = max(MIN_BUCKETS, min(MAX_BUCKETS, room, int(params.get("buckets", 500))))
    if params.get("means"):
        found: Sequence[Curve] = mean_curves(store, run_ids, keys, 2 * buckets, x=str(x), start=start, end=end)
    else:
        found = store.metrics.curves(run_ids, keys, x=str(x), buckets=buckets, start=start, end=end)
    return [series_of(curve) for curve in found]


def image(store: Store, ours: Sequence[str], params: Params) -> dict[str, str]:
    """A picture of one of the runs as a `data:` address.  Raises `NotFound`."""
    run_id, path = check_run_id(params.get("run_id")), check_artifact_path(params.get("path"))
    found = images.data_uri(store, run_id, path) if run_id in ours else None
    if found is None:
        raise NotFound("image", path, "it is gone, no picture, or larger than 4 MB")
    return {"uri": found}


def code(store: Store, run_ids: Sequence[str], params: Params) -> list[CodePair]:
    """How the code of each run differs from that of the first.  Raises `InvalidValue`, `NotFound`."""
    what = params.get("what")
    if what not in KINDS:
        raise InvalidValue(f"{shown(what)} is none of {', '.join(KINDS)}")
    return code_pairs(store, [store.runs.get(run_id) for run_id in run_ids], str(what))


RunAnswer = Callable[["Store", Sequence[str], Params], Any]
OF_CHART: Mapping[str, RunAnswer] = {"curves": curves, "image": image}
OF_COMPARISON: Mapping[str, RunAnswer] = {"diff": code, **OF_CHART}
"""By the request's method."""
