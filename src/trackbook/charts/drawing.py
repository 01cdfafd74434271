"""A plot as SVG, for pages without a kernel: no script, no network, and in the page's own ink unless a ground is given.

A saved notebook holds it, so coordinates are rounded to tenths of a pixel, and lines are thinned to what can be seen.
"""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from trackbook.charts.labels import cut
from trackbook.charts.marks import Plot, PlotAxis, PlotLine, PlotPoints, PlotRects, PlotShade
from trackbook.charts.palette import COLOURS, colour, colours, run_slots

LEFT, RIGHT, TOP, BOTTOM = 56, 12, 10, 40
LEFT_TITLED, LEFT_BARE = 32, 14
"""Pixels at the left of names with a title beside them, and without."""
LEAST_NAMES, MOST_NAMES = 0.2, 0.4
"""Share of the width that names at the left may take: of long ones, beside long values and else."""
LEAST_MARKS = 80
"""Pixels from side to side of what is drawn, however long the names and values beside it are."""
ROWS, FEW_ROWS = (22, 15), 12
"""Pixels of a row of a band axis, of few and of many."""
MAX_SAVED = 240
"""Points of one line."""
MAX_DOTS = 400
MAX_LEGEND = 10
WIDE_LEGEND = 320
"""Pixels from which on two names stand beside each other."""
MOST_LETTERS = 16
"""Of a name below the plot."""
LETTER = 6.2
"""About the width of a letter, pixels."""
INK_TURNS = 0.55
"""Text on a deeper shade than this is white."""
SHADES = ("#440154", "#3b528b", "#21918c", "#5ec962", "#fde725")
"""Five places of viridis (https://bids.github.io/colormap/), with straight lines between."""
PLAIN, BEHIND = 0.85, 0.45
"""Depth of boxes, and of those behind points."""
BESIDE = 5
"""Pixels between a box and what stands beyond it."""
TENS = (-323, 308.25)
"""Of which powers of ten there are numbers."""
FAINT = 'stroke="currentColor" stroke-opacity="0.16"'


@dataclass(frozen=True, slots=True)
class _Scale:
    """From a value to a pixel, and where the ticks stand."""

    place: Callable[[float], float]
    ticks: list[tuple[float, str]]


def svg(plot: Plot, width: int = 420, height: int = 260, *, ground: str | None = None) -> str:
    """The picture; with a `ground` (a colour) it has its own ink, for pages that show it as a file."""
    left, right = _across(plot, width)
    height = _height(plot, height)
    legend = _legend(plot, left, height, width)
    inner_height = height - BOTTOM
    x = _scale(plot["x"], _values(plot, "x"), left, right, MOST_LETTERS)
    y = _scale(plot["y"], _values(plot, "y"), inner_height, TOP, round((left - _beside(plot)) / LETTER))
    whole = f'<rect width="100%" height="100%" fill="{ground}"></rect>' if ground else ""
    parts = [whole, _axes(plot, x, y, (left, TOP, right, inner_height))]
    share = plot["shade"] is not None and plot["shade"]["share"]
    plain = BEHIND if plot["points"] else PLAIN
    letters = int((width - right - BESIDE) / LETTER)
    parts += [_rects(one, x, y, share, plain, letters) for one in plot["rects"]]
    parts += [_line(one, x, y) for one in plot["lines"]]
    parts += [_points(one, x, y, _order(plot)) for one in plot["points"]]
    tall = height + 18 * legend[1]
    own_ink = "color:#333" if ground else ""
    style = f"font:11px system-ui,sans-serif;max-width:100%;height:auto;{own_ink}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{tall}" viewBox="0 0 {width} {tall}" '
        f'style="{style}">{"".join(parts)}{legend[0]}</svg>'
    )


def _across(plot: Plot, width: int) -> tuple[float, float]:
    """From where to where the marks lie: beside the names, which give way to what stands beyond the boxes."""
    most = width - RIGHT - _beyond(plot)
    left = _left(plot, min(width * MOST_NAMES, max(width * LEAST_NAMES, most - LEAST_MARKS)))
    return left, max(left + LEAST_MARKS, most)


def _left(plot: Plot, most: float) -> float:
    """Room for the names at the left, and for the title beside them."""
    longest = max((len(one) for one in plot["y"]["labels"]), default=0)
    if plot["y"]["scale"] != "band":
        return LEFT
    return min(most, _beside(plot) + longest * LETTER)


