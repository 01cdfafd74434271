"""Every cell is watched at its borders, tracked or not: a later run may depend on what it did.

On the cell's thread names are compared by identity and openings are noted; which of these are data files is found out
on a worker's thread, soon, since their sizes and times are asked for there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from trackbook.capture import unread
from trackbook.capture.borders import Border, Tracer, with_scalars
from trackbook.capture.data import leaves, opens
from trackbook.jupyter.place import settings_of

if TYPE_CHECKING:
    from trackbook.capture.data.sorting import Uses
    from trackbook.jupyter.background import Workers
    from trackbook.jupyter.place import Finder
    from trackbook.settings import Settings

_NAME = re.compile(r"[^\W\d]\w*")
_SEED = re.compile(r"(?:random_state|seed)\s*=\s*([^\W\d]\w*)")
_KEPT = frozenset(map(id, (int, float, bool, str)))
TELLING = "pass pw secret token key credential auth login( bearer contrase sig ://".split()
"""In small letters: without one of these no secret is told by its name."""
MOST_KEPT = 20_000
"""Files of one cell that are remembered for later runs."""


class Watching:
    """One cell, from its beginning on."""

    __slots__ = ("_before", "_begun_ms", "_folder", "_openings", "_scalars", "after")

    def __init__(
        self, namespace: Mapping[str, Any], begun_ms: int, *, before: Tracer | None = None, source: str = ""
    ) -> None:
        """`before` is the end of the cell before: what happened since counts for this one, and nobody looks twice.

        `source` is that of a cell whose run may be opened later on, as of what it finds now.
        """
        leaves.watch_imported()
        self._begun_ms = begun_ms
        self._folder = opens.folder()
        self._before = before or Tracer(namespace)
        self.after: Tracer | None = None
        """The end of this one."""
        self._scalars = _scalars(namespace, source)
        self._openings = opens.watch()

    def note_scalars(self, namespace: Mapping[str, Any], source: str) -> None:
        """In the midst of a cell whose run may be opened from here on: what stands as the cell found it."""
        self._scalars = _scalars(self._before.unchanged(namespace), source)

    def found(self, namespace: Mapping[str, Any]) -> dict[str, Any]:
        """The namespace as the cell found it, as far as that can be told: what stands as it did, and the scalars."""
        return {**self._before.unchanged(namespace), **self._scalars}

    def stop(self, namespace: Mapping[str, Any]) -> Border:
        """What was seen.  To be called once, also where nobody wants to know it."""
        openings = self._openings.stop()
        self.after = Tracer(namespace)
        trace = with_scalars(self._before.until(self.after), namespace)
        return Border(trace, self._begun_ms, self._folder, openings, self._openings.overflowed)


def integers(source: str, namespace: Mapping[str, Any]) -> frozenset[str]:
    """Of the names that a cell gives as a seed, those that stand for whole numbers."""
    if "random_state" not in source and "seed" not in source:
        return frozenset()
    return frozenset(name for name in _SEED.findall(source) if type(namespace.get(name)) is int)


class Lookout:
    """Finds the data files among what the cells of one shell opened."""

    def __init__(self, finder: Finder, workers: Workers) -> None:
        self._finder, self._workers = finder, workers

    def read(self, source: str) -> None:
        """Soon, at the latest with what is recorded next: a secret that a cell writes down is known there."""
        lowered = source.lower()
        if any(word in lowered for word in TELLING):
            unread.note(lambda: source)
            self._workers.later.submit(_read)

    def look(self, border: Border) -> None:
        """Soon, on a worker's thread; nothing where nothing was opened."""
        if border.openings:
            self._workers.later.submit(lambda: _sort(border, settings_of(self._finder.place())))


def _read() -> None:
    from trackbook.capture.secrets import read_noted

    read_noted()


def uses_of(border: Border, settings: Settings) -> Uses:
    """On a worker's thread: the data files that a cell opened."""
    from trackbook.capture.data.sorting import NO_USES

    _sort(border, settings)
    return border.uses or NO_USES


def _sort(border: Border, settings: Settings) -> None:
    from trackbook.capture.data.gathering import to_remember
    from trackbook.capture.data.own import sorter_of

    if border.uses is not None:
        return
    found = sorter_of(settings).sort(border.openings, border.begun_ms * 1_000_000)
    border.uses = to_remember(found, MOST_KEPT)
    border.openings = ()


def _scalars(namespace: Mapping[str, Any], source: str) -> dict[str, Any]:
    """Of the names in a text.  Only these are kept, so nothing is held alive."""
    names = {name for name in _NAME.findall(source) if name in namespace}
    return {name: namespace[name] for name in names if id(type(namespace[name])) in _KEPT}
