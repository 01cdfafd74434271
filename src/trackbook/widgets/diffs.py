"""What changed between two sources: unified for the card, side by side for the comparison."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest

from trackbook.widgets.compare_payloads import SideLine
from trackbook.widgets.payloads import DiffLine

CONTEXT = 3
MAX_LINES = 2000
"""Of a source; what lies beyond is not compared, as difflib's time grows with the square."""


def unified(old: str, new: str, context: int = CONTEXT) -> list[DiffLine]:
    """Lines kept (" "), added ("+") and removed ("-"); a "~" line counts the equal lines left out.  Empty if equal."""
    before, after = _lines(old), _lines(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    found: list[DiffLine] = []
    reached = 0
    for group in matcher.get_grouped_opcodes(context):
        found += _gap(group[0][1] - reached)
        for op, low, high, low_new, high_new in group:
            if op == "equal":
                found += [DiffLine(op=" ", text=text) for text in before[low:high]]
                continue
            found += [DiffLine(op="-", text=text) for text in before[low:high]]
            found += [DiffLine(op="+", text=text) for text in after[low_new:high_new]]
        reached = group[-1][2]
    return found + _gap(len(before) - reached) if found else []


def side_by_side(left: str, right: str) -> list[SideLine]:
    """All lines of both sources in step: "=" equal, "~" changed, "-" only left, "+" only right; numbers from 1."""
    before, after = _lines(left), _lines(right)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return [
        line
        for _op, low, high, low_new, high_new in matcher.get_opcodes()
        for line in _pairs(before, range(low, high), after, range(low_new, high_new))
    ]


def _pairs(before: list[str], left: range, after: list[str], right: range) -> Iterator[SideLine]:
    for old, new in zip_longest(left, right):
        if old is None:
            op = "+"
        elif new is None:
            op = "-"
        else:
            op = "=" if before[old] == after[new] else "~"
        yield SideLine(
            left_no=None if old is None else old + 1,
            left=None if old is None else before[old],
            right_no=None if new is None else new + 1,
            right=None if new is None else after[new],
            op=op,
        )


def _lines(source: str) -> list[str]:
    lines = source.splitlines()
    if len(lines) > MAX_LINES:
        return [*lines[:MAX_LINES], f"… {len(lines) - MAX_LINES} more lines"]
    return lines


def _gap(count: int) -> list[DiffLine]:
    return [DiffLine(op="~", text=str(count))] if count else []