def _beside(plot: Plot) -> int:
    """Room at the left of names."""
    return LEFT_TITLED if plot["y"]["title"] else LEFT_BARE


def _height(plot: Plot, height: int) -> int:
    """A row for each name of a band axis at the left; other plots are as high as they are wanted."""
    if plot["y"]["scale"] != "band" or plot["square"]:
        return height
    rows = len(plot["y"]["labels"])
    return TOP + BOTTOM + max(2, rows) * (ROWS[0] if rows <= FEW_ROWS else ROWS[1])


def _values(plot: Plot, axis: str) -> list[float]:
    found: list[float] = []
    for one in (*plot["points"], *plot["lines"]):
        found += one[axis]  # type: ignore[literal-required]
    for rect in plot["rects"]:
        found += rect[f"{axis}0"] + rect[f"{axis}1"]  # type: ignore[literal-required]
    return found


def _beyond(plot: Plot) -> float:
    """Room at the right for what stands beyond the boxes."""
    longest = max((len(end) for one in plot["rects"] for end in one["ends"]), default=0)
    return longest * LETTER


def _scale(axis: PlotAxis, values: Sequence[float], start: float, end: float, letters: int) -> _Scale:
    """`letters` is how long a name on a band axis may be."""
    if axis["scale"] == "band":
        count = max(1, len(axis["labels"]))
        step = (end - start) / count
        longest = min(letters, max((len(one) for one in axis["labels"]), default=0))
        room = 8 + longest * LETTER if end > start else 14
        step_labels = max(1, math.ceil(room / abs(step)))
        named = [(float(i), cut(one, letters)) for i, one in enumerate(axis["labels"]) if i % step_labels == 0]
        return _Scale(lambda value: start + (value + 0.5) * step, named)
    forward = _transform(axis["scale"])
    finite = [value for value in values if math.isfinite(value)]
    low = min(finite, default=0.0) if axis["low"] is None else axis["low"]
    high = max(finite, default=1.0) if axis["high"] is None else axis["high"]
    a, b = forward(low), forward(high)
    if not b > a:
        a, b = a - (abs(a) * 0.1 or 1), b + (abs(b) * 0.1 or 1)
    air = b * 0.04 - a * 0.04
    a = a if axis["low"] is not None else max(a - air, -sys.float_info.max)
    b = b if axis["high"] is not None else min(b + air, sys.float_info.max)

    def place(value: float) -> float:
        span = b / 2 - a / 2
        return start + (forward(value) / 2 - a / 2) / span * (end - start)

    if axis["scale"] == "symlog":
        ticks = _symmetric(a, b, 5)
    else:
        ticks = _powers(a, b) if axis["scale"] == "log" else _ticks(a, b, 5)
    return _Scale(place, [(value, _number(value)) for value in ticks])


def _powers(low: float, high: float) -> list[float]:
    """Powers of ten between two exponents, with 2 and 5 times them where these are few; else round numbers."""
    digits = (1, 2, 5) if high - low < 3 else (1,)
    low, high = max(low, TENS[0]), min(high, TENS[1])
    step = max(1, math.ceil((high - low) / 6))
    powers = range(math.floor(low), math.floor(high) + 1, step)
    found = [float(f"{digit}e{power}") for power in powers for digit in digits]
    found = [value for value in found if low <= math.log10(value) <= high]
    return found if len(found) > 1 else _ticks(10.0**low, 10.0**high, 5)


def _symmetric(low: float, high: float, count: int) -> list[float]:
    """0, powers of ten and what lies between them on a symmetric axis, as many as keep about `count` apart.

    `low` and `high` are places, as `_transform` has them.
    """
    place, gap = _transform("symlog"), (high / count - low / count) * 0.6
    top = math.ceil(max(abs(low), abs(high)))
    found = [0.0] if low <= 0 <= high else []
    for digit in (1, 5, 2):
        for power in range(top, -4, -1):
            for value in (float(f"{digit}e{power}"), float(f"-{digit}e{power}")):
                at = place(value)
                if low <= at <= high and all(abs(at - place(other)) >= gap for other in found):
                    found.append(value)
    if len(found) < 2:
        places = [at for at in _ticks(low, high, count) if abs(at) <= TENS[1]]
        found = [float(f"{math.copysign(10 ** abs(at) - 1, at):.3g}") for at in places]
    return sorted(found)


