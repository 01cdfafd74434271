"""What a table shows, as text to paste or to keep: CSV with every digit, Markdown and LaTeX rounded for readers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from trackbook.errors import InvalidValue, shown
from trackbook.widgets.texts import number_text

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("csv", "markdown", "latex")
MAX_ROWS = 50_000
"""Of one text: what a browser still takes in one message.  The frame has all."""
_TEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "&%$#_{}"},
}
_TEX_CHARACTERS = re.compile(r"[\\~^&%$#_{}]")


def text_of(frame: pd.DataFrame, format: str) -> str:
    """The frame in one of `FORMATS`.  Raises `InvalidValue`."""
    if format == "csv":
        return str(frame.to_csv(index=False))
    if format == "markdown":
        return _markdown(frame)
    if format == "latex":
        return _latex(frame)
    raise InvalidValue(f"format {shown(format)} is none of {', '.join(FORMATS)}")


def _markdown(frame: pd.DataFrame) -> str:
    heads, rows, numeric = _cells(frame, _markdown_text)
    rule = ["---:" if right else "---" for right in numeric]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, rule, *rows)) + "\n"


def _markdown_text(text: str) -> str:
    return re.sub(r"([\\|`*_<\[])", r"\\\1", " ".join(text.split()))


def _latex(frame: pd.DataFrame) -> str:
    heads, rows, numeric = _cells(frame, _latex_text)
    lines = [f"{' & '.join(cells)} \\\\" for cells in (heads, *rows)]
    columns = "".join("r" if right else "l" for right in numeric)
    return "\n".join(
        [
            "% needs \\usepackage{booktabs}",
            f"\\begin{{tabular}}{{{columns}}}",
            "\\toprule",
            lines[0],
            "\\midrule",
            *lines[1:],
            "\\bottomrule",
            "\\end{tabular}",
            "",
        ]
    )


def _latex_text(text: str) -> str:
    plain = " ".join(text.split())
    escaped = _TEX_CHARACTERS.sub(lambda found: _TEX[found.group()], plain)
    return escaped.replace("±", "$\\pm$").replace("−", "$-$")


def _cells(frame: pd.DataFrame, quote: Callable[[str], str]) -> tuple[list[str], list[list[str]], list[bool]]:
    """Heads, rows and which columns hold numbers."""
    numeric = [frame[name].dtype.kind in "iuf" for name in frame.columns]
    columns = [[quote(_text(value)) for value in frame[name].tolist()] for name in frame.columns]
    rows: Sequence[tuple[str, ...]] = list(zip(*columns, strict=True))
    return [quote(str(name)) for name in frame.columns], [list(row) for row in rows], numeric


def _text(value: Any) -> str:
    """A cell as readers want it; nothing for no value."""
    if value is None or value != value or str(value) == "NaT":  # NaN: no value
        return ""
    if hasattr(value, "strftime"):
        return str(value.strftime("%Y-%m-%d %H:%M:%S"))
    return number_text(value) if isinstance(value, int | float) else str(value)
