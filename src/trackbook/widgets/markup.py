"""The few pieces of HTML that static views are made of.  Text goes in through `escape` only.

Inline styles, since sanitizers drop style sheets; colours follow the page (`currentColor`, translucent grey), so that
light and dark pages both read.  Where even inline styles are dropped, plain tables remain.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

LINE = "rgba(128,128,128,.35)"
TABLE = "border-collapse:collapse;font-size:12px;line-height:1.5;font-variant-numeric:tabular-nums;margin:4px 0"
ROW = f"border-bottom:1px solid {LINE}"
CELL = "padding:2px 8px 2px 4px;text-align:left"
"""Short, since it stands in every cell of every output."""
NUMBER = "padding:2px 8px 2px 4px;text-align:right"
QUIET = "opacity:.7"
PRE = f"font-size:12px;line-height:1.4;margin:4px 0;padding:6px;border:1px solid {LINE};overflow-x:auto;white-space:pre"
MAX_TEXT = 160
STATUS = {"FINISHED": "#2e8b57", "FAILED": "#d1495b", "KILLED": "#c77700", "RUNNING": "#3b7dd8", "SCHEDULED": "#808080"}
WIDE = {"table": "run table", "compare": "comparison", "registry": "registry"}
"""Views that may be wider than their page, and their names: a keyboard can scroll only what it can reach."""
LITERAL = "tex2jax_ignore mathjax_ignore"
"""Classes by which MathJax leaves an element alone: $5 and $6 in a name are no mathematics."""
ADDED, REMOVED = "rgba(46,160,67,.18)", "rgba(218,54,51,.16)"


def escape(text: object, limit: int | None = MAX_TEXT) -> str:
    """Text as markup shows it, cut at `limit` characters."""
    plain = str(text)
    if limit is not None and len(plain) > limit:
        plain = plain[: limit - 1] + "…"
    return html.escape(plain, quote=True)


def root(kind: str, body: Iterable[str]) -> str:
    """The outer element of a static view; `kind` becomes its class."""
    reached = f' tabindex="0" role="region" aria-label="{WIDE[kind]}"' if kind in WIDE else ""
    return (
        f'<div class="tb-static tb-static-{kind} {LITERAL}"{reached} style="font-family:system-ui,sans-serif;'
        f'font-size:13px;max-width:100%;overflow-x:auto">{"".join(body)}</div>'
    )


def status_word(status: str) -> str:
    """As the views say it; a status that this version does not know as it came."""
    return status.capitalize() if status in STATUS else status


def status_pill(status: str, reason: str = "") -> str:
    colour = STATUS.get(status, "#808080")
    why = f' title="{escape(reason)}"' if reason else ""
    return (
        f'<span class="tb-status"{why} style="border:1px solid {colour};border-radius:8px;padding:0 6px;'
        f'font-size:11px">{escape(status_word(status))}</span>'
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], numeric: Sequence[bool] = ()) -> str:
    """A table of cells that are already markup; `numeric` columns are aligned right."""
    right = [*numeric, *[False] * (len(heads) - len(numeric))]
    style = [NUMBER if flag else CELL for flag in right]
    top = "".join(f'<th style="{style[i]};font-weight:600">{head}</th>' for i, head in enumerate(heads))
    body = "".join(f'<tr style="{ROW}">{"".join(map(_cell, style, row))}</tr>' for row in rows)
    return f'<table style="{TABLE}"><thead><tr style="{ROW}">{top}</tr></thead><tbody>{body}</tbody></table>'


def _cell(style: str, content: str) -> str:
    return f'<td style="{style}">{content}</td>'


def quiet(text: str) -> str:
    """Text (already markup) of less weight."""
    return f'<span style="{QUIET}">{text}</span>'


def one_line(text: str) -> str:
    """Text (already markup) that is not broken; said here, since notebook pages set cells of tables to break."""
    return f'<span style="white-space:nowrap">{text}</span>' if text else ""


def folded(title: str, body: str) -> str:
    """A part that opens by a click, without script."""
    return f'<details><summary style="cursor:pointer;font-size:12px">{title}</summary>{body}</details>'


def code(lines: Iterable[tuple[str, str]]) -> str:
    """Lines of code with a background each ("" for none); text already markup."""
    rows = "".join(
        f'<span style="display:block;background:{colour}">{line or " "}</span>' if colour else f"{line}\n"
        for colour, line in lines
    )
    return f'<pre tabindex="0" style="{PRE}">{rows}</pre>'