def _transform(scale: str) -> Callable[[float], float]:
    if scale == "log":
        return lambda value: math.log10(value) if value > 0 else -300.0
    if scale == "symlog":
        return lambda value: math.copysign(math.log10(1 + abs(value)), value)
    return lambda value: value


def _ticks(low: float, high: float, count: int) -> list[float]:
    """About `count` round numbers: steps of 1, 2 or 5 times a power of ten."""
    rough = high / count - low / count
    if not rough > 0 or not math.isfinite(rough):
        return [low]
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * next((one for one in (1, 2, 5) if rough / power <= one), 10)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [float(f"{index * step:.12g}") for index in range(first, last + 1)][:20]


def _number(value: float) -> str:
    size = abs(value)
    text = f"{value:.3g}" if size >= 1e6 or 0 < size < 1e-4 else f"{value:.6g}"
    return text.replace("e+0", "e").replace("e-0", "e-").replace("e+", "e").replace("-", "−")


def _axes(plot: Plot, x: _Scale, y: _Scale, box: tuple[float, float, float, float]) -> str:
    left, top, right, bottom = box
    parts = [f'<path d="M{left} {bottom}H{right}" {FAINT}></path>']
    for value, label in y.ticks:
        at = y.place(value)
        if plot["y"]["scale"] != "band":
            parts.append(f'<path d="M{left} {at:.1f}H{right}" {FAINT}></path>')
        parts.append(_text(left - 6, at + 4, label, "end"))
    parts += [_text(x.place(value), bottom + 15, label, "middle") for value, label in x.ticks]
    parts.append(_text((left + right) / 2, bottom + 32, cut(plot["x"]["title"]), "middle", strong=True))
    if plot["y"]["title"]:
        middle = (top + bottom) / 2
        title = escape(cut(plot["y"]["title"]))
        parts.append(
            f'<text x="12" y="{middle:.1f}" transform="rotate(-90 12 {middle:.1f})" text-anchor="middle" '
            f'fill="currentColor">{title}</text>'
        )
    return "".join(parts)


def _text(x: float, y: float, text: str, anchor: str, *, strong: bool = False, fill: str = "currentColor") -> str:
    opacity = "" if strong else ' fill-opacity="0.75"'
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}"{opacity}>{escape(text)}</text>'


def _rects(one: PlotRects, x: _Scale, y: _Scale, share: bool, plain: float, letters: int) -> str:
    """`letters` is how long what stands beyond a box may be."""
    parts = []
    for index, edges in enumerate(zip(one["x0"], one["x1"], one["y0"], one["y1"], strict=True)):
        xs = sorted((x.place(edges[0]), x.place(edges[1])))
        ys = sorted((y.place(edges[2]), y.place(edges[3])))
        depth = one["shades"][index] if one["shades"] else plain
        fill = shade(depth) if one["shades"] and not share else COLOURS[one["series"] % len(COLOURS)]
        opacity = "" if one["shades"] and not share else f' fill-opacity="{0.06 + 0.94 * depth:.2f}"'
        end = one["ends"][index] if one["ends"] else ""
        if end:
            end = end if len(end) <= letters else f"{end[: letters - 1]}…"
            parts.append(_text(xs[1] + BESIDE, sum(ys) / 2 + 4, end, "start", strong=True))
        if one["ends"] and edges[0] == edges[1]:
            continue
        parts.append(
            f'<rect x="{xs[0]:.1f}" y="{ys[0]:.1f}" width="{xs[1] - xs[0]:.1f}" height="{ys[1] - ys[0]:.1f}" '
            f'fill="{fill}"{opacity}></rect>'
        )
        if one["texts"]:
            ink = "#fff" if depth > INK_TURNS else "currentColor"
            parts.append(_text(sum(xs) / 2, sum(ys) / 2 + 4, one["texts"][index], "middle", strong=True, fill=ink))
    return "".join(parts)


def _line(one: PlotLine, x: _Scale, y: _Scale) -> str:
    colour = "currentColor" if one["quiet"] else COLOURS[one["series"] % len(COLOURS)]
    pairs = [(x.place(a), y.place(b)) for a, b in thinned(list(zip(one["x"], one["y"], strict=True)))]
    path = "M" + " ".join(f"{a:.1f} {b:.1f}" for a, b in pairs)
    quiet = ' stroke-opacity="0.5"' if one["quiet"] else ""
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.5" stroke-linejoin="round"{quiet}></path>'


