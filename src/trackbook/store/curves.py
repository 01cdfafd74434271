"""Down-sampling that keeps spikes: of each bucket along x, the least and the greatest value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def thinned(x: NDArray[np.int64], values: NDArray[np.float64], buckets: int) -> NDArray[np.intp]:
    """Indices, rising, of the points to draw, at most `2 * buckets + 2` (and one NaN more for a bucket that has one).

    `x` has shape (n,) and never falls.  Each bucket, a stretch of equal length along x, keeps its least and its
    greatest value and its first NaN; the first and the last point stay.  All indices where there are few points.
    """
    n = len(x)
    if n <= 2 * buckets:
        return np.arange(n)
    starts = _starts(x, buckets)
    missing = np.isnan(values)
    some_missing = bool(missing.any())
    least = np.where(missing, np.inf, values) if some_missing else values
    greatest = np.where(missing, -np.inf, values) if some_missing else values
    kept = [
        np.array([0, n - 1]),
        _firsts(least == np.repeat(np.minimum.reduceat(least, starts), _sizes(starts, n)), starts, n),
        _firsts(greatest == np.repeat(np.maximum.reduceat(greatest, starts), _sizes(starts, n)), starts, n),
    ]
    if some_missing:
        kept.append(_firsts(missing, starts, n))
    return np.unique(np.concatenate(kept))


def _starts(x: NDArray[np.int64], buckets: int) -> NDArray[np.intp]:
    """Index of the first point of each bucket that has points."""
    # Float edges lose the last digits of ms since the epoch; the distance from the first point does not.
    distance = (x - x[0]).astype(np.float64)
    length = distance[-1] or 1.0
    edges = np.arange(buckets) * (length / buckets)
    starts = np.unique(np.searchsorted(distance, edges, side="left"))
    return starts[starts < len(x)]


def _sizes(starts: NDArray[np.intp], n: int) -> NDArray[np.intp]:
    return np.diff(starts, append=n)


def _firsts(chosen: NDArray[np.bool_], starts: NDArray[np.intp], n: int) -> NDArray[np.intp]:
    """The first chosen index of each bucket that has one."""
    indices = np.flatnonzero(chosen)
    buckets = np.searchsorted(starts, indices, side="right")
    is_first = np.ones(len(indices), np.bool_)
    is_first[1:] = buckets[1:] != buckets[:-1]
    return indices[is_first]
