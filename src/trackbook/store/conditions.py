"""From the tree of a filter to bound SQL expressions: what every kind of search has in common.

A `Conditions` is given the columns of its attributes and how a tag is looked up; runs (`run_conditions`) add params,
metrics and datasets.  Every condition is true or false, never NULL, so that NOT turns it round.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import BigInteger, Float, and_, cast, false, func, literal, not_, or_, true
from sqlalchemy.sql.elements import BooleanClauseList, ColumnElement, Grouping

from trackbook.core.filters import (
    And,
    Arithmetic,
    Attribute,
    Comparison,
    Condition,
    Field,
    Membership,
    Not,
    Null,
    Number,
    NumberOperand,
    Or,
    Tag,
    Text,
)
from trackbook.errors import InvalidValue
from trackbook.store.dialect import Dialect

TagTest = Callable[[str, Callable[[ColumnElement[str]], ColumnElement[bool]]], ColumnElement[bool]]
"""(key, test of the value) -> whether there is such a tag whose value passes"""

NULLABLE = {"end_time", "duration", "cell", "cell_id", "cell_version", "notebook", "source", "run_id"}
INT64_MAX = 2**63 - 1


class Conditions:
    def __init__(
        self, dialect: Dialect, attributes: Mapping[str, ColumnElement[Any]], tag: TagTest | None = None
    ) -> None:
        """`tag` None: tags cannot be searched, or a derived class looks them up."""
        self.dialect, self.attributes, self.tag = dialect, attributes, tag

    def of(self, condition: Condition | None) -> ColumnElement[bool]:
        match condition:
            case None:
                return true()
            case And(parts):
                return and_(*(apart(self.of(part)) for part in parts))
            case Or(parts):
                return or_(*(apart(self.of(part)) for part in parts))
            case Not(part):
                return not_(self.of(part))
            case Null(field, negated):
                is_there = self.test(field, lambda column: column.is_not(None))
                return is_there if negated else not_(is_there)
            case Membership(field, values, negated):
                return self.test(field, lambda column: member(column, [value.value for value in values], negated))
            case Comparison(left, operator, Text(text)):
                assert not isinstance(left, Number | Arithmetic)  # noqa: S101 - the reader puts fields before texts
                return self.test(left, lambda column: self.text(column, operator, text))
            case Comparison(left, operator, right):
                assert not isinstance(right, Text)  # noqa: S101 - the case above
                return self.numbers(left, operator, right)

    def test(self, field: Field, test: Callable[[ColumnElement[Any]], ColumnElement[bool]]) -> ColumnElement[bool]:
        """Whether the field is there and passes."""
        match field:
            case Attribute(name):
                column = self.attributes[name]
                passed = test(column)
                return and_(column.is_not(None), passed) if name in NULLABLE else passed
            case Tag(key) if self.tag is not None:
                return self.tag(key, test)
            case _:
                raise InvalidValue(f"{field} cannot be searched here")

    def text(self, column: ColumnElement[Any], operator: str, text: str) -> ColumnElement[bool]:
        text = text.replace("\0", "\N{SYMBOL FOR NULL}").encode("utf-8", "replace").decode("utf-8")
        match operator:
            case "=":
                return self.equals(column, text)
            case "!=":
                return column != text
            case "LIKE":
                return self.dialect.like(column, text)
            case "ILIKE":
                return self.dialect.ilike(column, text)
            case _:
                return self.dialect.contains(column, text)

    def equals(self, column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
        return column == text

    def numbers(self, left: NumberOperand | Field, operator: str, right: NumberOperand) -> ColumnElement[bool]:
        """Two sides without metrics: attributes and constants."""
        sides = [self.operand(side) for side in (left, right)]
        there = [self.attributes[name].is_not(None) for side in (left, right) for name in nullable_of(side)]
        return and_(*there, func.coalesce(compared(operator, *sides), false()))

    def operand(self, operand: NumberOperand | Field) -> ColumnElement[Any]:
        match operand:
            case Number(value):
                return bound(value)
            case Attribute(name):
                return self.attributes[name]
            case Arithmetic(operator, left, right):
                return self.dialect.number(calculated(operator, self.operand(left), self.operand(right)))
            case _:
                raise InvalidValue(f"{operand} cannot be searched here")


def apart(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """In parentheses: SQLite counts a row of conditions as so many inside each other, of which it takes 1,000."""
    return Grouping(condition) if isinstance(condition, BooleanClauseList) else condition


def nullable_of(operand: object) -> list[str]:
    match operand:
        case Attribute(name) if name in NULLABLE:
            return [name]
        case Arithmetic(_, left, right):
            return nullable_of(left) + nullable_of(right)
        case _:
            return []


def bound(value: float) -> ColumnElement[Any]:
    """A constant; beyond int64 it goes as a float, which every database takes."""
    is_whole = isinstance(value, int) and abs(value) <= INT64_MAX
    return literal(value, BigInteger) if is_whole else literal(float(value), Float(53))


def calculated(operator: str, left: ColumnElement[Any], right: ColumnElement[Any]) -> ColumnElement[Any]:
    """float64 arithmetic; NULL, which is NaN here, for a division by zero."""
    left, right = cast(left, Float(53)), cast(right, Float(53))
    match operator:
        case "*":
            return left * right
        case "/":
            return left / func.nullif(right, 0.0)
        case "+":
            return left + right
        case _:
            return left - right


def compared(operator: str, left: ColumnElement[Any], right: ColumnElement[Any]) -> ColumnElement[bool]:
    """NaN (NULL in a row that is there) satisfies only `!=`."""
    match operator:
        case "=":
            plain = left == right
        case "!=":
            return or_(left != right, left.is_(None), right.is_(None))
        case "<":
            plain = left < right
        case "<=":
            plain = left <= right
        case ">":
            plain = left > right
        case _:
            plain = left >= right
    return plain


def member(column: ColumnElement[Any], values: list[Any], negated: bool) -> ColumnElement[bool]:
    if not values:
        return true() if negated else false()
    return or_(column.not_in(values), column.is_(None)) if negated else column.in_(values)