def thinned(pairs: list[tuple[float, float]], limit: int = MAX_SAVED) -> list[tuple[float, float]]:
    """At most about `limit` points, each stretch's least and greatest among them."""
    if len(pairs) <= limit:
        return pairs
    buckets = limit // 2
    kept: set[int] = {0, len(pairs) - 1}
    for bucket in range(buckets):
        some = range(bucket * len(pairs) // buckets, (bucket + 1) * len(pairs) // buckets)
        kept |= {min(some, key=lambda i: pairs[i][1]), max(some, key=lambda i: pairs[i][1])}
    return [pairs[index] for index in sorted(kept)]


def _order(plot: Plot) -> dict[str, int]:
    """The numbers of the runs' colours."""
    begun = ((one["runs"], one["starts_ms"]) for one in plot["points"] if one["tone"] == "run")
    pairs = itertools.chain.from_iterable(zip(runs, starts, strict=True) for runs, starts in begun)
    return run_slots({run: start for run, start in pairs if run is not None})


def _points(one: PlotPoints, x: _Scale, y: _Scale, order: dict[str, int]) -> str:
    parts = []
    step = math.ceil(len(one["x"]) / MAX_DOTS) if one["x"] else 1
    for index in range(0, len(one["x"]), step):
        run = one["runs"][index]
        fill = {
            "shade": shade(one["shades"][index]) if one["shades"] else "",
            "series": COLOURS[one["series"] % len(COLOURS)],
            "ink": "currentColor",
            "run": colour(order.get(run or "", 0)),
        }[one["tone"]]
        at = f'cx="{x.place(one["x"][index]):.1f}" cy="{y.place(one["y"][index]):.1f}"'
        parts.append(f'<circle {at} r="3.5" fill="{fill}" fill-opacity="0.85"></circle>')
    return "".join(parts)


def shade(share: float) -> str:
    """The colour of a place between 0 and 1."""
    at = min(max(share, 0.0), 1.0) * (len(SHADES) - 1)
    low = min(int(at), len(SHADES) - 2)
    pairs = [(int(SHADES[low][i : i + 2], 16), int(SHADES[low + 1][i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * (at - low)):02x}" for a, b in pairs)


def _legend(plot: Plot, left: float, top: float, width: float) -> tuple[str, int]:
    """Names of lines and categories below the plot, or what shades mean; and how many rows of 18 pixels it takes."""
    named = [(one["name"], one["series"]) for one in plot["lines"] if not one["quiet"] and one["name"]]
    named += [(one["name"], one["series"]) for one in plot["points"] if one["tone"] == "series"]
    if plot["shade"] is not None and not plot["shade"]["share"]:
        return _shades(plot["shade"], left, top + 12), 1
    if len(named) < 2:
        return "", 0
    beside = 2 if width - left >= WIDE_LEGEND else 1
    room = (width - left) / beside
    palette = colours(max(series for _name, series in named) + 1)
    parts = []
    for index, (name, series) in enumerate(named[:MAX_LEGEND]):
        x, y = left + index % beside * room, top + 12 + 18 * (index // beside)
        parts.append(f'<rect x="{x:.0f}" y="{y - 9:.0f}" width="10" height="10" fill="{palette[series]}"></rect>')
        parts.append(_text(x + 15, y, cut(name, int((room - 20) / LETTER)), "start", strong=True))
    rows = math.ceil(min(len(named), MAX_LEGEND) / beside)
    if len(named) > MAX_LEGEND:
        parts.append(_text(left, top + 12 + 18 * rows, f"and {len(named) - MAX_LEGEND} more", "start"))
        rows += 1
    return "".join(parts), rows


def _shades(one: PlotShade, x: float, y: float) -> str:
    parts = [_text(x, y, f"{cut(one['title'], 24)}  {one['low']}", "start", strong=True)]
    at = x + (len(cut(one["title"], 24)) + len(one["low"]) + 3) * LETTER
    parts += [
        f'<rect x="{at + 12 * step:.0f}" y="{y - 9:.0f}" width="12" height="10" fill="{shade(step / 6)}"></rect>'
        for step in range(7)
    ]
    parts.append(_text(at + 7 * 12 + 6, y, one["high"], "start", strong=True))
    return "".join(parts)
