"""Where this kernel's notebook is, and the settings that follow from it."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic as _monotonic
from typing import Any

from trackbook.capture.matching import matching_notebook
from trackbook.capture.notebook import SUFFIX, NotebookPlace, find_notebook, relative_name
from trackbook.core import tags
from trackbook.jupyter.runner import named_notebooks
from trackbook.settings import Settings, load

ASK_AGAIN_S = 30.0
MOST_COMPARED_BYTES = 20_000_000
"""In a folder with more of notebooks none is compared with what was executed."""


@dataclass(frozen=True, slots=True)
class Place:
    path: Path | None
    """The notebook's file, None where nobody tells it."""
    found_by: str
    folder: Path
    """The notebook's folder, of what papermill makes that of its input, else the kernel's."""
    origin: Path | None = None
    """The notebook that this one is made of by papermill: its name counts."""
    before: Path | None = None
    """The name that it had when its kernel began, where it was renamed or moved since."""


def place_of(shell: Any, start: Path) -> Place:
    """Asked anew each time: a front end may tell late.  `start` is the folder in which the kernel began."""
    found = find_notebook(os.environ, shell.user_ns, start)
    if found is None:
        return Place(None, "", start)
    return _place(found, start)


def _place(found: NotebookPlace, start: Path) -> Place:
    folder = (found.origin or found.path).parent
    return Place(found.path, found.found_by, folder if folder.is_dir() else start, found.origin)


class Finder:
    """Finds the notebook of a shell's kernel.

    Where nobody names it, the files of the kernel's folder are compared with what was executed; once, when the first
    cell is tracked, so that a line's key does not change in the middle of a notebook.
    """

    def __init__(self, shell: Any, start: Path) -> None:
        self.shell, self.start = shell, start
        self._matched: NotebookPlace | None = None
        self._compared = False
        self._moved: Path | None = None
        self._asked_at = -math.inf

    def place(self, executed: Sequence[str] = ()) -> Place:
        """Where the notebook is; `executed` are the sources so far, in order."""
        named = place_of(self.shell, self.start)
        if named.path is not None:
            moved = self._moved
            return named if moved is None else Place(moved, named.found_by, moved.parent, named.origin, named.path)
        if not self._compared and executed:
            self._compared = True
            if _bytes_of_notebooks(self.start) <= MOST_COMPARED_BYTES:
                self._matched = matching_notebook(self.start, executed, named_notebooks)
        return named if self._matched is None else _place(self._matched, self.start)

    def look_for_renamed(self, place: Place) -> Place | None:
        """Where the notebook went whose file is not there any more; None where it is there, or nobody knows.

        On a thread of ours; the server is asked once in `ASK_AGAIN_S` at the most.
        """
        if place.path is None or place.path.exists() or _monotonic() - self._asked_at < ASK_AGAIN_S:
            return None
        from trackbook.jupyter import renaming

        self._asked_at = _monotonic()
        kernel = renaming.kernel_id()
        found = None if kernel is None else renaming.session_path(kernel)
        if found is None or found == place.path or not found.is_file():
            return None
        self._moved = found
        return self.place()


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


def line_label(place: Place, settings: Settings) -> str | None:
    """The name by which its cells' lines go: that of the kernel's beginning, so that a renamed notebook keeps them."""
    path = place.origin or place.before or place.path
    return None if path is None else relative_name(path, settings.home.parent)


def tags_of(place: Place, settings: Settings) -> dict[str, str]:
    """What a run says of its notebook."""
    name, before = label(place, settings), place.before
    known = {tags.SOURCE_NAME: name, tags.NOTEBOOK: name}
    known[tags.RENAMED_FROM] = None if before is None else relative_name(before, settings.home.parent)
    return {key: text for key, text in known.items() if text is not None}
