"""Down-sampling that keeps spikes: of each bucket along x, the least and the greatest value."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

AT_ONCE = 65_536
"""Points of one step: what it needs for a moment is used again, where fresh pages for a million cost more than it."""


def thinned(x: NDArray[np.int64], values: NDArray[np.float64], buckets: int) -> NDArray[np.intp]:
    """Indices, rising, of the points to draw, at most `2 * buckets + 2` (and one NaN more for a bucket that has one).

    `x` has shape (n,) and never falls.  Each bucket, a stretch of equal length along x, keeps its least and its
    greatest value and its first NaN; the first and the last point stay.  All indices where there are few points.
    """
    n = len(x)
    if n <= 2 * buckets:
        return np.arange(n)
    starts = _starts(x, buckets)
    kept = [np.array([0, n - 1])]
    for some in _stretches(starts, n):
        begin = int(starts[some.start])
        end = int(starts[some.stop]) if some.stop < len(starts) else n
        kept += [begin + indices for indices in _extremes(values[begin:end], starts[some] - begin)]
    return np.unique(np.concatenate(kept))


def _stretches(starts: NDArray[np.intp], n: int) -> Iterator[slice]:
    """Runs of buckets, about `AT_ONCE` points each."""
    cuts = np.unique([*np.searchsorted(starts, np.arange(0, n, AT_ONCE)).tolist(), len(starts)]).tolist()
    return (slice(*pair) for pair in itertools.pairwise(cuts))


def _extremes(values: NDArray[np.float64], starts: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    """Indices of each bucket's least and greatest value, and of its first NaN."""
    n = len(values)
    missing = np.isnan(values)
    some_missing = bool(missing.any())
    least = np.where(missing, np.inf, values) if some_missing else values
    greatest = np.where(missing, -np.inf, values) if some_missing else values
    yield _firsts(least == np.repeat(np.minimum.reduceat(least, starts), _sizes(starts, n)), starts)
    yield _firsts(greatest == np.repeat(np.maximum.reduceat(greatest, starts), _sizes(starts, n)), starts)
    if some_missing:
        yield _firsts(missing, starts)


def _starts(x: NDArray[np.int64], buckets: int) -> NDArray[np.intp]:
    """Index of the first point of each bucket that has points."""
    # In whole numbers: floats lose the last digits of ms since the epoch, and of far ends.
    first, length = int(x[0]), int(x[-1]) - int(x[0])
    edges = np.array([first - (-n * length // buckets) for n in range(buckets)], np.int64)
    return np.unique(np.searchsorted(x, edges, side="left"))


def _sizes(starts: NDArray[np.intp], n: int) -> NDArray[np.intp]:
    return np.diff(starts, append=n)


def _firsts(chosen: NDArray[np.bool_], starts: NDArray[np.intp]) -> NDArray[np.intp]:
    """The first chosen index of each bucket that has one."""
    indices = np.flatnonzero(chosen)
    buckets = np.searchsorted(starts, indices, side="right")
    is_first = np.ones(len(indices), np.bool_)
    is_first[1:] = buckets[1:] != buckets[:-1]
    return indices[is_first]
