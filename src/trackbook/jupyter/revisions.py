"""The open documents as the pages told them: the last few revisions, so that a page need tell only what has changed.

Each page names its revisions; `js/src/lib/revisions.ts` is the other half.  Revisions share the cells that are the
same in them, so that the whole takes little more room than one document.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST = 8
"""Revisions that are remembered, as many as a page remembers."""


@dataclass(frozen=True, slots=True)
class Revision:
    head: Mapping[str, Any]
    """All of a document but its cells."""
    order: tuple[str, ...]
    cells: Mapping[str, Any]
    """Key -> cell.  Shared between revisions: not to be changed."""

    def document(self) -> dict[str, Any]:
        return {**self.head, "cells": [self.cells[key] for key in self.order]}


class Revisions:
    """Thread-safe."""

    def __init__(self) -> None:
        self._kept: dict[str, Revision] = {}
        self._lock = threading.Lock()

    def known(self) -> list[str]:
        """Names, the newest last."""
        with self._lock:
            return list(self._kept)

    def take(self, name: str, base: str | None, changes: Mapping[str, Any]) -> dict[str, Any] | None:
        """The document of a revision, nbformat 4; None where its base is no longer known, or lacks something."""
        with self._lock:
            old = None if base is None else self._kept.get(base)
            if base is not None and old is None:
                return None
            before = old or Revision({}, (), {})
            order = tuple(changes.get("order", before.order))
            cells = {**before.cells, **changes.get("cells", {})}
            if any(key not in cells for key in order):
                return None
            made = Revision(changes.get("head", before.head), order, {key: cells[key] for key in order})
            self._kept.pop(name, None)
            self._kept[name] = made
            while len(self._kept) > MOST:
                del self._kept[next(iter(self._kept))]
        return made.document()
