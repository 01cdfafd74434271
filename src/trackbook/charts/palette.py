"""Colours that colour-blind readers can tell apart, on white and on dark ground.

Six of Okabe and Ito, "Color Universal Design" (https://jfly.uni-koeln.de/color/), without its yellow and black, which
vanish on one of the two grounds; a violet and an umber that stay as far from these under each kind of colour blindness
as these from each other.  Where the colours run out the dash pattern changes.  `js/src/lib/runcolours.ts` has the same.
"""

from __future__ import annotations

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8250df", "#86707a")
DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3))


def colours(count: int) -> list[str]:
    """One colour a series, repeating after the last."""
    return [COLOURS[index % len(COLOURS)] for index in range(count)]


def dashes(count: int) -> list[list[int]]:
    """One dash pattern a series, changing each time the colours begin again."""
    return [list(DASHES[index // len(COLOURS) % len(DASHES)]) for index in range(count)]
