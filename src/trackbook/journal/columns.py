"""Slots as arrays: which ones count, and points grouped by series.

NumPy sorts and copies without the GIL, so a large batch does not stall the training loop.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackbook.journal.format import NATIVE_ORDER, SLOT

_FIELDS = (("value", "f8"), ("step", "i8"), ("time", "i8"), ("series", "u4"), ("marker", "u4"))
SlotArray = NDArray[np.void]
"""shape (n,), fields as in `_FIELDS`"""


def slot_dtype(order: str) -> np.dtype[np.void]:
    """The dtype of a slot; `order` is "<" or ">"."""
    return np.dtype([(name, order + kind) for name, kind in _FIELDS])


def slot_array(data: bytes, order: str) -> SlotArray:
    """The whole slots in these bytes, shape (len(data) // 32,); read-only."""
    return np.frombuffer(data, slot_dtype(order), count=len(data) // SLOT.size)


@dataclass(frozen=True, slots=True)
class Group:
    """The points of one series, in the order in which their slots were taken; columns of equal length `n`."""

    series: int
    rows: NDArray[np.intp]
    """shape (n,), where each stood in the grouped array"""
    steps: NDArray[np.int64]
    times: NDArray[np.int64]
    values: NDArray[np.float64]


def joined(parts: Sequence[SlotArray]) -> SlotArray:
    """One array of all, in native order of bytes."""
    native = slot_dtype(NATIVE_ORDER)
    filled = [part.astype(native, copy=False) for part in parts if len(part)]
    if len(filled) == 1:
        return filled[0]
    # As bytes: records would be copied field by field.
    data: SlotArray = np.frombuffer(b"".join(part.tobytes() for part in filled), native)
    return data


def group(rows: SlotArray) -> Iterator[Group]:
    """Split slots by series, least number first."""
    if not len(rows):
        return
    # Columns first: NumPy gathers plain numbers many times faster than records.
    numbers = rows["series"].astype(np.uint32)
    values, steps, times = (np.ascontiguousarray(rows[name]) for name in ("value", "step", "time"))
    order = np.arange(len(rows))
    if (numbers != numbers[0]).any():
        # NumPy's stable sort of 16-bit integers is a radix sort: linear, and most processes have few series.
        order = np.argsort(numbers.astype(np.uint16) if numbers.max() < 65536 else numbers, kind="stable")
        numbers, values, steps, times = numbers[order], values[order], steps[order], times[order]
    edges = [0, *(np.flatnonzero(numbers[1:] != numbers[:-1]) + 1).tolist(), len(numbers)]
    for start, stop in itertools.pairwise(edges):
        part = slice(start, stop)
        yield Group(int(numbers[start]), order[part], steps[part], times[part], values[part])
