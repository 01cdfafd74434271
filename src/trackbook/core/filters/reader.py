"""From the grammar's raw tree, whose tokens know their positions, to the meaning in `tree`.

Everything that the grammar lets through but that has no meaning is refused here, at the position of the offender:
a quoted number compared with a metric, an order between texts, a word that nothing is called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeGuard, cast

from trackbook.core.filters.fields import ODD_NAME, is_part_of_odd_name, read_field
from trackbook.core.filters.scopes import Scope
from trackbook.core.filters.tree import (
    TEXT_OPERATORS,
    And,
    Arithmetic,
    Attribute,
    Comparison,
    Condition,
    DatasetField,
    Field,
    Membership,
    Metric,
    Not,
    Null,
    Number,
    NumberOperand,
    Or,
    Param,
    Tag,
    Text,
    TextField,
)
from trackbook.errors import FilterSyntaxError

if TYPE_CHECKING:
    from lark import Token, Tree

MAX_DEPTH = 60
"""Of parentheses and NOTs inside each other: more than anyone writes, less than a database's limit."""
MAX_COMPARISONS = 500
"""Of one filter, however they are joined: each may be a table to look into.  For many values there is IN."""
MAX_PATTERNS = 10_000
"""Characters of all that LIKE and ILIKE compare with, together: a database takes long for a long pattern, or none."""
INT64_MAX = 2**63 - 1


class Operand(NamedTuple):
    """One side of a comparison, with its first token's position."""

    meaning: Field | NumberOperand | Text
    position: int
    written: str
    is_double_quoted: bool = False


