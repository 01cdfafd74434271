"""Tidy pandas frames of curves: one row a point, in the columns every chart reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from trackbook.core.ports import Curve

COLUMNS = ("run_id", "run", "metric", "step", "time", "relative_s", "value")


def curve_frame(
    curves: Sequence[Curve], labels: Mapping[str, str], starts_ms: Mapping[str, int] | None = None
) -> pd.DataFrame:
    """Curves as a frame with the columns `run_id, run, metric, step, time, relative_s, value`.

    `run` is the label given for the run's id; `time` is UTC; `relative_s` counts seconds from the run's start
    (`starts_ms`, else its first point here).  NaN and infinities stay as they are.
    """
    import pandas as pd

    parts = [_part(curve, labels, starts_ms or {}) for curve in curves if len(curve.values)]
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype="object" if name in COLUMNS[:3] else "float64") for name in COLUMNS})
    return pd.concat(parts, ignore_index=True)


def _part(curve: Curve, labels: Mapping[str, str], starts_ms: Mapping[str, int]) -> pd.DataFrame:
    import pandas as pd

    start = starts_ms.get(curve.run_id, int(curve.times.min()))
    return pd.DataFrame(
        {
            "run_id": curve.run_id,
            "run": labels.get(curve.run_id, curve.run_id[:8]),
            "metric": curve.key,
            "step": np.asarray(curve.steps, dtype=np.int64),
            "time": pd.to_datetime(np.asarray(curve.times, dtype=np.int64), unit="ms", utc=True),
            "relative_s": (np.asarray(curve.times, dtype=np.int64) - start) / 1000.0,
            "value": np.asarray(curve.values, dtype=np.float64),
        }
    )
