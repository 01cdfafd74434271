"""Text to tree: runs the grammar, then gives each part its meaning and checks that what is compared can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.core.filters.mistakes import explained
from trackbook.core.filters.reader import Reader
from trackbook.core.filters.scopes import RUNS, Scope
from trackbook.errors import FilterSyntaxError

if TYPE_CHECKING:
    from trackbook.core.filters.tree import Condition

MAX_FILTER = 200_000
"""Characters of a filter; a list of some thousand run ids fits."""


def parse(text: str, scope: Scope = RUNS) -> Condition | None:
    """The condition of a filter, None for an empty one.

    Raises `FilterSyntaxError` with the position, what could stand there, and a hint where one is known.
    """
    if not text or text.isspace():
        return None
    if len(text) > MAX_FILTER:
        raise FilterSyntaxError(text[:80], 80, f"at most {MAX_FILTER} characters, not {len(text)}")
    from lark.exceptions import UnexpectedInput

    from trackbook.core.filters.grammar import parser

    try:
        raw = parser().parse(text)
    except UnexpectedInput as error:
        raise explained(error, text, scope) from None
    return Reader(text, scope).condition(raw)
