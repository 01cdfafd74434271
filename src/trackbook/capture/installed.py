"""Where the interpreter and installed packages lie: what is below is nobody's project."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from functools import lru_cache
from pathlib import Path


def package_folders(project: Path | None) -> tuple[str, ...]:
    """Folders of the interpreter and of installed packages, with `/` at the end, but for one the project lies in."""
    return _folders("" if project is None else str(project) + os.sep, sys.prefix, tuple(sys.path))


@lru_cache(maxsize=8)
def _folders(root: str, prefix: str, path: tuple[str, ...]) -> tuple[str, ...]:
    places = {prefix, sys.base_prefix, sys.exec_prefix, site.getusersitepackages(), *site.getsitepackages()}
    places |= {one for one in sysconfig.get_paths().values() if one}
    places |= {one for one in path if str(one).rstrip(os.sep).endswith(("site-packages", "dist-packages"))}
    texts = {one.rstrip(os.sep) + os.sep for place in places for one in (place, os.path.realpath(place))}
    return tuple(text for text in texts if len(text) > 1 and not root.startswith(text))
