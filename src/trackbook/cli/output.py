"""How the commands print: tables for people, JSON for programs, times and numbers the same in every command."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import typer

from trackbook.widgets.texts import length_text

if TYPE_CHECKING:
    from rich.console import Console, JustifyMethod

    from trackbook.cli.listing import Listed

STATUS_STYLES = {"FINISHED": "green", "FAILED": "red", "KILLED": "yellow", "RUNNING": "blue"}


PIPE_WIDTH = 200
"""Of lines into a pipe or file, where COLUMNS does not say another."""


def console(width: int | None = None) -> Console:
    """A console on stdout, as wide as the terminal, or `width`."""
    from rich.console import Console

    seen = Console(highlight=False, markup=False, emoji=False, width=width)
    if width is not None or seen.is_terminal or os.environ.get("COLUMNS", "").isdigit():
        return seen
    return Console(highlight=False, markup=False, emoji=False, width=PIPE_WIDTH)


def print_json(value: object) -> None:
    """Strict JSON: NaN and the infinities travel as the texts "NaN", "Infinity", "-Infinity"."""
    typer.echo(json.dumps(strict(value), indent=2, ensure_ascii=False, allow_nan=False))


def strict(value: object) -> object:
    """The same value with every float that JSON does not know as text."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Mapping):
        return {str(key): strict(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [strict(item) for item in value]
    return value


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows of text (or rich `Text`) under headers, if any; values are shown as they are, never as markup."""
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, header_style="bold", show_header=any(columns))
    for column in columns:
        drawn.add_column(Text(column), overflow="fold")
    for row in rows:
        drawn.add_row(*(cell if isinstance(cell, Text) else Text(plain(str(cell))) for cell in row))
    console().print(drawn)


def lines(columns: Sequence[Listed]) -> None:
    """Print columns of one line a cell, each cut with `…` at its width; never wrapped."""
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        side: JustifyMethod = "right" if column.right else "left"
        drawn.add_column(Text(column.title), no_wrap=True, overflow="ellipsis", width=column.width, justify=side)
    for row in zip(*(column.cells for column in columns), strict=True):
        drawn.add_row(*(cell if isinstance(cell, Text) else Text(plain(str(cell))) for cell in row))
    needed = sum(column.width + 2 for column in columns)
    console(max(console().width, needed)).print(drawn)


def cells(value: object) -> int:
    """How many cells of a terminal a text takes, wide characters counted twice."""
    from rich.cells import cell_len

    return cell_len(plain(str(value)))


def status_text(status: str) -> Any:
    """A status in its colour."""
    from rich.text import Text

    return Text(status, style=STATUS_STYLES.get(status, ""))


def plain(text: str) -> str:
    """Control characters made visible: a stored name cannot move the cursor or recolour the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode("ascii") for c in text)


def clock(time_ms: int | None) -> str:
    """Local date and time of ms since the epoch."""
    return "" if time_ms is None else time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(time_ms / 1000))


def age(time_ms: int | None) -> str:
    """`12 s ago`, `3 min ago`, `5 h ago`, `6 d ago`; the date of what is older than two weeks."""
    if time_ms is None:
        return ""
    seconds = max(0, int(time.time() - time_ms / 1000))
    for unit, size_s, limit_s in (("s", 1, 60), ("min", 60, 3600), ("h", 3600, 86_400), ("d", 86_400, 14 * 86_400)):
        if seconds < limit_s:
            return f"{seconds // size_s} {unit} ago"
    return clock(time_ms)[:10]


def duration(length_ms: int | None) -> str:
    """As everywhere: see `widgets.texts.length_text`."""
    return "" if length_ms is None else length_text(length_ms)


def size(number: int) -> str:
    """`840 B`, `3.2 kB`, `1.5 GB`: powers of 1000."""
    shown = float(number)
    for unit in ("B", "kB", "MB", "GB"):
        if abs(shown) < 1000:
            return f"{number} B" if unit == "B" else f"{shown:.1f} {unit}"
        shown /= 1000
    return f"{shown:.1f} TB"


def number(value: float) -> str:
    """Six significant digits."""
    return f"{value:.6g}"
