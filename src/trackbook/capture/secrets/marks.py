"""Colours of a terminal and spans of HTML: in tracebacks and shown code they stand between a name and its value."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from html import unescape
from itertools import accumulate

_BEGINNINGS = ("\x1b[", "\\u001b[", "<span")
_MARK = re.compile(
    r"(?:\x1b|\\u001b)\[[0-9;:]{0,40}[A-Za-z]|</?span\b[^<>]{0,300}>|(?P<letter>&(?:#39|#x27|quot|amp|lt|gt);)"
)


@dataclass(frozen=True, slots=True)
class Unmarked:
    """A text without its marks, and where its pieces stood."""

    text: str
    places: list[int]
    """Where each piece begins in `text`."""
    origins: list[int]
    """And where in the text with marks."""
    widths: list[int]
    """Characters that a single one was written with; 0 for a piece that was written as it is."""

    def back(self, start: int, end: int) -> tuple[int, int]:
        """From two places in `text` to those in the text with marks."""
        first, last = bisect_right(self.places, start) - 1, bisect_right(self.places, end - 1) - 1
        width = self.widths[last] or end - self.places[last]
        return self.origins[first] + start - self.places[first], self.origins[last] + width


def unmarked(text: str) -> Unmarked | None:
    """None for a text that has no marks."""
    if not any(beginning in text for beginning in _BEGINNINGS):
        return None
    pieces: list[tuple[str, int, int]] = []
    at = 0
    for mark in _MARK.finditer(text):
        pieces.append((text[at : mark.start()], at, 0))
        if letter := mark["letter"]:
            pieces.append((unescape(letter), mark.start(), len(letter)))
        at = mark.end()
    pieces.append((text[at:], at, 0))
    pieces = [piece for piece in pieces if piece[0]]
    places = [0, *accumulate(len(piece) for piece, _, _ in pieces)]
    plain = "".join(piece for piece, _, _ in pieces)
    return Unmarked(plain, places[:-1], [origin for _, origin, _ in pieces], [width for _, _, width in pieces])
