"""Curves as small inline pictures for pages without a kernel: lines in the page's own colour, no text, no script.

Coordinates are rounded to tenths of a pixel, so that a curve takes about a kilobyte.  A page that drops SVG still has
the line above it, which says where the curve began and ended.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from trackbook.widgets.markup import LINE, escape, quiet
from trackbook.widgets.texts import number_text

WIDTH, HEIGHT, MARGIN = 220, 44, 3


def figures(pieces: Sequence[Any]) -> str:
    """The curves beside each other; "" where none has two finite points."""
    drawn = "".join(filter(None, map(_figure, pieces)))
    return f'<div style="display:flex;flex-wrap:wrap;gap:4px 24px;margin:4px 0">{drawn}</div>' if drawn else ""


def _figure(piece: Any) -> str:
    values = [float(value) for value in piece["values"]]
    finite = [value for value in values if math.isfinite(value)]
    if len(finite) < 2:
        return ""
    course = f"{number_text(finite[0])} → {number_text(finite[-1])}"
    title = f'<div style="font-size:12px">{escape(piece["key"], 40)} {quiet(escape(course))}</div>'
    return f'<div style="width:{WIDTH}px">{title}{line(piece["steps"], values)}</div>'


def line(xs: Sequence[float], ys: Sequence[float]) -> str:
    """A line through points, broken where a value is not finite."""
    finite = [y for y in ys if math.isfinite(y)]
    path = _path(_scaled(xs, min(xs), max(xs), WIDTH), [_flipped(y, min(finite), max(finite)) for y in ys])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'aria-hidden="true" style="display:block;border-bottom:1px solid {LINE}">'
        f'<path d="{path}" fill="none" stroke="currentColor" stroke-width="1.25" stroke-linejoin="round"></path></svg>'
    )


def _scaled(values: Sequence[float], low: float, high: float, size: float) -> list[float]:
    span = (high - low) or 1
    return [MARGIN + (value - low) / span * (size - 2 * MARGIN) for value in values]


def _flipped(value: float, low: float, high: float) -> float | None:
    """Up is less in a picture; a flat line lies in the middle.  Halves first, since the span may overflow."""
    if not math.isfinite(value):
        return None
    span = high / 2 - low / 2
    share = (value / 2 - low / 2) / span if span > 0 else 0.5
    return HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN)


def _path(xs: Sequence[float], ys: Sequence[float | None]) -> str:
    """`M` begins a stretch, the pairs behind it go on."""
    parts, drawing = [], False
    for x, y in zip(xs, ys, strict=True):
        if y is None:
            drawing = False
            continue
        parts.append(f"{'' if drawing else 'M'}{x:.1f} {y:.1f}")
        drawing = True
    return " ".join(parts)
