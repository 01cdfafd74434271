"""A comparison that no kernel feeds: the questions of `CompareMethods` in `js/src/bridge/methods.ts`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from trackbook.charts import images
from trackbook.charts.curves import MAX_METRICS
from trackbook.core.names import check_artifact_path, check_run_id
from trackbook.errors import InvalidValue, NotFound, shown
from trackbook.widgets.charting import series_of
from trackbook.widgets.compare_code import KINDS, code_pairs
from trackbook.widgets.comparison import MAX_BUCKETS, MAX_RUNS, MIN_RUNS, compare_state

if TYPE_CHECKING:
    from trackbook.core.ports import Store
    from trackbook.jupyter.serving.stores import Place

Params = Mapping[str, Any]
METHODS = ("state", "diff", "curves", "image")
AXES = ("step", "time", "relative")


def answer_compare(place: Place, run_ids: Sequence[str], method: str, params: Params) -> Any:
    """The answer to one question about these runs, the first of which is the baseline.

    Raises `InvalidValue` for less than two runs, more than twenty, or what is no question; `NotFound`.
    """
    ids = [check_run_id(run_id) for run_id in run_ids]
    if not MIN_RUNS <= len(ids) <= MAX_RUNS:
        raise InvalidValue(f"{len(ids)} runs cannot be compared: choose {MIN_RUNS} to {MAX_RUNS}")
    if method == "state":
        first = params.get("baseline")
        return compare_state(place.store, sorted(ids, key=lambda run_id: run_id != first) if first in ids else ids)
    if method == "diff":
        if params.get("what") not in KINDS:
            raise InvalidValue(f"{shown(params.get('what'))} is none of {', '.join(KINDS)}")
        return code_pairs(place.store, [place.store.runs.get(run_id) for run_id in ids], str(params["what"]))
    if method == "curves":
        return _curves(place.store, ids, params)
    if method == "image":
        return _image(place.store, ids, params)
    raise InvalidValue(f"request {shown(method)} is none of {', '.join(METHODS)}")


def _curves(store: Store, ids: Sequence[str], params: Params) -> Any:
    x = params.get("x", "step")
    if x not in AXES:
        raise InvalidValue(f"x={shown(x)} is none of {', '.join(AXES)}")
    wanted = [run_id for run_id in params.get("runs", ()) if run_id in ids]
    keys = [str(key) for key in params.get("keys", ())][:MAX_METRICS]
    start, end = (None if params.get(name) is None else float(params[name]) for name in ("start", "end"))
    buckets = max(10, min(MAX_BUCKETS, int(params.get("buckets", 500))))
    found = store.metrics.curves(wanted, keys, x=str(x), buckets=buckets, start=start, end=end)
    return [series_of(curve) for curve in found]


def _image(store: Store, ids: Sequence[str], params: Params) -> dict[str, str]:
    run_id, path = check_run_id(params.get("run_id")), check_artifact_path(params.get("path"))
    found = images.data_uri(store, run_id, path) if run_id in ids else None
    if found is None:
        raise NotFound("image", path, "it is gone, no picture, or larger than 4 MB")
    return {"uri": found}
