"""The tree of a parsed filter.  `str()` of a tree is text of the search language that parses to an equal tree.

A condition is true or false for every run, never unknown: a comparison with something that the run lacks is false,
and `NOT` turns exactly that round.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

AGGREGATES = ("last", "min", "max", "mean", "count", "best")
NUMBER_OPERATORS = ("=", "!=", "<", "<=", ">", ">=")
TEXT_OPERATORS = ("=", "!=", "LIKE", "ILIKE", "CONTAINS")


def quoted_key(key: str) -> str:
    """A key in backticks, which keep it from being read as more than a key."""
    return f"`{key}`" if "`" not in key else '"' + key + '"'


def quoted_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True)
class Attribute:
    """A field of the run itself (or experiment, model, version); `name` is the canonical one."""

    name: str
    number: bool = False
    """true where it is compared as a number (times in ms), false for text"""

    def __str__(self) -> str:
        return f"attributes.{self.name}"


@dataclass(frozen=True, slots=True)
class Param:
    key: str

    def __str__(self) -> str:
        return f"params.{quoted_key(self.key)}"


@dataclass(frozen=True, slots=True)
class Tag:
    key: str

    def __str__(self) -> str:
        return f"tags.{quoted_key(self.key)}"


@dataclass(frozen=True, slots=True)
class DatasetField:
    """`name`, `digest` or `context` of an input."""

    name: str

    def __str__(self) -> str:
        return f"datasets.{self.name}"


@dataclass(frozen=True, slots=True)
class Metric:
    """An aggregate of a metric; `last` is MLflow's latest value.

    `plain` holds the whole key as it was written without quotes, where the aggregate may as well be its last part
    (`metrics.val.max`): a store that has a metric of that very key reads it so, as MLflow would.
    """

    key: str
    aggregate: str = "last"
    plain: str | None = None

    def __str__(self) -> str:
        if self.plain is not None:
            return f"metrics.{self.plain}"
        return f"metrics.{quoted_key(self.key)}" + ("" if self.aggregate == "last" else f".{self.aggregate}")


@dataclass(frozen=True, slots=True)
class Number:
    value: int | float

    def __str__(self) -> str:
        if isinstance(self.value, float) and math.isinf(self.value):
            return "inf" if self.value > 0 else "-inf"
        return repr(self.value)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    operator: str
    """one of `* / + -`"""
    left: NumberOperand
    right: NumberOperand

    def __str__(self) -> str:
        return f"({self.left} {self.operator} {self.right})"


@dataclass(frozen=True, slots=True)
class Text:
    value: str

    def __str__(self) -> str:
        return quoted_text(self.value)


TextField = Attribute | Param | Tag | DatasetField
"""What compares with text."""
NumberOperand = Attribute | Metric | Number | Arithmetic
"""What compares with numbers."""
Field = Attribute | Param | Tag | DatasetField | Metric
"""What a run may have or lack."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Numbers with `NUMBER_OPERATORS`, or a text field at the left with `TEXT_OPERATORS` and text at the right."""

    left: TextField | NumberOperand
    operator: str
    right: NumberOperand | Text

    def __str__(self) -> str:
        return f"{self.left} {self.operator} {self.right}"


@dataclass(frozen=True, slots=True)
class Membership:
    """`field IN (...)`."""

    field: Field
    values: tuple[Text, ...] | tuple[Number, ...]
    negated: bool = False

    def __str__(self) -> str:
        values = ", ".join(str(value) for value in self.values)
        return f"{self.field} {'NOT ' if self.negated else ''}IN ({values})"


@dataclass(frozen=True, slots=True)
class Null:
    """`field IS NULL`: the run has no such field; `negated`: it has."""

    field: Field
    negated: bool = False

    def __str__(self) -> str:
        return f"{self.field} IS {'NOT ' if self.negated else ''}NULL"


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Condition, ...]

    def __str__(self) -> str:
        return " AND ".join(_inner(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Condition, ...]

    def __str__(self) -> str:
        return " OR ".join(_inner(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition

    def __str__(self) -> str:
        return f"NOT ({self.part})"


Condition = Comparison | Membership | Null | And | Or | Not


def _inner(part: Condition) -> str:
    return f"({part})" if isinstance(part, And | Or) else str(part)
