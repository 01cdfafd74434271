"""Runs as a pandas frame, with the columns that MLflow's `search_runs` gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from trackbook.core.ports import RunColumns


def runs_frame(runs: RunColumns) -> pd.DataFrame:
    """One row a run: `run_id, experiment_id, status, artifact_uri, start_time, end_time, metrics.*, params.*, tags.*`.

    Times are UTC timestamps.
    """
    columns: dict[str, Any] = {
        "run_id": _texts(runs.run_ids),
        "experiment_id": _texts(runs.experiment_ids),
        "status": _texts(runs.statuses),
        "artifact_uri": _texts(runs.artifact_uris),
        "start_time": _times(runs.start_times),
        "end_time": _times(runs.end_times),
    }
    columns |= {f"metrics.{key}": column for key, column in runs.metrics.items()}
    columns |= {f"params.{key}": _texts(column) for key, column in runs.params.items()}
    columns |= {f"tags.{key}": _texts(column) for key, column in runs.tags.items()}
    return pd.DataFrame(columns)


def _texts(values: Sequence[Any] | NDArray[np.object_]) -> pd.Series[Any]:
    return pd.Series(values, dtype=object)


def _times(milliseconds: Sequence[int | None]) -> pd.Series[Any]:
    return pd.Series(pd.to_datetime(pd.array(milliseconds, dtype="Int64"), unit="ms", utc=True))