class Reader:
    """Reads one text."""

    def __init__(self, text: str, scope: Scope) -> None:
        self.text, self.scope = text, scope
        self._comparisons = self._in_patterns = 0

    def fault(self, position: int, expected: str, hint: str = "") -> FilterSyntaxError:
        return FilterSyntaxError(self.text, position, expected, hint)

    def condition(self, raw: Tree[Token], depth: int = 0) -> Condition:
        if depth > MAX_DEPTH:
            raise self.fault(raw.meta.start_pos, f"at most {MAX_DEPTH} conditions inside each other")
        if raw.data in ("either", "both"):
            parts = tuple(self.condition(_tree(child), depth + 1) for child in raw.children)
            return Or(parts) if raw.data == "either" else And(parts)
        if raw.data == "negated":
            return Not(self.condition(_tree(raw.children[1]), depth + 1))
        self._comparisons += 1
        if self._comparisons > MAX_COMPARISONS:
            expected = f"at most {MAX_COMPARISONS} comparisons"
            raise self.fault(raw.meta.start_pos, expected, "Use IN for many values of one field.")
        readers: dict[str, Callable[[Tree[Token]], Condition]] = {
            "compared": self.compared,
            "alike": self.alike,
            "among": self.among,
            "null": self.null,
        }
        return readers[raw.data](raw)

    def compared(self, raw: Tree[Token]) -> Comparison:
        left = self.left_operand(raw.children[0])
        operator, at = _operator(raw.children[1])
        if isinstance(left.meaning, Text):
            raise self.fault(left.position, f"a field such as {self.scope.example}", "Put the field at the left.")
        if is_text_field(left.meaning):
            if operator not in TEXT_OPERATORS:
                raise self.fault(
                    at,
                    "=, !=, LIKE, ILIKE, CONTAINS, IN or IS NULL",
                    f"{_plural(left.meaning)} are text, without order.",
                )
            return Comparison(left.meaning, operator, self.text_operand(raw.children[2], left.meaning, operator))
        number = self.number(left)
        right = self.number_operand(raw.children[2], left, operator)
        if not _has_field(number) and not _has_field(right):
            raise self.fault(left.position, f"a comparison such as {self.scope.example}")
        return Comparison(number, operator, right)

    def alike(self, raw: Tree[Token]) -> Condition:
        left = self.left_operand(raw.children[0])
        words = [str(child).upper() for child in raw.children[1:-1]]
        if not is_text_field(left.meaning):
            token = raw.children[1]
            raise self.fault(getattr(token, "start_pos", 0), "=, !=, <, <=, > or >=", f"{words[-1]} is for text.")
        right = self.text_operand(raw.children[-1], left.meaning, words[-1])
        self._in_patterns += len(right.value) if words[-1] != "CONTAINS" else 0
        if self._in_patterns > MAX_PATTERNS:
            at = _tree(raw.children[-1]).meta.start_pos
            raise self.fault(at, f"at most {MAX_PATTERNS} characters in patterns", "Use CONTAINS for a long text.")
        comparison = Comparison(left.meaning, words[-1], right)
        return Not(comparison) if words[0] == "NOT" else comparison

    def among(self, raw: Tree[Token]) -> Membership:
        left = self.left_operand(raw.children[0])
        is_negated = str(raw.children[1]).upper() == "NOT"
        field = self.field_operand(left)
        values = [self.operand(child) for child in raw.children[3 if is_negated else 2 :]]
        if is_text_field(field):
            texts = tuple(self.text_value(value, field, "IN") for value in values)
            return Membership(field, texts, is_negated)
        numbers = tuple(self.number(value, left, "IN") for value in values)
        return Membership(field, tuple(number for number in numbers if isinstance(number, Number)), is_negated)

    def null(self, raw: Tree[Token]) -> Null:
        return Null(self.field_operand(self.left_operand(raw.children[0])), negated=len(raw.children) == 4)

    def left_operand(self, raw: Tree[Token] | Token) -> Operand:
        """As `operand`; an attribute's name may stand in double quotes."""
        found = self.operand(raw)
        if found.is_double_quoted and isinstance(found.meaning, Text):
            attribute = self.scope.attribute(found.meaning.value)
            if attribute is not None:
                return Operand(attribute, found.position, found.written)
        return found

    def operand(self, raw: Tree[Token] | Token, depth: int = 0) -> Operand:
        node = _tree(raw)
        position = node.meta.start_pos
        written = self.text[position : node.meta.end_pos]
        if depth > MAX_DEPTH:
            raise self.fault(position, f"at most {MAX_DEPTH} operations inside each other")
        if node.data == "field":
            return Operand(read_field(self.scope, written, position, self.text), position, written)
        if node.data == "text":
            quote = written[0]
            return Operand(Text(written[1:-1].replace(quote * 2, quote)), position, written, quote == '"')
        if node.data == "number":
            return Operand(_number(written), position, written)
        if node.data == "arithmetic":
            left, right = (self.number(self.operand(node.children[side], depth + 1)) for side in (0, 2))
            return Operand(Arithmetic(str(node.children[1]), left, right), position, written)
        # A sign: before a bare NUMBER token in a list, before any operand elsewhere.
        inner = node.children[1]
        signed = _number(str(inner)) if not hasattr(inner, "data") else self.number(self.operand(inner, depth + 1))
        return Operand(_negative(signed) if node.data == "negative" else signed, position, written)

    def field_operand(self, operand: Operand) -> Field:
        if isinstance(operand.meaning, Attribute | Param | Tag | DatasetField | Metric):
            return operand.meaning
        raise self.fault(operand.position, f"a field such as {self.scope.example.split()[0]}")

    def text_operand(self, raw: Tree[Token] | Token, left: TextField, operator: str) -> Text:
        node = _tree(raw)
        if node.data == "field":
            word = self.text[node.meta.start_pos : node.meta.end_pos]
            raise self.fault(node.meta.start_pos, f"text in quotes after {operator!r}", f"Write '{word}' for the text.")
        return self.text_value(self.operand(raw), left, operator)

    def text_value(self, operand: Operand, left: TextField, operator: str) -> Text:
        if isinstance(operand.meaning, Text):
            return operand.meaning
        hint = f"{_plural(left)} are text: write '{operand.written}'."
        raise self.fault(operand.position, f"text in quotes after {operator!r}", hint)

    def number_operand(self, raw: Tree[Token] | Token, left: Operand, operator: str) -> NumberOperand:
        node = _tree(raw)
        if node.data == "field":
            self._check_bare_word(node.meta.start_pos, self.text[node.meta.start_pos : node.meta.end_pos], operator)
        return self.number(self.operand(raw), left, operator)

    def _check_bare_word(self, position: int, word: str, operator: str) -> None:
        """`metrics.a > b`: b is meant as a metric, not as an attribute."""
        if (
            self.scope.attribute(word) is not None
            or not word.isidentifier()
            or is_part_of_odd_name(self.text, position, len(word))
        ):
            return
        hint = f"For a metric write metrics.{word}." if "metrics" in self.scope.entities else ""
        raise self.fault(position, f"a number after {operator!r}", hint)

    def number(self, operand: Operand, left: Operand | None = None, operator: str = "") -> NumberOperand:
        meaning = operand.meaning
        if isinstance(meaning, Metric | Number | Arithmetic) or (isinstance(meaning, Attribute) and meaning.number):
            return meaning
        if isinstance(meaning, Text):
            expected = f"a number after {operator!r}" if operator else "a number or a metric"
            hint = f"{left.written} is a number" if left else "Arithmetic is for numbers"
            hint += f": write {meaning.value} without quotes." if _reads_as_number(meaning.value) else "."
            raise self.fault(operand.position, expected, hint)
        is_odd = is_part_of_odd_name(self.text, operand.position, len(operand.written))
        hint = ODD_NAME if is_odd else f"{operand.written} is text."
        raise self.fault(operand.position, "a number or a metric", hint)


def is_text_field(meaning: object) -> TypeGuard[TextField]:
    return isinstance(meaning, Param | Tag | DatasetField) or (isinstance(meaning, Attribute) and not meaning.number)


def _tree(raw: Tree[Token] | Token) -> Tree[Token]:
    assert hasattr(raw, "data")  # noqa: S101 - the grammar puts no bare token here
    return cast("Tree[Token]", raw)


def _operator(token: Tree[Token] | Token) -> tuple[str, int]:
    assert not hasattr(token, "data")  # noqa: S101 - the grammar puts an OPERATOR here
    return {"==": "=", "<>": "!="}.get(str(token), str(token)), token.start_pos or 0


def _plural(field: object) -> str:
    words = {Param: "params", Tag: "tags", DatasetField: "fields of datasets"}
    return words.get(type(field), str(field))


def _number(written: str) -> Number:
    if written.isdecimal():
        is_whole = len(written) < 20 and int(written) <= INT64_MAX
        return Number(int(written) if is_whole else float(written))
    return Number(float(written))


def _negative(operand: NumberOperand) -> NumberOperand:
    return Number(-operand.value) if isinstance(operand, Number) else Arithmetic("*", Number(-1), operand)


def _has_field(operand: NumberOperand) -> bool:
    if isinstance(operand, Arithmetic):
        return _has_field(operand.left) or _has_field(operand.right)
    return not isinstance(operand, Number)


def _reads_as_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
