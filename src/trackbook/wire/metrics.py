"""Points of metrics on the wire, and their histories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from msgspec import Meta

from trackbook.core.events import Points
from trackbook.wire.messages import Int64, Message, Number, Text, number

MOST_POINTS = 25_000
MOST_SAMPLED = 2_500
MOST_RUNS_AT_ONCE = 100


class Metric(Message):
    """A point; `run_id` only where points of several runs are told, the rest only of a logged model's."""

    key: str
    value: Number
    timestamp: int
    step: int
    run_id: str = ""
    dataset_name: str = ""
    dataset_digest: str = ""
    model_id: str = ""


class Given(Message):
    """A point as clients send it; where it names a logged model it is a point of that, too."""

    key: Text
    value: float
    timestamp: Int64
    step: Int64 = 0
    model_id: str = ""
    dataset_name: str = ""
    dataset_digest: str = ""


class History(Message):
    metric_key: Text
    run_id: str = ""
    run_uuid: str = ""
    page_token: str = ""
    max_results: Annotated[int, Meta(ge=1)] | None = None


class BulkHistory(Message):
    metric_key: Text
    run_id: Annotated[list[str], Meta(min_length=1, max_length=MOST_RUNS_AT_ONCE)]
    max_results: Annotated[int, Meta(ge=1)] = MOST_POINTS


class Interval(Message):
    metric_key: Text
    run_ids: Annotated[list[str], Meta(min_length=1, max_length=MOST_RUNS_AT_ONCE)]
    start_step: Int64 | None = None
    end_step: Int64 | None = None
    max_results: Annotated[int, Meta(ge=1, le=MOST_SAMPLED)] = MOST_SAMPLED


class Listed(Message):
    metrics: list[Metric] = []
    next_page_token: str = ""


class ListedOfRuns(Message):
    """As `Listed`, without pages; no points are an empty list."""

    metrics: list[Metric]


def listed(points: Points, chosen: Any = slice(None), run_id: str = "") -> Sequence[Metric]:
    """Points, all or those of a slice or of indices, in their order."""
    found = points.values[chosen]
    values: list[float | str] = found.tolist()
    if not np.isfinite(found).all():
        values = list(map(number, found.tolist()))
    columns = (values, points.times[chosen].tolist(), points.steps[chosen].tolist())
    key = points.key
    return [
        Metric(key=key, value=value, timestamp=time, step=step, run_id=run_id)
        for value, time, step in zip(*columns, strict=True)
    ]
