"""What the grammar refused, in the words of whoever wrote it: the position, what could stand there, and a hint."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trackbook.core.filters.fields import KEYWORDS, ODD_NAME, PATTERN, read_field
from trackbook.core.filters.scopes import Scope, nearest
from trackbook.core.filters.tree import Attribute, Metric
from trackbook.errors import FilterSyntaxError

if TYPE_CHECKING:
    from lark.exceptions import UnexpectedInput

STARTS_OPERAND = {"FIELD", "STRING"}
OPERATORS = "an operator: =, !=, <, <=, >, >=, LIKE, ILIKE, CONTAINS, IN or IS NULL"
_WORD = re.compile(r"[^\W\d]\w*")
_COMPARED = re.compile(rf"({PATTERN})\s*(==|!=|<>|<=|>=|=|<|>|(?:not\s+)?(?:like|ilike|contains))\s*\Z", re.IGNORECASE)
_UNCLOSED = "What begins with {0} must end with {0}."
_HINTS = (
    ("&", "Join comparisons with AND."),
    ("|", "Join comparisons with OR."),
    ("!", "Write NOT before a comparison, or != between two values."),
    (";", "One filter at a time."),
    ("%", "A pattern for LIKE stands in quotes: 'a%'."),
)


def explained(error: UnexpectedInput, text: str, scope: Scope) -> FilterSyntaxError:
    """The error to show for one of lark's."""
    token = getattr(error, "token", None)
    at_end = token is not None and token.type == "$END"
    position = len(text.rstrip()) if at_end else _position(error)
    position, allowed = _accepted_before(text, position)
    _check_word_before(text, position, allowed, scope)
    expected = _expected(text, position, allowed, scope)
    return FilterSyntaxError(text, position, expected, "" if at_end else _hint(text, position, allowed))


def _position(error: UnexpectedInput) -> int:
    position = getattr(error, "pos_in_stream", None)
    return position if isinstance(position, int) else 0


def _accepted_before(text: str, position: int) -> tuple[int, set[str]]:
    """The position and what could stand there; an earlier one where a word is refused too once it stands alone.

    `LIKE.` is such a text: with its dot the word could be a field's name, without it is a keyword in a wrong place.
    """
    from lark.exceptions import UnexpectedInput

    while True:
        try:
            return position, _accepted_after(text[:position])
        except UnexpectedInput as earlier:
            position = min(_position(earlier), max(position - 1, 0))


def _accepted_after(prefix: str) -> set[str]:
    """The names of the terminals that could follow; what the error itself lists is wider (LALR merges states)."""
    from trackbook.core.filters.grammar import parser

    so_far = parser().parse_interactive(prefix)
    so_far.exhaust_lexer()
    return set(so_far.accepts())  # type: ignore[no-untyped-call]


def _check_word_before(text: str, position: int, allowed: set[str], scope: Scope) -> None:
    """Where an operator is missing after a field, the field itself may be the mistake: let that be the message."""
    if allowed & STARTS_OPERAND or "OPERATOR" not in allowed:
        return
    if text[position : position + 2] in (".`", '."', ".'"):
        quote = text[position + 1]
        raise FilterSyntaxError(
            text, position + 1, f"a name in {quote}", f"What begins with {quote} must end with {quote}."
        )
    before = re.search(rf"({PATTERN})\s*\Z", text[:position])
    if before is not None and before.group(1).lower() not in KEYWORDS:
        read_field(scope, before.group(1), before.start(1), text)


def _expected(text: str, position: int, allowed: set[str], scope: Scope) -> str:
    compared = _COMPARED.search(text[:position])
    if compared is not None and allowed & STARTS_OPERAND:
        return f"{_value_kind(compared.group(1), compared.start(1), text, scope)} after {compared.group(2)!r}"
    if allowed & STARTS_OPERAND and "NOT" in allowed:
        return f"a comparison such as {scope.example}"
    if allowed & STARTS_OPERAND:
        return "a number, a text in quotes or a field" if "FIELD" in allowed else "a number or a text in quotes"
    if "OPERATOR" in allowed and "NOT" in allowed:
        return OPERATORS
    if "COMMA" in allowed:
        return "',' or ')'"
    if "LPAR" in allowed:
        return "'(' and a list of values"
    if "NULL" in allowed:
        return "NULL or NOT NULL" if "NOT" in allowed else "NULL"
    if "LIKE" in allowed or "IN" in allowed:
        return "LIKE, ILIKE, CONTAINS or IN"
    return "AND, OR or ')'" if "RPAR" in allowed and "$END" not in allowed else "AND, OR or the end"


def _value_kind(field: str, position: int, text: str, scope: Scope) -> str:
    found = read_field(scope, field, position, text)
    is_number = isinstance(found, Metric) or (isinstance(found, Attribute) and found.number)
    return "a number" if is_number else "text in quotes"


def _hint(text: str, position: int, allowed: set[str]) -> str:
    if position >= len(text):
        return ""
    found = text[position]
    if found in "'\"`" and found not in text[position + 1 :]:
        return _UNCLOSED.format(found)
    if text[position - 1 : position + 1] in ("=>", "=<"):
        return f"Write {found}=."
    for character, hint in _HINTS:
        if found == character:
            return hint
    word = _WORD.match(text, position)
    if word is not None and not allowed & STARTS_OPERAND:
        close = nearest(word.group(), KEYWORDS)
        if close and close != word.group().lower():
            return f"Did you mean {close.upper()!r}?"
    if re.search(r"[\w.][-/:]\w*\s*\Z", text[:position]) or text[position] in ":-/":
        return ODD_NAME
    return ""
