"""A stretch of a metric's history as one compressed blob: columns, deltas, byte planes, zstd.

    header   version, width of step and time deltas (bytes, 0: all deltas equal), n, first and least delta of both
    body     one zstd frame: step deltas, time deltas, values; each column split into byte planes

Steps mostly rise by one and times by a few ms, so that their deltas above the least one fit a byte or nothing.
Values keep every bit (NaN, -0.0, infinities); their sign and exponent bytes compress once they lie together.
Deltas are taken modulo 2**64, so that any int64 is kept.  The version comes first and is checked: a chunk stays
readable for ever.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import zstandard

from trackbook.errors import StoreUnreadable

if TYPE_CHECKING:
    from numpy.typing import NDArray

VERSION = 1
FULL = 16384
"""Points of a full chunk: fewer cost more calls for a history, more cost more for each fold (measured 8k to 64k)."""
LEVEL = 1
"""zstd's fastest: mantissas are noise, and more effort finds nothing in them (measured: level 3 saves 0.5 %)."""

_HEADER = struct.Struct("<BBBxIQQQQ")
_UNSIGNED: dict[int, np.dtype[Any]] = {1: np.dtype("<u1"), 2: np.dtype("<u2"), 4: np.dtype("<u4"), 8: np.dtype("<u8")}


class Columns(NamedTuple):
    """Points as columns of equal length `n`."""

    steps: NDArray[np.int64]
    times: NDArray[np.int64]
    """ms"""
    values: NDArray[np.float64]


def encode(points: Columns) -> bytes:
    """The blob of 1 to 2**32 - 1 points, in the order given."""
    step_width, step_first, step_base, steps = _deltas(points.steps)
    time_width, time_first, time_base, times = _deltas(points.times)
    n = len(points.steps)
    header = _HEADER.pack(VERSION, step_width, time_width, n, step_first, step_base, time_first, time_base)
    values = _planes(np.ascontiguousarray(points.values, dtype="<f8"), 8)
    return header + zstandard.ZstdCompressor(level=LEVEL).compress(steps + times + values)


def decode(blob: bytes) -> Columns:
    """The points of a blob.  Raises `StoreUnreadable` for what this version cannot read."""
    if not blob or blob[0] != VERSION:
        raise StoreUnreadable("metric chunk", "it has an unknown format", "open it with the trackbook that wrote it")
    _, step_width, time_width, n, step_first, step_base, time_first, time_base = _HEADER.unpack_from(blob)
    step_size, time_size = (n - 1) * step_width, (n - 1) * time_width
    size = step_size + time_size + 8 * n
    body = zstandard.ZstdDecompressor().decompress(memoryview(blob)[_HEADER.size :], max_output_size=size)
    view = memoryview(body)
    steps = _summed(view[:step_size], step_width, n, step_first, step_base)
    times = _summed(view[step_size : step_size + time_size], time_width, n, time_first, time_base)
    values = _joined(view[step_size + time_size :], 8).view("<f8")
    return Columns(steps, times, values)


def _deltas(column: NDArray[np.int64]) -> tuple[int, int, int, bytes]:
    """Width, first value, least delta and the planes of what each delta has above it."""
    unsigned = np.ascontiguousarray(column, dtype="<i8").view("<u8")
    first = int(unsigned[0])
    if len(column) == 1:
        return 0, first, 0, b""
    deltas = np.diff(unsigned)
    base = int(deltas.view("<i8").min())
    deltas -= np.uint64(base % 2**64)
    greatest = int(deltas.max())
    if greatest == 0:
        return 0, first, base % 2**64, b""
    width = next(width for width in (1, 2, 4, 8) if greatest < 2 ** (8 * width))
    return width, first, base % 2**64, _planes(deltas.astype(_UNSIGNED[width]), width)


def _summed(planes: memoryview, width: int, n: int, first: int, base: int) -> NDArray[np.int64]:
    column = np.empty(n, dtype="<u8")
    column[0] = first
    column[1:] = base
    if width:
        column[1:] += _joined(planes, width)
    if n > 1:
        np.cumsum(column, out=column)
    return column.view("<i8").astype(np.int64, copy=False)


def _planes(column: NDArray[Any], width: int) -> bytes:
    if width == 1:
        return column.tobytes()
    return column.view(np.uint8).reshape(-1, width).T.tobytes()


def _joined(planes: memoryview, width: int) -> NDArray[Any]:
    raw = np.frombuffer(planes, dtype=np.uint8)
    if width == 1:
        return raw
    lying_together = np.ascontiguousarray(raw.reshape(width, -1).T)
    return lying_together.reshape(-1).view(_UNSIGNED[width])
