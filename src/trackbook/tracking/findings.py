"""Params and metrics that were found, on their way into a run: each with where it was found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from trackbook.core.names import MAX_TAG_VALUE
from trackbook.errors import TrackbookError

if TYPE_CHECKING:
    from trackbook.capture.values import Found
    from trackbook.tracking.run import ActiveRun


def log_each(
    run: ActiveRun, found: Iterable[Found], log_one: Callable[[str, Any], object], origins: dict[str, str]
) -> None:
    """Log what was found, and note its origin; the run says what cannot be kept."""
    for one in list(found):
        try:
            log_one(one.key, one.value)
        except TrackbookError as error:
            run.warn(str(error))
        else:
            origins[one.key] = one.origin


def origins_text(origins: Mapping[str, str]) -> str:
    """The origins as JSON; where that is longer than a tag may be by their first words, then without the last ones."""
    text = json.dumps(dict(origins))
    if len(text) <= MAX_TAG_VALUE:
        return text
    kept = {key: origin.partition(" ")[0] for key, origin in origins.items()}
    text = json.dumps(kept)
    while len(text) > MAX_TAG_VALUE:
        for _ in range(1 + len(kept) // 10):
            kept.popitem()
        text = json.dumps(kept)
    return text


def sentences_text(sentences: Iterable[str]) -> str:
    """As JSON, without those at the end that would make it longer than a tag may be."""
    kept = list(dict.fromkeys(sentences))
    while len(text := json.dumps(kept)) > MAX_TAG_VALUE:
        kept = kept[: len(kept) * 9 // 10]
    return text
