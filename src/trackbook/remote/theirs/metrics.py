"""Histories of a foreign server: read in pages, thinned here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trackbook.core.events import Points
from trackbook.core.ports import Curve, Metrics
from trackbook.errors import NotFound
from trackbook.remote.link import Link
from trackbook.remote.theirs.ids import Ids
from trackbook.store.chunks import Columns
from trackbook.store.metrics import check_axes, curve_of, in_order
from trackbook.wire import metrics as wire


class TheirMetrics:
    def __init__(self, link: Link, ids: Ids) -> None:
        self._link, self._ids = link, ids

    def history(self, run_id: str, key: str) -> Points:
        try:
            columns = in_order(self._read(self._ids.theirs(run_id), key))
        except NotFound:
            columns = _columns([])
        return Points(run_id, key, columns.steps, columns.times, columns.values)

    def curves(
        self,
        run_ids: Sequence[str],
        keys: Sequence[str],
        *,
        x: str = "step",
        buckets: int = 500,
        start: float | None = None,
        end: float | None = None,
    ) -> Sequence[Curve]:
        check_axes(x, buckets)
        return [
            curve
            for run_id in dict.fromkeys(run_ids)
            for curve in self._of_run(run_id, list(dict.fromkeys(keys)), x, buckets, start, end)
        ]

    def _of_run(
        self, run_id: str, keys: Sequence[str], x: str, buckets: int, start: float | None, end: float | None
    ) -> Sequence[Curve]:
        try:
            run = self._ids.read(self._ids.theirs(run_id))
        except NotFound:
            return []
        there = {one.key for one in run.data.metrics}
        curves = []
        for key in keys:
            if key in there:
                columns = in_order(self._read(run.info.run_id, key))
                curves.append(curve_of(run_id, key, columns, x, run.info.start_time, buckets, start, end))
        return curves

    def _read(self, their_id: str, key: str) -> Columns:
        points: list[wire.Metric] = []
        asked = wire.History(run_id=their_id, metric_key=key, max_results=wire.MOST_POINTS)
        while True:
            page = self._link.ask("metric_history", asked, wire.Listed)
            points += page.metrics
            if not page.next_page_token:
                return _columns(points)
            asked.page_token = page.next_page_token


def _columns(points: Sequence[wire.Metric]) -> Columns:
    return Columns(
        np.array([one.step for one in points], np.int64),
        np.array([one.timestamp for one in points], np.int64),
        np.array([float(one.value) for one in points], np.float64),
    )


def _fits(metrics: TheirMetrics) -> Metrics:
    return metrics
