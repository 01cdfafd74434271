"""Metrics' histories: the port, and the curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from trackbook.core.events import Points

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Curve:
    """A metric's history, down-sampled so that spikes survive; columns of equal length, in order of x."""

    run_id: str
    key: str
    steps: NDArray[np.int64]
    times: NDArray[np.int64]
    """ms"""
    values: NDArray[np.float64]
    count: int
    """Points in the range before down-sampling."""


class Metrics(Protocol):
    def history(self, run_id: str, key: str) -> Points:
        """All points in order of (timestamp, step, value); empty for an unknown key."""

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
        """Curves for drawing: at most about `2 * buckets` points each, keeping each bucket's least and greatest value.

        `x` is "step", "time" (ms since the epoch) or "relative" (ms since the run's start); `start` and `end` bound it.
        A run that lacks a key gives no curve.
        """
