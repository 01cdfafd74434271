"""The grammar, in lark's EBNF, and the parser made from it once per process."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from trackbook.core.filters.fields import PATTERN

if TYPE_CHECKING:
    from lark import Lark

GRAMMAR = rf"""
?start: either
?either: both (_OR both)*
?both: negation (_AND negation)*
?negation: NOT negation -> negated
    | comparison
    | "(" either ")"

comparison: sum OPERATOR sum -> compared
    | sum NOT? LIKE sum -> alike
    | sum NOT? IN "(" value ("," value)* ","? ")" -> among
    | sum IS NOT? NULL -> null

?value: NUMBER -> number
    | MINUS NUMBER -> negative
    | PLUS NUMBER -> positive
    | STRING -> text
    | DOUBLE_QUOTED -> text

?sum: product
    | sum (PLUS | MINUS) product -> arithmetic
?product: atom
    | product (TIMES | OVER) atom -> arithmetic
?atom: NUMBER -> number
    | MINUS atom -> negative
    | PLUS atom -> positive
    | STRING -> text
    | DOUBLE_QUOTED -> text
    | FIELD -> field
    | "(" sum ")"

OPERATOR: "==" | "!=" | "<>" | "<=" | ">=" | "=" | "<" | ">"
_AND.2: /and\b(?!\.)/i
_OR.2: /or\b(?!\.)/i
NOT.2: /not\b(?!\.)/i
LIKE.2: /(like|ilike|contains)\b(?!\.)/i
IN.2: /in\b(?!\.)/i
IS.2: /is\b(?!\.)/i
NULL.2: /null\b(?!\.)/i
PLUS: "+"
MINUS: "-"
TIMES: "*"
OVER: "/"
NUMBER.2: /((\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|(?i:inf|infinity))(?![\w.])/
STRING: /'([^']|'')*'/
DOUBLE_QUOTED: /"([^"]|"")*"/
FIELD: /{PATTERN}/
%import common.WS
%ignore WS
"""


@cache
def parser() -> Lark:
    """The LALR parser; thread-safe, since lark keeps no state in it between calls."""
    from lark import Lark

    return Lark(GRAMMAR, parser="lalr", maybe_placeholders=False, propagate_positions=True)
