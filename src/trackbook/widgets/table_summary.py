"""What one column holds over all runs of a table: its range and histogram, or its most frequent values."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from trackbook.core.filters.tree import Attribute, Metric
from trackbook.widgets import columns as column_names
from trackbook.widgets.payloads import num
from trackbook.widgets.table_payloads import Summary, ValueCount

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trackbook.core.ports import Store
    from trackbook.widgets.table_query import TableQuery

BARS = 24
MAX_VALUES = 50
"""Of the values listed, the most frequent ones."""
MAX_VALUE = 200
"""Characters of a listed value; a longer one is not offered, since its filter would not fit a line."""


def summary(store: Store, query: TableQuery, key: str) -> Summary:
    """Raises `FilterSyntaxError`, `InvalidValue` (a column that is not searched by)."""
    field = column_names.field_of(key)
    every = store.runs.search(query.page(1)).total or 0
    values = store.runs.values(query.page(1), key).values
    if isinstance(field, Metric) or (isinstance(field, Attribute) and field.number):
        return _of_numbers(key, values.astype(np.float64), every)
    return _of_texts(key, values.tolist(), every)


def _of_numbers(key: str, values: NDArray[np.float64], every: int) -> Summary:
    finite = values[np.isfinite(values)]
    nan = int(np.isnan(values).sum())
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (math.nan, math.nan)
    return Summary(
        key=key,
        numeric=True,
        runs=len(values),
        missing=max(0, every - len(values)),
        nan=nan,
        infinite=len(values) - len(finite) - nan,
        low=num(low) if len(finite) else None,
        high=num(high) if len(finite) else None,
        bars=bars(finite, low, high),
        values=[],
        distinct=len(np.unique(values)),
    )


def bars(values: NDArray[np.float64], low: float, high: float) -> list[int]:
    """Counts of `BARS` stretches of equal width; one stretch where all values are the same."""
    if not len(values):
        return []
    if not high > low:
        return [len(values)]
    # In halves, so that a range of the greatest numbers does not overflow.
    place = (values / 2 - low / 2) / (high / 2 - low / 2) * BARS
    counted: list[int] = np.bincount(np.clip(place.astype(np.int64), 0, BARS - 1), minlength=BARS).tolist()
    return counted


def _of_texts(key: str, values: list[str], every: int) -> Summary:
    counts = Counter(values)
    listed = [(value, runs) for value, runs in counts.most_common(MAX_VALUES * 2) if len(value) <= MAX_VALUE]
    return Summary(
        key=key,
        numeric=False,
        runs=len(values),
        missing=max(0, every - len(values)),
        nan=0,
        infinite=0,
        low=None,
        high=None,
        bars=[],
        values=[ValueCount(value=value, runs=runs) for value, runs in listed[:MAX_VALUES]],
        distinct=len(counts),
    )
