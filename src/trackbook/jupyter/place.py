"""Where this kernel's notebook is, and the settings that follow from it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trackbook.capture.matching import matching_notebook
from trackbook.capture.notebook import SUFFIX, NotebookPlace, find_notebook, relative_name
from trackbook.jupyter.runner import named_notebooks
from trackbook.settings import Settings, load

MOST_COMPARED_BYTES = 20_000_000
"""In a folder with more of notebooks none is compared with what was executed."""


@dataclass(frozen=True, slots=True)
class Place:
    path: Path | None
    """The notebook's file, None where nobody tells it."""
    found_by: str
    folder: Path
    """The notebook's folder, else the kernel's."""
    origin: Path | None = None
    """The notebook that this one is made of by papermill: its name counts."""


def place_of(shell: Any, start: Path) -> Place:
    """Asked anew each time: a front end may tell late.  `start` is the folder in which the kernel began."""
    found = find_notebook(os.environ, shell.user_ns, start)
    if found is None:
        return Place(None, "", start)
    folder = found.path.parent if found.path.parent.is_dir() else start
    return Place(found.path, found.found_by, folder, found.origin)


class Finder:
    """Finds the notebook of a shell's kernel.

    Where nobody names it, the files of the kernel's folder are compared with what was executed; once, when the first
    cell is tracked, so that a line's key does not change in the middle of a notebook.
    """

    def __init__(self, shell: Any, start: Path) -> None:
        self.shell, self.start = shell, start
        self._matched: NotebookPlace | None = None
        self._compared = False

    def place(self, executed: Sequence[str] = ()) -> Place:
        """Where the notebook is; `executed` are the sources so far, in order."""
        named = place_of(self.shell, self.start)
        if named.path is not None:
            return named
        if not self._compared and executed:
            self._compared = True
            if _bytes_of_notebooks(self.start) <= MOST_COMPARED_BYTES:
                self._matched = matching_notebook(self.start, executed, named_notebooks)
        matched = self._matched
        if matched is None:
            return named
        return Place(matched.path, matched.found_by, matched.path.parent, matched.origin)


def _bytes_of_notebooks(folder: Path) -> int:
    try:
        return sum(entry.stat().st_size for entry in os.scandir(folder) if entry.name.endswith(SUFFIX))
    except OSError:
        return 0


def label(place: Place, settings: Settings) -> str | None:
    """The notebook's name in the record: its path below the project's root."""
    path = place.origin or place.path
    return None if path is None else relative_name(path, settings.home.parent)


def settings_of(place: Place) -> Settings:
    """The settings in force, without loading the tracking room for it."""
    tracking = sys.modules.get("trackbook.tracking.session")
    if tracking is None:
        return load(place.folder)
    settings: Settings = tracking.current_session(place.folder).settings
    return settings
