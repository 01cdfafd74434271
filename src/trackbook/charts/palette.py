"""Colours that colour-blind readers can tell apart, on white and on dark ground.

Six of Okabe and Ito, "Color Universal Design" (https://jfly.uni-koeln.de/color/), without its yellow and black, which
vanish on one of the two grounds; a violet, an umber, a brick and a blue that stay as far from these under each kind of
colour blindness as these from each other.  Where the colours run out the dash pattern changes.

A run's id prefers a place among them; runs choose in the order in which they began, and one whose place is taken moves
to the next free one.  So runs of one chart differ, and a run looks the same everywhere as far as can be.
`js/src/lib/runcolours.ts` has the same colours and the same rule.
"""

from __future__ import annotations

from collections.abc import Mapping

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8250df", "#86707a", "#a82400", "#183cfc")
DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3))


def colours(count: int) -> list[str]:
    """One colour a series, repeating after the last."""
    return [colour(index) for index in range(count)]


def dashes(count: int) -> list[list[int]]:
    """One dash pattern a series, changing each time the colours begin again."""
    return [dash(index) for index in range(count)]


def run_slots(starts_ms: Mapping[str, float], chosen: Mapping[str, int] | None = None) -> dict[str, int]:
    """The number of each run's colour and dash, below `len(COLOURS)` for as many runs; run id -> when it began, ms.

    `chosen` are colours that the user gave: such runs take their places first.
    """
    chosen, used, slots = chosen or {}, [0] * len(COLOURS), {}
    for run_id in sorted(starts_ms, key=lambda one: (one not in chosen, starts_ms[one], one)):
        at, least = chosen.get(run_id, _hash(run_id)) % len(COLOURS), min(used)
        while used[at] != least:
            at = (at + 1) % len(COLOURS)
        used[at] += 1
        slots[run_id] = at + least * len(COLOURS)
    return slots


def run_colours(starts_ms: Mapping[str, float]) -> dict[str, str]:
    """The colour of each run; run id -> when it began, ms."""
    return {run_id: colour(slot) for run_id, slot in run_slots(starts_ms).items()}


def colour(slot: int) -> str:
    return COLOURS[slot % len(COLOURS)]


def dash(slot: int) -> list[int]:
    return list(DASHES[slot // len(COLOURS) % len(DASHES)])


def _hash(text: str) -> int:
    """FNV-1a, 32 bits: spreads ids that differ in one letter."""
    value = 0x811C9DC5
    for letter in text:
        value = ((value ^ ord(letter)) * 0x01000193) & 0xFFFFFFFF
    return value
