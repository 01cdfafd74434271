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
    package = Path(trackbook.__file__).parent
    return Sorter([settings.home, package, *files], settings.home.parent.resolve(), addresses)
