"""How the commands print: tables for people, JSON for programs, times and numbers the same in every command."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

STATUS_STYLES = {"FINISHED": "green", "FAILED": "red", "KILLED": "yellow", "RUNNING": "blue"}


def console() -> Console:
    """A console on stdout; a pipe gets lines wide enough that no cell is cut."""
    from rich.console import Console

    seen = Console(highlight=False, markup=False, emoji=False)
    return seen if seen.is_terminal else Console(highlight=False, markup=False, emoji=False, width=200)


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
    """Print rows of text (or rich `Text`) under headers; values are shown as they are, never as markup."""
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        drawn.add_column(Text(column), overflow="fold")
    for row in rows:
        drawn.add_row(*(cell if isinstance(cell, Text) else Text(plain(str(cell))) for cell in row))
    console().print(drawn)


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


def duration(length_ms: int | None) -> str:
    """`840 ms`, `3.2 s`, `4 min 05 s`, `2 h 03 min`."""
    if length_ms is None:
        return ""
    seconds = max(length_ms, 0) / 1000
    if seconds < 1:
        return f"{length_ms} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


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
