"""What a run's card asks and that only reads, whoever answers: the widget in a kernel, or the Jupyter server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from trackbook.widgets.card_payloads import Card, Preview
from trackbook.widgets.cards import card_of
from trackbook.widgets.curves import curve_pieces
from trackbook.widgets.payloads import CurvePiece
from trackbook.widgets.previews import preview

if TYPE_CHECKING:
    from trackbook.core.ports import Store

Params = Mapping[str, Any]


def _card(store: Store, run_id: str, _params: Params) -> Card:
    return card_of(store, run_id)


def _curves(store: Store, run_id: str, params: Params) -> list[CurvePiece]:
    keys = [str(key) for key in params.get("keys", [])]
    return curve_pieces(store, run_id, keys, int(params.get("buckets", 500)))


def _preview(store: Store, run_id: str, params: Params) -> Preview:
    return preview(store, run_id, params.get("path"))


CardAnswer = Callable[["Store", str, Params], Any]
OF_CARD: Mapping[str, CardAnswer] = {"card": _card, "curves": _curves, "preview": _preview}
"""By the request's method."""
