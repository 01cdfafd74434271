"""Histories of metrics: whole and in pages, of several runs, and thinned for drawing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from trackbook.core.names import INT64_MAX, INT64_MIN
from trackbook.errors import InvalidValue
from trackbook.server.backend import Backend
from trackbook.wire import metrics as wire
from trackbook.wire.faults import missing
from trackbook.wire.tokens import offset, token

if TYPE_CHECKING:
    from numpy.typing import NDArray


def history(backend: Backend, asked: wire.History) -> wire.Listed:
    run_id = asked.run_id or asked.run_uuid
    if not run_id:
        raise InvalidValue(missing("run_id"))
    points = backend.store.metrics.history(run_id, asked.metric_key)
    start = offset(asked.page_token)
    end = len(points.steps) if asked.max_results is None else start + asked.max_results
    more = token(end) if end < len(points.steps) else ""
    return wire.Listed(metrics=list(wire.listed(points, slice(start, end))), next_page_token=more)


def bulk(backend: Backend, asked: wire.BulkHistory) -> wire.ListedOfRuns:
    """Of a run that is named twice once, as the genuine server does."""
    found: list[wire.Metric] = []
    for run_id in dict.fromkeys(asked.run_id):
        left = min(asked.max_results, wire.MOST_POINTS) - len(found)
        points = backend.store.metrics.history(run_id, asked.metric_key)
        found += wire.listed(points, slice(0, left), run_id)
    return wire.ListedOfRuns(metrics=found)


def sampled(backend: Backend, asked: wire.Interval) -> wire.Listed:
    """Evenly over the points between two steps, the first and the last among them."""
    if (asked.start_step is None) != (asked.end_step is None):
        raise InvalidValue("start_step and end_step go together: give both or none")
    start = INT64_MIN if asked.start_step is None else asked.start_step
    end = INT64_MAX if asked.end_step is None else asked.end_step
    if start > end:
        raise InvalidValue(f"end_step {end} lies before start_step {start}")
    found: list[wire.Metric] = []
    for run_id in asked.run_ids:
        points = backend.store.metrics.history(run_id, asked.metric_key)
        order = np.argsort(points.steps, kind="stable")
        steps = points.steps[order]
        inside = order[(steps >= start) & (steps <= end)]
        found += wire.listed(points, _evenly(inside, asked.max_results), run_id)
    return wire.Listed(metrics=found)


def _evenly(places: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    """The first of each of so many parts, and the very last, as the genuine server chooses them."""
    if len(places) <= most:
        return places
    size, longer = divmod(len(places), most)
    parts = np.arange(most)
    chosen = parts * size + np.minimum(parts, longer)
    chosen[-1] = len(places) - 1
    return places[chosen]


HANDLERS: Mapping[str, Callable[[Backend, Any], Any]] = {
    "metric_history": history,
    "bulk_history": bulk,
    "sampled_history": sampled,
}
