"""Order clauses: `metrics.loss ASC`, ``params.`batch size` DESC``, `start_time`."""

from __future__ import annotations

import re
from collections.abc import Sequence, Sized
from dataclasses import dataclass

from trackbook.core.filters.fields import ODD_NAME, PATTERN, read_field
from trackbook.core.filters.scopes import Scope
from trackbook.core.filters.tree import Field
from trackbook.errors import FilterSyntaxError, InvalidValue

MAX_ORDERS = 32
"""More than anyone writes; each may be a table to join, of which SQLite takes 64."""

_FIELD = re.compile(rf"\s*({PATTERN}|\"[^\"]*\")\s*")
_DIRECTION = re.compile(r"(asc|desc)?\s*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Order:
    field: Field
    descending: bool = False

    def __str__(self) -> str:
        return f"{self.field} {'DESC' if self.descending else 'ASC'}"


def parse_order(clause: str, scope: Scope) -> Order:
    """One clause; ascending where it does not say.  Raises `FilterSyntaxError`."""
    found = _FIELD.match(clause)
    if found is None:
        raise FilterSyntaxError(clause, 0, "something to order by, such as metrics.loss DESC", _quoting_hint(clause))
    field = read_field(scope, found.group(1), found.start(1), clause)
    direction = _DIRECTION.match(clause, found.end())
    if direction is None:
        raise FilterSyntaxError(clause, found.end(), "ASC, DESC or the end", _quoting_hint(clause))
    return Order(field, (direction.group(1) or "").lower() == "desc")


def parse_orders(clauses: Sequence[str], scope: Scope) -> list[Order]:
    """Raises `FilterSyntaxError`; `InvalidValue` for too many."""
    check_orders(clauses)
    return [parse_order(clause, scope) for clause in clauses]


def check_orders(clauses: Sized) -> None:
    if len(clauses) > MAX_ORDERS:
        raise InvalidValue(f"a search is ordered by at most {MAX_ORDERS} fields, not {len(clauses)}")


def _quoting_hint(clause: str) -> str:
    if re.search(r"[-/:]", clause):
        return ODD_NAME
    return ""
