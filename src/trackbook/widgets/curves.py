"""Curves of one run as the card asks for them: from a kernel, from the server extension, and for a saved notebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from trackbook.widgets.payloads import CurvePiece, nums

if TYPE_CHECKING:
    from trackbook.core.ports import Store

MAX_KEYS = 50
"""Of one answer."""
MIN_BUCKETS, MAX_BUCKETS = 2, 2000
SAVED_KEYS = 4
SAVED_BUCKETS = 60
"""Of a curve in a saved notebook: at most twice as many points, about a kilobyte."""


def curve_pieces(store: Store, run_id: str, keys: Sequence[str], buckets: int = 500) -> list[CurvePiece]:
    """Whole curves of these keys, down-sampled; at most `MAX_KEYS` of them.  Raises `NotFound`."""
    wanted = list(dict.fromkeys(keys))[:MAX_KEYS]
    found = store.metrics.curves([run_id], wanted, buckets=max(MIN_BUCKETS, min(MAX_BUCKETS, buckets)))
    return [
        CurvePiece(key=one.key, steps=one.steps.tolist(), times=one.times.tolist(), values=nums(one.values))
        for one in found
    ]


def saved_pieces(store: Store, card: Any) -> list[CurvePiece]:
    """The first few curves of a card, coarse: what its static form draws."""
    keys = [item["key"] for item in card["metrics"] if item["count"] > 1][:SAVED_KEYS]
    return curve_pieces(store, card["run"]["run_id"], keys, SAVED_BUCKETS) if keys else []
