"""New points of runs that this process logs, on their way to a chart: gathered, thinned, sent some times a second."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection
from functools import partial
from typing import TYPE_CHECKING

from trackbook.core.events import RunEnded
from trackbook.tracking.active import open_runs
from trackbook.widgets.chart_payloads import ChartPoints, CurveSeries
from trackbook.widgets.live import LiveMetrics, Throttle
from trackbook.widgets.payloads import CurvePiece

if TYPE_CHECKING:
    from trackbook.core.events import Batch

PUSH_INTERVAL_S = 0.1
_log = logging.getLogger(__name__)


class Feed:
    """Follows those of the named runs that are open in this process, until they end or `stop`."""

    def __init__(self, run_ids: Collection[str], keys: Collection[str], send: Callable[[ChartPoints], None]) -> None:
        self._keys = frozenset(keys)
        self._send = send
        self._live: dict[str, LiveMetrics] = {}
        self._stops: dict[str, Callable[[], None]] = {}
        self._ended: list[str] = []
        self._lock = threading.Lock()
        self._throttle = Throttle(PUSH_INTERVAL_S, self._push)
        for run in open_runs():
            if run.run_id in run_ids:
                self._live[run.run_id] = LiveMetrics()
                self._stops[run.run_id] = run.subscribe(partial(self._hear, run.run_id))

    @property
    def run_ids(self) -> Collection[str]:
        """The runs that are followed."""
        return tuple(self._stops)

    def stop(self) -> None:
        """Follow nothing any more."""
        self._throttle.stop()
        with self._lock:
            stops, self._stops = self._stops, {}
        for stop in stops.values():
            stop()

    def _hear(self, run_id: str, batch: Batch) -> None:
        """On the recorder's thread."""
        for points in batch.points:
            if points.key in self._keys:
                self._live[run_id].add(points)
        if any(isinstance(event, RunEnded) for event in batch.events):
            with self._lock:
                self._ended.append(run_id)
                stop = self._stops.pop(run_id, None)
            if stop is not None:
                stop()
        self._throttle.call()

    def _push(self) -> None:
        with self._lock:
            ended, self._ended = self._ended, []
        series = [_series(run_id, piece) for run_id, live in self._live.items() for piece in live.take()[1]]
        if not series and not ended:
            return
        try:
            self._send(ChartPoints(kind="points", series=series, ended=ended))
        except Exception:  # noqa: BLE001 - the border to the front end; the run goes on
            _log.debug("a live update was not sent", exc_info=True)


def _series(run_id: str, piece: CurvePiece) -> CurveSeries:
    return CurveSeries(run_id=run_id, count=len(piece["values"]), **piece)
