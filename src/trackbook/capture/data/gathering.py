"""The files of several cells, as those that one of them depends on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import attrgetter

from trackbook.capture.data.sorting import FileUse, Uses

MANY = 1000
"""Files of one cell, from which on it pays to share what is remembered of them."""
_last: dict[FileUse, FileUse] = {}
"""What the last cell with many files used."""


def to_remember(uses: Uses, most: int) -> Uses:
    """What stays in memory for as long as the kernel lives: of more than `most` files the first ones by name.

    A cell that reads the same many files again takes next to no room.
    """
    global _last
    files, left_out = uses.files, max(len(uses.files) - most, 0)
    if left_out:  # in the order of a shuffled loader others would be left out each time
        files = tuple(sorted(files, key=attrgetter("path"))[:most])
    if len(files) >= MANY:
        _last = {one: _last.get(one, one) for one in files}
        files = tuple(_last.values())
    return Uses(files, uses.urls[:most], uses.gone[:most], uses.pipes[:most], left_out)


def with_named(uses: Uses, named: Sequence[FileUse]) -> Uses:
    """The files that were seen, and of those that the text names the ones that were not."""
    seen = {use.path for use in uses.files}
    return replace(uses, files=uses.files + tuple(use for use in named if use.path not in seen))


def read_before(earlier: Iterable[tuple[int | None, Uses]], own: Uses) -> Uses:
    """What earlier cells read, `(execution count, uses)` in their order: each file once, for the first cell that did.

    Left out are the cell's own files, and what one of the earlier cells made itself: it is a result, not an input.
    """
    files: dict[str, FileUse] = {}
    met = {use.path for use in own.files} | set(own.gone)
    urls: dict[str, None] = {}
    gone: dict[str, None] = {}
    pipes: dict[str, None] = {}
    for count, uses in earlier:
        for use in uses.files:
            if use.read and use.path not in met and use.path not in files:
                files[use.path] = replace(use, cell=count)
        met.update(use.path for use in uses.files if use.written)
        urls.update((one, None) for one in uses.urls if one not in own.urls)
        gone.update((one, None) for one in uses.gone if one not in met)
        pipes.update((one, None) for one in uses.pipes if one not in own.pipes)
    return Uses(tuple(files.values()), tuple(urls), tuple(gone), tuple(pipes))
