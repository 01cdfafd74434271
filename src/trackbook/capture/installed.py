"""Where the interpreter and installed packages lie: what is below is nobody's project."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path


def package_folders(project: Path | None) -> Iterator[str]:
    """Folders of the interpreter and of installed packages, but for one that the project lies in."""
    root = "" if project is None else str(project) + os.sep
    places = {sys.prefix, sys.base_prefix, sys.exec_prefix, site.getusersitepackages(), *site.getsitepackages()}
    places |= {path for path in sysconfig.get_paths().values() if path}
    places |= {path for path in sys.path if path.rstrip(os.sep).endswith(("site-packages", "dist-packages"))}
    for place in places | {os.path.realpath(place) for place in places}:
        text = place.rstrip(os.sep) + os.sep
        if len(text) > 1 and not root.startswith(text):
            yield text
