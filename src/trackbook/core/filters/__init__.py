"""The search language: text to a small tree of frozen dataclasses, and order clauses.

It is a superset of MLflow's filters (which know only AND): OR, NOT, parentheses, aggregates
(`metrics.loss.min < 0.1`), arithmetic between metrics and text inside the executed source
(`source contains 'SVC'`).

    parse(text, scope)        text -> Condition, None for an empty text; raises FilterSyntaxError
    parse_order(clause, scope) "metrics.loss.min DESC" -> Order

This room knows words and meaning; how a condition is looked up belongs to `trackbook.store`.  The grammar (lark) is
loaded with the first text that is not empty.
"""

from trackbook.core.filters.order import Order, check_orders, parse_order, parse_orders
from trackbook.core.filters.parser import parse
from trackbook.core.filters.scopes import EXPERIMENTS, LOGGED_MODELS, MODELS, RUNS, VERSIONS, Scope
from trackbook.core.filters.tree import (
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

__all__ = [
    "EXPERIMENTS",
    "LOGGED_MODELS",
    "MODELS",
    "RUNS",
    "VERSIONS",
    "And",
    "Arithmetic",
    "Attribute",
    "Comparison",
    "Condition",
    "DatasetField",
    "Field",
    "Membership",
    "Metric",
    "Not",
    "Null",
    "Number",
    "NumberOperand",
    "Or",
    "Order",
    "Param",
    "Scope",
    "Tag",
    "Text",
    "TextField",
    "check_orders",
    "parse",
    "parse_order",
    "parse_orders",
]
