"""Pages that neither skip nor repeat while rows arrive: a token holds the last row's place, not its number.

A token is opaque text: JSON in base64 with a mark of the question it belongs to, so that it cannot be used with
another filter or order.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from trackbook.core.filters import Attribute, parse_orders
from trackbook.errors import InvalidValue

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from trackbook.core.filters import Scope

MAX_LIMIT = 50_000


@dataclass(frozen=True, slots=True)
class SortColumn:
    """A column to order by, never NULL; the last of a list is unique."""

    column: ColumnElement[Any]
    descending: bool = False

    @property
    def clause(self) -> ColumnElement[Any]:
        return self.column.desc() if self.descending else self.column.asc()


def sorted_by(clauses: Sequence[str], scope: Scope, columns: Mapping[str, ColumnElement[Any]]) -> list[SortColumn]:
    """Order clauses over attributes.  Raises `FilterSyntaxError`; `InvalidValue` for a tag, which a row may lack."""
    found = []
    for order in parse_orders(clauses, scope):
        if not isinstance(order.field, Attribute):
            raise InvalidValue(f"{scope.noun} cannot be ordered by {order.field}: use one of {', '.join(columns)}")
        found.append(SortColumn(columns[order.field.name], order.descending))
    return found


def after(columns: Sequence[SortColumn], place: Sequence[Any]) -> ColumnElement[bool]:
    """Rows that come after the one whose sort columns have these values."""
    choices = []
    for n, (one, value) in enumerate(zip(columns, place, strict=True)):
        beyond = one.column < value if one.descending else one.column > value
        equal = [before.column == known for before, known in zip(columns[:n], place[:n], strict=True)]
        choices.append(and_(*equal, beyond))
    first, value = columns[0], place[0]
    # Implied by the rest; it lets an index start at the place.
    bound = first.column <= value if first.descending else first.column >= value
    return and_(bound, or_(*choices))


def check_limit(limit: int, most: int = MAX_LIMIT) -> int:
    if not isinstance(limit, int) or not 1 <= limit <= most:
        raise InvalidValue(f"a page has 1 to {most} items, not {limit!r}")
    return limit


def mark(*question: Any) -> str:
    """A short digest of what is asked, for `token`."""
    return hashlib.sha256(repr(question).encode("utf-8", "replace")).hexdigest()[:12]


def token(question: str, place: Sequence[Any]) -> str:
    text = json.dumps([question, list(place)], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place_of(question: str, token: str) -> list[Any]:
    """The place in a token; raises `InvalidValue` for one that is damaged or belongs to another question."""
    try:
        padded = token + "=" * (-len(token) % 4)
        asked, place = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
    except (ValueError, binascii.Error, TypeError):
        raise InvalidValue(f"page token {token[:40]!r} is damaged: begin with the first page") from None
    if asked != question or not isinstance(place, list):
        raise InvalidValue("the page token belongs to another filter or order: begin with the first page")
    return place


def page(
    connection: Connection,
    query: Select[Any],
    columns: Sequence[SortColumn],
    question: str,
    limit: int,
    page_token: str | None,
) -> tuple[Sequence[Any], str | None, int]:
    """Rows of a page of `query`, the next page's token, and the number of all rows."""
    sorted_query = query.add_columns(*(one.column.label(f"sort_{n}") for n, one in enumerate(columns)))
    if page_token is not None:
        place = place_of(question, page_token)
        if len(place) != len(columns):
            raise InvalidValue("the page token is damaged: begin with the first page")
        sorted_query = sorted_query.where(after(columns, place))
    rows = connection.execute(sorted_query.order_by(*(one.clause for one in columns)).limit(limit + 1)).all()
    if len(rows) <= limit and page_token is None:
        return rows, None, len(rows)
    total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    if len(rows) <= limit:
        return rows, None, total
    rows = rows[:limit]
    return rows, token(question, list(rows[-1][-len(columns) :])), total
