"""`log_metric`, which is called millions of times: it looks the series up, checks the type, and writes one slot."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

from trackbook.core.names import metric_number, step_number, time_number


class MetricWriter(Protocol):
    def __call__(self, key: str, value: Any, step: int | None = None, timestamp: int | None = None) -> None: ...


def metric_writer(
    series_of: Callable[[str], int | None],
    define: Callable[[str], int],
    point: Callable[[int, float, int, int], None],
) -> MetricWriter:
    """The `log_metric` of one run: a closure, since it is called millions of times and a local is the fastest name."""
    time_ns = time.time_ns

    def log_metric(key: str, value: Any, step: int | None = None, timestamp: int | None = None) -> None:
        """Log one point; `timestamp` is ms since the epoch (now by default), `step` 0 by default.

        Raises `InvalidName` and `UnstorableValue`; never waits for a disk, a lock or the network.
        """
        series = series_of(key)
        if series is None:
            series = define(key)
        if value.__class__ is not float:
            value = metric_number(key, value)
        if step is None:
            step = 0
        elif step.__class__ is not int:
            step = step_number(key, step)
        point(series, value, step, time_ns() // 1_000_000 if timestamp is None else time_number(key, timestamp))

    return log_metric
