"""Where a text is cut: at places that its content names, so that equal stretches of two texts give equal pieces.

A rolling hash over the last 32 bytes marks a place where its upper bits are 0 (the "gear" hash of Xia et al., FastCDC,
USENIX ATC 2016).  It is computed for all places at once, by doubling the window: h₂ₙ(i) = hₙ(i) + 2ⁿ hₙ(i - n).
Other figures here would cut new texts otherwise, and equal them with none of the old: nothing would break, but grow.
"""

from __future__ import annotations

import hashlib

import numpy as np

LEAST_BYTES, MOST_BYTES = 256, 8192
MARK_BITS = 10
"""A place in 2**10 is marked: pieces of some 1,300 bytes."""
_DOUBLINGS = (1, 2, 4, 8, 16)
_GEAR = np.frombuffer(hashlib.shake_128(b"trackbook").digest(1024), dtype="<u4").astype(np.uint32)


def cut(data: bytes) -> list[bytes]:
    """The pieces, which joined are the text; none for an empty one."""
    pieces: list[bytes] = []
    start = 0
    for place in [*_marked(data), len(data)]:
        while place - start > MOST_BYTES:
            pieces.append(data[start : start + MOST_BYTES])
            start += MOST_BYTES
        if place - start >= LEAST_BYTES or (place == len(data) and place > start):
            pieces.append(data[start:place])
            start = place
    return pieces


def _marked(data: bytes) -> list[int]:
    """The places behind which a piece may end."""
    if len(data) <= LEAST_BYTES:
        return []
    hashes = _GEAR[np.frombuffer(data, dtype=np.uint8)]
    for shift in _DOUBLINGS:
        hashes[shift:] += hashes[:-shift] << np.uint32(shift)
    marked: list[int] = (np.flatnonzero(hashes >> np.uint32(32 - MARK_BITS) == 0) + 1).tolist()
    return marked
