"""Curves thinned by their means, for charts that draw the means of groups.

The store keeps the least and the greatest value of each bucket, so that spikes survive; the mean of those two is no
mean.  Here curves are read as fine as they are, up to `MOST_READ` points of a chart, and averaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from trackbook.core.ports import Curve

if TYPE_CHECKING:
    from trackbook.core.ports import Store

MOST_READ = 4_000_000
"""Points that are read for one chart; of more, the buckets' least and greatest values are averaged."""
MOST_BUCKETS = 50_000


def mean_curves(
    store: Store,
    run_ids: Sequence[str],
    keys: Sequence[str],
    points: int,
    *,
    x: str = "step",
    start: float | None = None,
    end: float | None = None,
) -> list[Curve]:
    """Curves of at most `points` points each; `x`, `start` and `end` as in `Metrics.curves`."""
    series = max(1, len(run_ids) * len(keys))
    buckets = max(points, min(MOST_BUCKETS, MOST_READ // (2 * series)))
    found = store.metrics.curves(run_ids, keys, x=x, buckets=buckets, start=start, end=end)
    return [averaged(curve, points, x) for curve in found]


def averaged(curve: Curve, points: int, x: str) -> Curve:
    """The means over `points` stretches of x; values that are not finite are left out.  A short curve as it is."""
    along = curve.steps if x == "step" else curve.times
    if len(along) <= points or along[-1] == along[0]:
        return curve
    finite = np.isfinite(curve.values)
    width = float(along[-1] - along[0])
    stretch = np.minimum((along[finite] - along[0]) / width * points, points - 1).astype(np.int64)
    counts = np.bincount(stretch, minlength=points)
    share = 1 / counts[stretch]

    def mean(column: np.ndarray) -> np.ndarray:
        return np.bincount(stretch, weights=column[finite] * share, minlength=points)[counts > 0]

    steps, times = (np.rint(mean(column)).astype(np.int64) for column in (curve.steps, curve.times))
    return replace(curve, steps=steps, times=times, values=mean(curve.values))
