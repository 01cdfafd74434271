"""Where this kernel's notebook is, and which cell line an executed cell belongs to."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.capture.cells import CellLine, line_of
from trackbook.capture.notebook import find_notebook, relative_name

if TYPE_CHECKING:
    from trackbook.tracking.session import Session


@dataclass(frozen=True, slots=True)
class Place:
    path: Path | None
    """The notebook's file, None where nobody tells it."""
    found_by: str
    folder: Path
    """The notebook's folder, else the kernel's."""


def place_of(shell: Any, start: Path) -> Place:
    """Asked anew each time: a front end may tell late.  `start` is the folder in which the kernel began."""
    found = find_notebook(os.environ, shell.user_ns, start)
    if found is None:
        return Place(None, "", start)
    return Place(found.path, found.found_by, found.path.parent if found.path.parent.is_dir() else start)


def label(place: Place, session: Session) -> str | None:
    """The notebook's name in the record: its path below the project's root."""
    return None if place.path is None else relative_name(place.path, session.settings.home.parent)


class Lines:
    """Remembers the cell lines of this kernel's notebooks, so that the store is asked once per notebook."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str | None], dict[str, str]] = {}

    def line(
        self, session: Session, notebook: str | None, source: str, cell_id: str | None, name: str | None
    ) -> CellLine:
        """The line of this cell, from now on known with this source."""
        if name or cell_id:
            found = line_of(source, notebook=notebook, cell_id=cell_id, name=name)
        else:
            found = line_of(source, notebook=notebook, earlier=self._earlier(session, notebook))
        self._known.setdefault((session.settings.tracking_uri, notebook), {})[found.key] = source
        return found

    def _earlier(self, session: Session, notebook: str | None) -> dict[str, str]:
        """Line -> last source: what the store knows, then what this kernel ran."""
        key = (session.settings.tracking_uri, notebook)
        own = self._known.setdefault(key, {})
        if "" not in own:
            stored = {cell.line: cell.source for cell in session.store.cells.lines(notebook)}
            self._known[key] = own = {"": "", **stored, **own}
        return {line: source for line, source in own.items() if line}
