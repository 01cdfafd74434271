"""Conditions of the search language judged on runs as they were told, and runs put in order.

For what a foreign server's own filters cannot say (OR, NOT, aggregates, arithmetic, cells).  The meaning is that of
`core.filters`: a comparison with something that the run lacks is false.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trackbook.core.durations import duration_ms
from trackbook.core.entities import CellVersion, MetricAggregate, Run
from trackbook.core.filters import (
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
    Order,
    Param,
    Tag,
    Text,
)
from trackbook.core.filters.scopes import lower_is_better

CONTEXT = "mlflow.data.context"
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A run with what is asked of it beyond itself."""

    run: Run
    experiment: str
    """The experiment's name."""
    cell: CellVersion | None


def holds(condition: Condition | None, seen: Seen) -> bool:
    match condition:
        case None:
            return True
        case And(parts):
            return all(holds(part, seen) for part in parts)
        case Or(parts):
            return any(holds(part, seen) for part in parts)
        case Not(part):
            return not holds(part, seen)
        case Null(field, negated):
            return bool(values(field, seen)) == negated
        case Membership(field, wanted, negated):
            known = {_folded(field, one.value) for one in wanted}
            return any((_folded(field, value) in known) != negated for value in values(field, seen))
        case Comparison(left, sign, Text(text)):
            return isinstance(left, Attribute | Param | Tag | DatasetField) and any(
                _text(str(_folded(left, value)), sign, str(_folded(left, text))) for value in values(left, seen)
            )
        case Comparison(left, sign, right):
            one, other = _number(left, seen), _number(right, seen)  # type: ignore[arg-type]  # texts are above
            return one is not None and other is not None and _COMPARE[sign](one, other)


def values(field: Field, seen: Seen) -> Sequence[Any]:
    """What the run has there; empty where it has nothing, several for datasets."""
    run = seen.run
    match field:
        case Metric(key, aggregate, plain):
            return _metric(run.data.aggregates, key, aggregate, plain)
        case Param(key):
            return _one(run.data.params.get(key))
        case Tag(key):
            return _one(run.data.tags.get(key))
        case DatasetField(name):
            return [value for value in (_dataset(name, one) for one in run.inputs.dataset_inputs) if value is not None]
        case Attribute(name):
            return _one(_attribute(name, seen))


def _one(value: Any) -> Sequence[Any]:
    return () if value is None else (value,)


def _metric(found: Mapping[str, MetricAggregate], key: str, aggregate: str, plain: str | None) -> Sequence[int | float]:
    if plain is not None and plain in found:
        key, aggregate = plain, "last"
    if key not in found:
        return ()
    if aggregate == "best":
        aggregate = "min" if lower_is_better(key) else "max"
    return (getattr(found[key], aggregate),)


def _dataset(name: str, given: Any) -> str | None:
    found = given.tags.get(CONTEXT) if name == "context" else getattr(given.dataset, name)
    return None if found is None else str(found)


def _attribute(name: str, seen: Seen) -> Any:
    info, cell = seen.run.info, seen.cell
    if name == "experiment":
        return seen.experiment
    if name == "duration":
        return duration_ms(info, seen.run.data.tags)
    if name in ("cell", "cell_id", "notebook", "source", "cell_version"):
        part = {"cell": "line", "cell_version": "version"}.get(name, name)
        return None if cell is None else getattr(cell, part)
    return getattr(info, name)


def _folded(field: Field, value: Any) -> Any:
    """A status is written in any case."""
    is_status = isinstance(field, Attribute) and field.name == "status"
    return str(value).upper() if is_status else value


def _number(operand: NumberOperand, seen: Seen) -> float | None:
    match operand:
        case Number(value):
            return value
        case Arithmetic(sign, left, right):
            one, other = _number(left, seen), _number(right, seen)
            if one is None or other is None:
                return None
            return _divided(one, other) if sign == "/" else _ARITHMETIC[sign](one, other)
        case _:
            found = values(operand, seen)
            return found[0] if found else None


def _divided(one: float, other: float) -> float:
    return one / other if other else math.nan


def _text(value: str, sign: str, text: str) -> bool:
    match sign:
        case "LIKE":
            return bool(_like(text, re.DOTALL).fullmatch(value))
        case "ILIKE":
            return bool(_like(text, re.DOTALL | re.IGNORECASE).fullmatch(value))
        case "CONTAINS":
            return text in value
        case _:
            return _COMPARE[sign](value, text)


def _like(text: str, flags: int) -> re.Pattern[str]:
    return re.compile("".join({"%": ".*", "_": "."}.get(letter, re.escape(letter)) for letter in text), flags)


def ordered(seen: Sequence[Seen], orders: Sequence[Order]) -> list[Seen]:
    """NaN, then what is missing, last in both directions; without an order newest first, then by id."""
    found = sorted(seen, key=lambda one: one.run.info.run_id)
    if not any(isinstance(one.field, Attribute) and one.field.name == "start_time" for one in orders):
        found.sort(key=lambda one: one.run.info.start_time, reverse=True)
    for order in reversed(orders):
        found.sort(key=lambda one, order=order: _rank(order, one), reverse=order.descending)  # type: ignore[misc]
    return found


def _rank(order: Order, seen: Seen) -> tuple[int, Any]:
    found = values(order.field, seen)
    sign = -1 if order.descending else 1
    if not found:
        return sign * 2, 0
    value = found[0]
    return (sign, 0) if isinstance(value, float) and math.isnan(value) else (0, value)
