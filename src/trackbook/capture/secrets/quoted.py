"""A quoted text as code, JSON, and JSON within JSON write it, and what may stand between two of them.

The patterns take what they match once and give nothing back, so that an unclosed quote or bracket costs what stands up
to the next one.
"""

from __future__ import annotations

import re

from trackbook.capture.secrets.names import PASSWORD, kind_of
from trackbook.capture.secrets.shapes import Span

QUOTED = r"""
    (?:[rbfu@]{0,2})
    (?: "{3}(?P<v1>[^"]{1,4000})"{3} | '{3}(?P<v2>[^']{1,4000})'{3}
      | (?P<esc>\\{1,3})"(?P<v3>[^"\n\\]{1,4000})(?P=esc)" | \\{1,3}'(?P<v4>[^'\n\\]{1,4000})\\{1,3}'
      | "(?P<v5>(?:[^"\n\\]|\\.){1,4000})" | '(?P<v6>(?:[^'\n\\]|\\.){1,4000})' | `(?P<v7>[^`\n]{1,4000})` )
"""
"""One whose text is wanted; for a verbose pattern that ignores case."""
_GROUPS = ("v1", "v2", "v3", "v4", "v5", "v6", "v7")
_PASSED = r"""
    (?: \\{1,3}"(?:[^"\\\n]|\\{1,4}[^"'\\\n]){0,600}+\\{1,3}" | \\{1,3}'(?:[^'\\\n]|\\{1,4}[^"'\\\n]){0,600}+\\{1,3}'
      | "(?:[^"\\\n]|\\.){0,600}+" | '(?:[^'\\\n]|\\.){0,600}+' )
"""
"""One that is passed over, and may be empty."""
_BREAK = r"""(?: \\?\n[+\- ]? | \\{1,3}n(?:",[ \t]*\n[+\- ]?[ \t]*")? | \\{1,3}t )"""
"""A line's end: also as JSON writes it, between the lines of a notebook's cell, and in a diff."""
_GAP = rf"(?:[ \t\r]++|{_BREAK}|\#(?:[^\n\\]|\\(?!n)){{0,200}}+)"
GAPS, SPACE = rf"{_GAP}{{0,12}}+", rf"{_GAP}{{1,12}}+"
"""What may stand, and what has to, between two words."""
_PIECE = rf"""[^"'()\[\]{{}}\\\n\#]++|{_PASSED}|{_GAP}"""
_FLAT = rf"[(\[{{](?:{_PIECE}){{0,100}}+[)\]}}]"
BRACKETS = rf"[(\[{{](?:{_PIECE}|{_FLAT}){{0,100}}+[)\]}}]"
"""With what is in them, two deep: each level doubles what the patterns cost to compile."""
ITEM = rf"""(?:[^,;"'()\[\]{{}}\\\n\#]++|{_PASSED}|{BRACKETS}|{_GAP}){{1,40}}+"""
"""An argument of a call or an item of a tuple, up to its comma or the bracket's end."""
WORD = rf"""(?:[^\s,;:="'()\[\]{{}}\\\#]++|{_PASSED}|{BRACKETS}){{1,12}}+"""
"""An operand, up to the next space."""


def spot(found: re.Match[str]) -> tuple[int, int]:
    """Where the text of a match of `QUOTED` is, without its quotes."""
    return found.span(next(group for group in _GROUPS if found[group] is not None))


def secret(name: str, found: re.Match[str]) -> Span | None:
    """The text of a match of `QUOTED`, if it is a secret under this name."""
    start, end = spot(found)
    value = found.string[start:end]
    kind = kind_of(name, value)
    return None if kind is None or is_sentence(value, kind) else (start, end, kind)


def is_sentence(value: str, kind: str) -> bool:
    """Words for people: "Enter your password:"."""
    return kind != PASSWORD and value.count(" ") > 1 and not any(one.isdigit() for one in value)
