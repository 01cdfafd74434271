"""What a run's card asks and that only reads, whoever answers: the widget in a kernel, or the Jupyter server."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from trackbook.core.names import check_artifact_path
from trackbook.errors import InvalidValue, NotFound, TrackbookError
from trackbook.widgets.card_payloads import Card, Preview
from trackbook.widgets.cards import card_of
from trackbook.widgets.curves import curve_pieces
from trackbook.widgets.payloads import CurvePiece
from trackbook.widgets.previews import preview

if TYPE_CHECKING:
    from trackbook.core.ports import Store

MOST_BYTES = 20_000_000
"""Of a notebook."""
Params = Mapping[str, Any]


def _card(store: Store, run_id: str, _params: Params) -> Card:
    return card_of(store, run_id)


def _curves(store: Store, run_id: str, params: Params) -> list[CurvePiece]:
    keys = [str(key) for key in params.get("keys", [])]
    return curve_pieces(store, run_id, keys, int(params.get("buckets", 500)))


def _preview(store: Store, run_id: str, params: Params) -> Preview:
    return preview(store, run_id, params.get("path"))


def _notebook(store: Store, run_id: str, params: Params) -> dict[str, str]:
    """A snapshot of the notebook, as its file would be.  Raises `NotFound`, `UnsafePath`, `InvalidValue`."""
    path = check_artifact_path(params.get("path"))
    try:
        with store.artifacts.open(run_id, path) as file:
            text = file.read(MOST_BYTES + 1).decode("utf-8")
    except (TrackbookError, OSError):
        raise NotFound("artifact", path, "it is gone, or its store cannot be read") from None
    except UnicodeDecodeError:
        text = ""
    if len(text) > MOST_BYTES or not _is_notebook(text):
        raise InvalidValue(f"{path} is no notebook, or larger than {MOST_BYTES // 1_000_000} MB")
    return {"text": text}


def _is_notebook(text: str) -> bool:
    try:
        return isinstance(json.loads(text)["cells"], list)
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


CardAnswer = Callable[["Store", str, Params], Any]
OF_CARD: Mapping[str, CardAnswer] = {"card": _card, "curves": _curves, "preview": _preview, "notebook": _notebook}
"""By the request's method."""
