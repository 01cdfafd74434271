"""Conditions and orders that a foreign server can judge itself, in its own words; None for all others."""

from __future__ import annotations

from trackbook.core.filters import And, Attribute, Comparison, Condition, DatasetField, Metric, Order, Param, Tag, Text
from trackbook.core.filters.tree import Number, quoted_text
from trackbook.core.tags import PARENT_RUN_ID

_TEXTS = ("run_name", "user_id", "status", "experiment_id")
_TIMES = ("start_time", "end_time")
_TEXT_SIGNS = ("=", "!=", "LIKE", "ILIKE")


def translated(condition: Condition | None) -> str | None:
    """The filter; "" for none."""
    if condition is None:
        return ""
    parts = [_part(part) for part in (condition.parts if isinstance(condition, And) else (condition,))]
    return None if None in parts else " AND ".join(part for part in parts if part is not None)


def _part(condition: Condition) -> str | None:
    if not isinstance(condition, Comparison):
        return None
    left, sign, right = condition.left, condition.operator, condition.right
    if isinstance(right, Text) and sign in _TEXT_SIGNS and _is_meant_alike(right.value, sign):
        text = right.value.upper() if isinstance(left, Attribute) and left.name == "status" else right.value
        # A parent is known there by another id.
        is_known = (isinstance(left, Param | Tag | DatasetField) and left != Tag(PARENT_RUN_ID)) or (
            isinstance(left, Attribute) and left.name in _TEXTS[:3] and (left.name != "status" or sign in ("=", "!="))
        )
        return f"{left} {sign} {quoted_text(text)}" if is_known else None
    if isinstance(right, Number) and _is_latest(left):
        return f"{left} {sign} {right}" if abs(right.value) < float("inf") else None
    if isinstance(right, Number) and isinstance(left, Attribute) and left.name in _TIMES:
        return f"{left} {sign} {right}" if isinstance(right.value, int) else None
    return None


def _is_meant_alike(text: str, sign: str) -> bool:
    """Whether the server reads it as we do: its LIKE depends on its database beyond plain letters."""
    return "'" not in text and (sign in ("=", "!=") or (text.isascii() and "\\" not in text))


def _is_latest(field: object) -> bool:
    return isinstance(field, Metric) and field.aggregate == "last" and field.plain is None


def translated_order(order: Order) -> str | None:
    field = order.field
    is_known = (
        isinstance(field, Param | Tag)
        or _is_latest(field)
        or (isinstance(field, Attribute) and field.name in (*_TEXTS[:3], *_TIMES))
    )
    return str(order) if is_known else None
