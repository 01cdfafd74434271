"""The references of a text's pieces, as nodes that are pieces themselves.

A node is a list of references in order, each as its distance from the one expected, which is the last plus 1: pieces
that came together cost a byte each.  Lists are cut where a reference says so, as texts are, and so in levels up to one
root: a text of thousands of pieces in which one has changed makes one new node on each level.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from trackbook.store.documents.varints import folded, numbers, unfolded, varints

MARK = 24
"""A reference in so many ends a node."""
LEAST, MOST = 4, 255
"""References of a node that is not the last."""


def node(references: Iterable[int]) -> bytes:
    expected, distances = 0, []
    for reference in references:
        distances.append(folded(reference - expected))
        expected = reference + 1
    return varints(distances)


def children(node: bytes) -> list[int]:
    """The references of a node."""
    expected, found = 0, []
    for distance, _ in numbers(node):
        found.append(expected + unfolded(distance))
        expected = found[-1] + 1
    return found


def level(references: list[int]) -> list[bytes]:
    """The nodes above these references."""
    nodes: list[bytes] = []
    begun = 0
    for place, reference in enumerate(references, 1):
        size = place - begun
        if place == len(references) or size == MOST or (size >= LEAST and _is_mark(reference)):
            nodes.append(node(references[begun:place]))
            begun = place
    return nodes


def _is_mark(reference: int) -> bool:
    return zlib.crc32(reference.to_bytes(8, "little")) % MARK == 0
