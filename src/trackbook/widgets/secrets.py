"""What a card says of secrets that were replaced: which kinds where, and how loudly.

Loud is what the cell itself says or shows: its source, outputs and traceback, params and tags.  What stands elsewhere
(the environment, cells that ran before, the document) is not this run's doing and takes one quiet line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from trackbook.capture.secrets.findings import SENTENCE, beginning
from trackbook.core import tags
from trackbook.tracking.notes import LONGEST_SENTENCE
from trackbook.widgets.record_payloads import CardSecret
from trackbook.widgets.texts import shorten

MOST = 60
LOUD_FILES = frozenset({tags.SOURCE_FILE, tags.OUTPUTS_FILE, tags.TRACEBACK_FILE})
LOUD_PLACES = ("param ", "tag ", "the name of ", "the script's arguments")


def card_secrets(rows: Iterable[Mapping[str, Any]], warnings: Sequence[str]) -> list[CardSecret]:
    """The list's rows, and of the places that came after it what the warnings say; the loud ones first."""
    found = [
        _secret(str(one.get("kind", "")), str(one.get("place", "")), one["line"] if _is_line(one) else None)
        for one in rows
    ]
    for text in without(warnings, {one["place"] for one in found}):
        if text.startswith(SENTENCE):
            place, _, kinds = text.removeprefix(SENTENCE).rpartition(": ")
            found.append(_secret(kinds, place) if place else _secret("", kinds))
    found.sort(key=lambda one: one.get("quiet", False))
    return found[:MOST]


def without(warnings: Sequence[str], places: Iterable[str]) -> list[str]:
    """The warnings, but for those that say which secrets were replaced in one of these places."""
    said = tuple(beginning(place)[:LONGEST_SENTENCE] for place in places)
    return [text for text in warnings if not text.startswith(said)]


def loud(warnings: Sequence[str]) -> list[str]:
    """The warnings, but for those on secrets in quiet places: where there is no list to say it."""
    return [text for text in warnings if not text.startswith(SENTENCE) or is_loud(text.removeprefix(SENTENCE))]


def other(warnings: Sequence[str]) -> list[str]:
    """The warnings that say nothing of secrets."""
    return [text for text in warnings if not text.startswith(SENTENCE)]


def is_loud(place: str) -> bool:
    """Of a place, or of a sentence that begins with it."""
    return place.startswith(LOUD_PLACES) or place.partition(":")[0] in LOUD_FILES


def _secret(kind: str, place: str, line: int | None = None) -> CardSecret:
    found = CardSecret(kind=shorten(kind, 100), place=shorten(place), line=line)
    if not is_loud(place):
        found["quiet"] = True
    return found


def _is_line(row: Mapping[str, Any]) -> bool:
    return isinstance(row.get("line"), int)
