"""Where this kernel's notebook is, and the settings that follow from it."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trackbook.capture.notebook import find_notebook, relative_name
from trackbook.settings import Settings, load


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


def label(place: Place, settings: Settings) -> str | None:
    """The notebook's name in the record: its path below the project's root."""
    return None if place.path is None else relative_name(place.path, settings.home.parent)


def settings_of(place: Place) -> Settings:
    """The settings in force, without loading the tracking room for it."""
    tracking = sys.modules.get("trackbook.tracking.session")
    if tracking is None:
        return load(place.folder)
    settings: Settings = tracking.current_session(place.folder).settings
    return settings
