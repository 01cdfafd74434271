"""Sources of cells as texts: which two are likely to be one cell, before and after an edit."""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

ALIKE = 0.5
"""The least share of words that two sources have in common where they are one cell."""
NAME_WEIGHT = 3
"""Of a name beside a number: numbers are what is edited most."""
_WORD = re.compile(r"\w+")


@lru_cache(2000)
def body(source: str) -> str:
    """A cell without the `%%` lines it begins with: an option changed there is no change of the code."""
    lines = source.splitlines(keepends=True)
    start = 0
    while start < len(lines) and (lines[start].startswith("%%") or not lines[start].strip()):
        start += 1
    return "".join(lines[start:])


def most_alike(source: str, others: Iterable[str]) -> str | None:
    """The one of the others that is most like a source, None where none is `ALIKE`; the first of equals.

    By words, since a comparison of letters takes a second where a notebook is long.
    """
    code, words = body(source), _words(source)
    best, most = None, 0.0
    for other in others:
        if body(other) == code:
            return other
        share = _share(words, _words(other))
        if share >= ALIKE and share > most:
            best, most = other, share
    return best


def _share(words: Counter[str], others: Counter[str]) -> float:
    total = words.total() + others.total()
    return 2 * (words & others).total() / total if total else 0.0


@lru_cache(2000)
def _words(source: str) -> Counter[str]:
    """Its names and numbers with their weights."""
    found = Counter(word for word in _WORD.findall(body(source)) if not keyword.iskeyword(word))
    return Counter({word: count * (1 if word[0].isdigit() else NAME_WEIGHT) for word, count in found.items()})
