"""Smoothing, clipping and bands of curves, as the views compute them too (`js/src/lib/smoothing.ts`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

CLIPPED = 0.02
"""Share of the values that clipping leaves out at each end."""
BAND_POINTS = 200


def smoothed(values: NDArray[np.floating[Any]], weight: float) -> NDArray[np.floating[Any]]:
    """The exponential moving average of shape (n,), without its bias towards 0 at the beginning.

    `weight`, 0 to below 1, is what each step keeps of the average so far.  Values that are not finite stay as they are
    and do not enter the average.
    """
    if not 0 < weight < 1:
        return values
    made = np.array(values, dtype=float)
    average, known = 0.0, 0
    for index, value in enumerate(made):
        if not np.isfinite(value):
            continue
        known += 1
        average = average * weight + value * (1 - weight)
        made[index] = average / (1 - weight**known)
    return made


def clipped_range(values: NDArray[np.floating[Any]]) -> tuple[float, float] | None:
    """From where to where the middle of the finite values lies; None where there are none."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return None
    low, high = np.quantile(finite, [CLIPPED, 1 - CLIPPED]).tolist()
    return low, high


def bands(frame: pd.DataFrame, column: str, groups: dict[str, str]) -> pd.DataFrame:
    """Mean and spread over the runs of each group: columns `group, metric, x, mean, low, high, n`.

    `groups` is run id -> group.  Curves are read at common places between their points, none beyond its ends; `low`
    and `high` are one standard deviation (n - 1) below and above, the mean itself where there is one run.
    """
    import pandas as pd

    parts = []
    for (group, metric), rows in frame.groupby([frame["run_id"].map(groups), "metric"], sort=False):
        x: Any = (
            rows[column].astype("datetime64[ms, UTC]").astype("int64")
            if column == "time"
            else rows[column].astype(float)
        )
        grid = np.unique(x.to_numpy(float))
        if len(grid) > BAND_POINTS:
            grid = np.linspace(grid[0], grid[-1], BAND_POINTS)
        along, values = x.to_numpy(float), rows["value"].to_numpy(float)
        runs = rows.groupby("run_id", sort=False).indices.values()
        table = np.array([_read(grid, along[at], values[at]) for at in runs])
        n = (~np.isnan(table)).sum(axis=0)
        kept = n > 0
        table, n, at = table[:, kept], n[kept], grid[kept]
        mean = np.nansum(table, axis=0) / n
        squares = np.nansum((table - mean) ** 2, axis=0)
        spread = np.sqrt(np.divide(squares, n - 1, out=np.zeros_like(squares), where=n > 1))
        parts.append(
            pd.DataFrame(
                {
                    "group": group,
                    "metric": metric,
                    "x": at,
                    "mean": mean,
                    "low": mean - spread,
                    "high": mean + spread,
                    "n": n,
                }
            )
        )
    return (
        pd.concat(parts, ignore_index=True)
        if parts
        else pd.DataFrame(columns=["group", "metric", "x", "mean", "low", "high", "n"])
    )


def _read(
    grid: NDArray[np.floating[Any]], x: NDArray[np.floating[Any]], values: NDArray[np.floating[Any]]
) -> NDArray[np.floating[Any]]:
    """A curve at these places; NaN beyond its ends."""
    finite = np.isfinite(values)
    if not finite.any():
        return np.full(len(grid), np.nan)
    order = np.argsort(x[finite], kind="stable")
    read: NDArray[np.floating[Any]] = np.interp(
        grid, x[finite][order], values[finite][order], left=np.nan, right=np.nan
    )
    return read
