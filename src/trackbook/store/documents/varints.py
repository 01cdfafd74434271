"""Whole numbers from 0 in as few bytes as they need: seven bits a byte, lowest first, the eighth says "more"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def varints(values: Iterable[int]) -> bytes:
    found = bytearray()
    for value in values:
        rest = value
        while rest > 0x7F:
            found.append(rest & 0x7F | 0x80)
            rest >>= 7
        found.append(rest)
    return bytes(found)


def numbers(data: bytes) -> Iterator[tuple[int, int]]:
    """Each number with the place behind it, until the end of the bytes."""
    value = shift = 0
    for place, byte in enumerate(data, 1):
        value |= (byte & 0x7F) << shift
        if byte > 0x7F:
            shift += 7
        else:
            yield value, place
            value = shift = 0


def folded(value: int) -> int:
    """A number of any sign as one from 0: 0, -1, 1, -2, 2 ... are 0, 1, 2, 3, 4."""
    return value * 2 if value >= 0 else -value * 2 - 1


def unfolded(value: int) -> int:
    return value >> 1 if value & 1 == 0 else -(value >> 1) - 1
