"""Frames and columns of one row as named numbers.

pandas' and polars' own classes only.  A column of one element is named after the variable, a labelled row (a frame's
row, a mean over columns) by its labels.  A frame of many columns is data.
"""

from __future__ import annotations

import math
import sys
from typing import Any

from trackbook.capture.values.flatten import Leaf, Leaves
from trackbook.capture.values.scalars import real_number

MOST_COLUMNS = 20
"""Of numbers."""


def row_of(name: str, value: object) -> Leaves | None:
    """The numbers of a frame or column of one row; None for what is no such thing."""
    kind = type(value)
    for module, frame, series in (
        ("pandas", _pandas_frame, _pandas_series),
        ("polars", _polars_frame, _polars_series),
    ):
        library = sys.modules.get(module)
        if library is None:
            continue
        held = vars(library)
        if kind is held.get("DataFrame"):
            return _within(name, frame(value))
        if kind is held.get("Series"):
            return _within(name, series(value))
    return None


def _within(name: str, leaves: list[Leaf] | None) -> Leaves | None:
    if leaves is None:
        return None
    if len(leaves) > MOST_COLUMNS:
        sentence = f"{name} is one row of {len(leaves)} numbers, it was taken for data and left out"
        return Leaves([], [sentence])
    return Leaves(leaves)


def _pandas_frame(frame: Any) -> list[Leaf] | None:
    if frame.shape[0] != 1:
        return None
    if frame.shape[1] > 10 * MOST_COLUMNS:
        return [Leaf((str(at),), math.nan) for at in range(frame.shape[1])]
    return _leaves([(label, frame.iat[0, at]) for at, label in enumerate(frame.columns)])


def _pandas_series(series: Any) -> list[Leaf] | None:
    """One element, or the labelled numbers of a row."""
    if len(series) == 1:
        fits, number = real_number(series.iat[0])
        return [Leaf((), number)] if fits else []
    labels = list(series.index[: MOST_COLUMNS + 1]) if len(series) <= MOST_COLUMNS else []
    if not labels or not all(type(label) is str for label in labels) or type(series.name) is str:
        return None
    return _leaves(list(zip(labels, (series.iat[at] for at in range(len(labels))), strict=True)))


def _polars_frame(frame: Any) -> list[Leaf] | None:
    if frame.height != 1:
        return None
    if frame.width > 10 * MOST_COLUMNS:
        return [Leaf((str(at),), math.nan) for at in range(frame.width)]
    return _leaves(list(zip(frame.columns, frame.row(0), strict=True)))


def _polars_series(series: Any) -> list[Leaf] | None:
    if len(series) != 1:
        return None
    fits, number = real_number(series[0])
    return [Leaf((), number)] if fits else []


def _leaves(row: list[tuple[Any, Any]]) -> list[Leaf]:
    found = []
    for label, value in row:
        fits, number = real_number(value)
        if fits and type(label) in (str, int):
            found.append(Leaf((str(label),), number))
    return found
