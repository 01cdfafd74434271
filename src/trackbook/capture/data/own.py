"""Which files are the tracker's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import trackbook
from trackbook.capture.data.sorting import Sorter

if TYPE_CHECKING:
    from trackbook.settings import Settings


def sorter_of(settings: Settings) -> Sorter:
    """Tells data files from others; those of the tracker are none."""
    places = [settings.tracking_uri.removeprefix("sqlite:///"), settings.artifact_root]
    files = [Path(place) for place in places if place and "://" not in place]
    addresses = [place for place in places if place and "://" in place]
    package, project = Path(trackbook.__file__).parent, settings.home.parent
    read_by_us = project / "pyproject.toml"  # on the cell's thread too, where the cell asks something of the tracker
    return Sorter([settings.home, package, read_by_us, *files], project.resolve(), addresses)
