"""A stretch of a metric's history as one compressed blob: columns, deltas, byte planes, zstd.

    header   version, width of step and time deltas (bytes, 0: all deltas equal), n, first and least delta of both
    body     one zstd frame: step deltas, time deltas, values; each column split into byte planes

Steps mostly rise by one and times by a few ms, so that their deltas above the least one fit a byte or nothing.
Values keep every bit (NaN, -0.0, infinities); their sign and exponent bytes compress once they lie together.
Deltas are taken modulo 2**64, so that any int64 is kept.  The version comes first and is checked: a chunk stays
readable for ever.

What will soon be packed together with other points is left bare: version, n, and the three columns as they are.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import zstandard

from trackbook.errors import StoreUnreadable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

VERSION, BARE = 1, 2
FULL = 16384
"""Points of a full chunk: fewer cost more calls for a history, more cost more for each fold (measured 8k to 64k)."""
LEVEL = 1
"""zstd's fastest: mantissas are noise, and more effort finds nothing in them (measured: level 3 saves 0.5 %)."""

_HEADER = struct.Struct("<BBBxIQQQQ")
_BARE_HEADER = struct.Struct("<BxxxI")
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


def bare(points: Columns) -> bytes:
    """The blob of points that are to be packed with others later: three times as large, and made at once."""
    columns = [column.astype(column.dtype.newbyteorder("<"), copy=False).tobytes() for column in points]
    return b"".join([_BARE_HEADER.pack(BARE, len(points.steps)), *columns])


def decode(blob: bytes) -> Columns:
    """The points of a blob.  Raises `StoreUnreadable` for what this version cannot read."""
    return decode_all([blob])


def decode_all(blobs: Sequence[bytes]) -> Columns:
    """The points of several blobs, one behind the other; each is unpacked into its place at once.

    Raises `StoreUnreadable`.
    """
    headers = [_header(blob) for blob in blobs]
    n = sum(header.n for header in headers)
    columns = Columns(np.empty(n, "<i8"), np.empty(n, "<i8"), np.empty(n, "<f8"))
    decompressor = zstandard.ZstdDecompressor()
    start = 0
    for blob, header in zip(blobs, headers, strict=True):
        stop = start + header.n
        here = Columns(columns.steps[start:stop], columns.times[start:stop], columns.values[start:stop])
        _unpack(decompressor, blob, header, here)
        start = stop
    # On little-endian machines these are the same arrays.
    return Columns(
        columns.steps.astype(np.int64, copy=False),
        columns.times.astype(np.int64, copy=False),
        columns.values.astype(np.float64, copy=False),
    )


def _fill(blob: bytes, into: Columns) -> None:
    columns = np.frombuffer(blob, "<i8", offset=_BARE_HEADER.size).reshape(3, -1)
    into.steps[:], into.times[:], into.values[:] = columns[0], columns[1], columns[2].view("<f8")


class _Header(NamedTuple):
    version: int
    step_width: int
    time_width: int
    n: int
    step_first: int
    step_base: int
    time_first: int
    time_base: int


def _header(blob: bytes) -> _Header:
    if blob and blob[0] == BARE:
        return _Header(BARE, 0, 0, _BARE_HEADER.unpack_from(blob)[1], 0, 0, 0, 0)
    if not blob or blob[0] != VERSION:
        raise StoreUnreadable("metric chunk", "it has an unknown format", "open it with the trackbook that wrote it")
    return _Header._make(_HEADER.unpack_from(blob))


def _unpack(decompressor: Any, blob: bytes, header: _Header, into: Columns) -> None:
    n = header.n
    if header.version == BARE:
        _fill(blob, into)
        return
    step_size, time_size = (n - 1) * header.step_width, (n - 1) * header.time_width
    size = step_size + time_size + 8 * n
    body = memoryview(decompressor.decompress(memoryview(blob)[_HEADER.size :], max_output_size=size))
    _sum(body[:step_size], header.step_width, header.step_first, header.step_base, into.steps)
    times = body[step_size : step_size + time_size]
    _sum(times, header.time_width, header.time_first, header.time_base, into.times)
    _interleave(body[step_size + time_size :], 8, into.values)


def _deltas(column: NDArray[np.int64]) -> tuple[int, int, int, bytes]:
    """Width, first value, least delta and the planes of what each delta has above it."""
    unsigned = np.ascontiguousarray(column, dtype="<i8").view("<u8")
    first = int(unsigned[0])
    if len(column) == 1:
        return 0, first, 0, b""
    deltas = unsigned[1:] - unsigned[:-1]
    base = int(deltas.view("<i8").min())
    deltas -= np.uint64(base % 2**64)
    greatest = int(deltas.max())
    if greatest == 0:
        return 0, first, base % 2**64, b""
    width = next(width for width in (1, 2, 4, 8) if greatest < 2 ** (8 * width))
    return width, first, base % 2**64, _planes(deltas.astype(_UNSIGNED[width]), width)


def _sum(planes: memoryview, width: int, first: int, base: int, into: NDArray[np.int64]) -> None:
    """Fill a column from its first value, its least delta and what each delta has above it."""
    column = into.view("<u8")
    if not width and len(column) > 1:
        np.multiply(np.arange(len(column), dtype="<u8"), np.uint64(base), out=column)
        column += np.uint64(first)
        return
    column[0] = first
    if width:
        deltas = np.empty(len(column) - 1, dtype=_UNSIGNED[width])
        _interleave(planes, width, deltas)
        np.add(deltas, np.uint64(base), out=column[1:])
        np.cumsum(column, out=column)


def _planes(column: NDArray[Any], width: int) -> bytes:
    """All first bytes, then all second ones and so on: plane by plane is quicker than NumPy's transposed copy."""
    if width == 1:
        return column.tobytes()
    together = column.view(np.uint8).reshape(-1, width)
    planes = np.empty((width, len(column)), np.uint8)
    for n in range(width):
        planes[n] = together[:, n]
    return planes.tobytes()


def _interleave(planes: memoryview, width: int, into: NDArray[Any]) -> None:
    """What `_planes` took apart."""
    together = into.view(np.uint8).reshape(-1, width)
    for n, plane in enumerate(np.frombuffer(planes, dtype=np.uint8).reshape(width, -1)):
        together[:, n] = plane
