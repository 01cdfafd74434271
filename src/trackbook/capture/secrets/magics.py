"""The value that `%env NAME value` gives to a name: the rest of its line, spaces and quotes too, as for IPython."""

from __future__ import annotations

import re

from trackbook.capture.secrets.names import is_placeholder, kind_of
from trackbook.capture.secrets.shapes import Span

LONGEST_VALUE, LONGEST_MAGIC, LONGEST_INDENT = 4000, 20, 200
DEEPEST, MOST_WORDS = 3, 20
_MAGIC = re.compile(r"%(?:set_)?env[ \t]{1,8}\Z")
_GIVEN = re.compile(r"(?:[ \t]{0,8}=|[ \t])[ \t]{0,8}")
_OPENED = re.compile(r"\\{0,7}[\"']")
_LINE = re.compile(r"[^\n]*+")
_WRITTEN = {
    (level, quote): re.compile(
        rf"(?:[^\n\\{quote}]++|(?!\\{{{slashes + 1}}}n|\\{{{slashes}}}{quote})(?:\\++{quote}?|{quote}))*+"
    )
    for level, slashes in enumerate((0, 1, 3), 1)
    for quote in "\"'`"
}
"""The rest of a line of code that is written as a text itself: in JSON, in JSON within JSON."""


def given(text: str, first: int, last: int) -> tuple[int, int] | None:
    """Where the value of the name is; None where no magic gives it one."""
    magic = _MAGIC.search(text, max(0, first - LONGEST_MAGIC), first)
    found = None if magic is None else _GIVEN.match(text, last)
    if magic is None or found is None:
        return None
    start, most = found.end(), min(len(text), found.end() + LONGEST_VALUE)
    line = _rest(text, magic.start()).match(text, start, most)
    end = start + (len(line.group().rstrip()) if line else 0)
    quote = _OPENED.match(text, start, end)
    if quote is not None and text.endswith(quote.group(), quote.end(), end):
        start, end = quote.end(), end - len(quote.group())
    return (start, end) if start < end else None


def span_of(text: str, name: str, value: tuple[int, int]) -> Span | None:
    """All of the value where it, or a word of it, is a secret under this name."""
    whole = text[slice(*value)]
    kind = kind_of(name, whole)
    if kind is None and not is_placeholder(whole):
        kind = next((kind for one in whole.split(None, MOST_WORDS) if (kind := kind_of(name, one))), None)
    return None if kind is None else (*value, kind)


def _rest(text: str, magic: int) -> re.Pattern[str]:
    """The line of a magic ends only where a line of the text does, if it stands at the beginning of one."""
    before = text[max(0, magic - LONGEST_INDENT) : magic].rstrip(" \t")
    if not before or before[-1] == "\n" or before in ("+", "-") or before[-2:] in ("\n+", "\n-"):
        return _LINE
    slashes = len(before) - 1 - len(before[:-1].rstrip("\\"))
    if before[-1] in "\"'`":
        return _WRITTEN[min((slashes + 1).bit_length(), DEEPEST), before[-1]]
    return _WRITTEN[min(slashes.bit_length(), DEEPEST) if before[-1] == "n" and slashes else 1, '"']
