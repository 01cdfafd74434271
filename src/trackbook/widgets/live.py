"""The live half of a card: aggregates and curve pieces, counted from what the recorder drains.

Everything here is fed on the recorder's thread beside a training loop, so work is done by column, and what goes to the
view between two pushes is bounded however fast points come.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from time import monotonic as _monotonic
from time import thread_time as _thread_time
from typing import TYPE_CHECKING

import numpy as np

from trackbook.core.entities import MetricAggregate
from trackbook.widgets.card_payloads import CardMetric
from trackbook.widgets.heads import SYSTEM, card_metric
from trackbook.widgets.origins import LOGGED
from trackbook.widgets.payloads import CurvePiece, nums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trackbook.core.events import Points

PUSH_POINTS = 400
"""Points of one push, over all keys."""
MIN_POINTS = 16
"""Points of one key that a push may always hold."""


def of_points(points: Points) -> MetricAggregate:
    """The aggregate of a non-empty piece."""
    values, steps, times = points.values, points.steps, points.times
    latest = int(np.lexsort((values, times, steps))[-1]) if len(values) > 1 else 0
    known = np.flatnonzero(~np.isnan(values))
    low = int(known[np.argmin(values[known])]) if len(known) else latest
    high = int(known[np.argmax(values[known])]) if len(known) else latest
    with np.errstate(all="ignore"):
        mean = float(values[known].mean()) if len(known) else float("nan")
    return MetricAggregate(
        key=points.key,
        count=len(values),
        last=float(values[latest]),
        last_step=int(steps[latest]),
        last_timestamp=int(times[latest]),
        min=float(values[low]) if len(known) else float("nan"),
        min_step=int(steps[low]),
        max=float(values[high]) if len(known) else float("nan"),
        max_step=int(steps[high]),
        mean=mean,
    )


def merged(old: MetricAggregate | None, new: MetricAggregate) -> MetricAggregate:
    """Two pieces' aggregates as one; the mean is weighted by the count, NaN included, and thus only about right."""
    if old is None:
        return new
    later = new if (new.last_step, new.last_timestamp, new.last) >= _place(old) else old
    lower = new if new.min < old.min or np.isnan(old.min) else old
    higher = new if new.max > old.max or np.isnan(old.max) else old
    count = old.count + new.count
    return replace(
        later,
        count=count,
        min=lower.min,
        min_step=lower.min_step,
        max=higher.max,
        max_step=higher.max_step,
        mean=(old.mean * old.count + new.mean * new.count) / count,
    )


def _place(item: MetricAggregate) -> tuple[int, int, float]:
    return item.last_step, item.last_timestamp, item.last


def thinned(values: NDArray[np.float64], limit: int) -> NDArray[np.intp]:
    """Indices of at most about `limit` of n values that keep each bucket's least and greatest, first and last."""
    count = len(values)
    if count <= limit:
        return np.arange(count)
    buckets = max(1, limit // 2 - 1)
    size = -(-count // buckets)
    filled = np.full(buckets * size, np.nan)
    filled[:count] = values
    table = filled.reshape(buckets, size)
    starts = np.arange(buckets) * size
    low = starts + np.argmin(np.where(np.isnan(table), np.inf, table), axis=1)
    high = starts + np.argmax(np.where(np.isnan(table), -np.inf, table), axis=1)
    kept = np.unique(np.concatenate([[0], low, high, [count - 1]]))
    return kept[kept < count]


class LiveMetrics:
    """Aggregates of a running run, and the points that its views have not been sent yet.  Thread-safe."""

    def __init__(self, origin: Mapping[str, str] | None = None) -> None:
        self._origin = origin or {}
        self._previous: Mapping[str, float] = {}
        self._baseline: Mapping[str, float] = {}
        self._aggregates: dict[str, MetricAggregate] = {}
        self._pending: dict[str, list[Points]] = {}
        self._machine: set[str] = set()
        """Metrics of the machine that changed; their curves are asked for where somebody looks at them."""
        self._lock = threading.Lock()

    def measure_against(self, previous: Mapping[str, float], baseline: Mapping[str, float]) -> None:
        """The last values of the version before and of the baseline, by metric."""
        self._previous, self._baseline = previous, baseline

    def add(self, points: Points) -> None:
        if not len(points.values):
            return
        aggregate = of_points(points)
        with self._lock:
            self._aggregates[points.key] = merged(self._aggregates.get(points.key), aggregate)
            if points.key.startswith(SYSTEM):
                self._machine.add(points.key)
            else:
                self._pending.setdefault(points.key, []).append(points)

    def all(self, *, system: bool = False) -> list[CardMetric]:
        """Every metric as it stands: results, or those of the machine."""
        with self._lock:
            return [self._metric(key) for key in self._aggregates if key.startswith(SYSTEM) is system]

    def take(self) -> tuple[list[CardMetric], list[CurvePiece]]:
        """The metrics that changed since the last call, as they stand now, and the new pieces of their curves."""
        with self._lock:
            pending, self._pending = self._pending, {}
            metrics = [self._metric(key) for key in pending]
        share = max(MIN_POINTS, PUSH_POINTS // max(1, len(pending)))
        return metrics, [curve_piece(key, pieces, share) for key, pieces in pending.items()]

    def take_system(self) -> list[CardMetric]:
        """Those of the machine that changed since the last call."""
        with self._lock:
            changed, self._machine = self._machine, set()
            return [self._metric(key) for key in sorted(changed)]

    def _metric(self, key: str) -> CardMetric:
        found = self._aggregates[key]
        return card_metric(found, self._origin.get(key, LOGGED), self._previous.get(key), self._baseline.get(key))


def curve_piece(key: str, pieces: list[Points], limit: int) -> CurvePiece:
    """Pieces of one key as one, thinned to about `limit` points."""
    values = np.concatenate([piece.values for piece in pieces])
    kept = thinned(values, limit)
    return CurvePiece(
        key=key,
        steps=np.concatenate([piece.steps for piece in pieces])[kept].tolist(),
        times=np.concatenate([piece.times for piece in pieces])[kept].tolist(),
        values=nums(values[kept]),
    )


REST = 80
"""How many times as long as a call's processor time the next one waits, but no longer than `LONGEST_REST_S`: the first
ones import and read the store."""
LONGEST_REST_S = 1.0


class Throttle:
    """Calls a function at most once in `interval_s`; what comes sooner is done once, when the interval is over.

    What processor time a call took is paid back by a pause of `rest` times as long, so that a training loop beside it
    loses little, however many metrics it logs.
    """

    def __init__(self, interval_s: float, function: Callable[[], None], rest: float = REST) -> None:
        self._interval_s, self._rest = interval_s, rest
        self._function = function
        self._lock = threading.Lock()
        self._last = -float("inf")
        self._cost_s = 0.0
        self._timer: threading.Timer | None = None
        self._stopped = False

    def call(self) -> None:
        """Ask for a call, now or soon."""
        with self._lock:
            if self._stopped or self._timer is not None:
                return
            wait_s = self._last + max(self._interval_s, min(LONGEST_REST_S, self._rest * self._cost_s)) - _monotonic()
            if wait_s > 0:
                self._timer = threading.Timer(wait_s, self._late)
                self._timer.daemon = True
                self._timer.start()
                return
            self._last = _monotonic()
        self._do()

    def stop(self) -> None:
        """No call begins after this."""
        with self._lock:
            self._stopped = True
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def _late(self) -> None:
        with self._lock:
            self._timer = None
            if self._stopped:
                return
            self._last = _monotonic()
        self._do()

    def _do(self) -> None:
        start = _thread_time()
        self._function()
        self._cost_s = _thread_time() - start
