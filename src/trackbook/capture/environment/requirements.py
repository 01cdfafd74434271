"""`requirements.txt`, such that `pip install -r` makes these packages again.

What pip cannot have again stands as a comment: editable installs and files of one machine, distributions whose version
is not known.  A repository or an archive is named with its URL.  Builds of PyTorch with a local version (`2.4.0+cu121`)
lie on PyTorch's own index, which is added then.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trackbook.capture.environment.packages import Package
    from trackbook.capture.environment.record import Environment

TORCH = frozenset({"torch", "torchvision", "torchaudio"})
TORCH_INDEX = "https://download.pytorch.org/whl/"
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$")
_VERSION = re.compile(r"(\d+!)?\d+(\.\d+)*[A-Za-z0-9._-]*(\+(?P<local>[A-Za-z0-9._-]+))?$")
_REMOTE = ("git+https://", "git+http://", "git+ssh://", "git+git@", "hg+", "svn+", "bzr+", "https://", "http://")


@lru_cache(maxsize=4)
def requirements_text(environment: Environment) -> str:
    """One line for each package, sorted."""
    lines = [f"# Python {environment.python}, {environment.platform}"]
    builds = {_local(package) for package in environment.packages if package.name.lower() in TORCH} - {""}
    lines += [f"--extra-index-url {TORCH_INDEX}{build}" for build in sorted(builds)]
    lines += [_line(package) for package in environment.packages]
    return "\n".join(lines) + "\n"


def _line(package: Package) -> str:
    pin = " ".join(f"{package.name}=={package.version}".split())
    source = " ".join(package.source.split())
    if not _NAME.match(package.name):
        return f"# {pin}"
    if source.startswith(_REMOTE):
        return f"{package.name} @ {source}"
    if source:
        return f"# {pin} from {source}"
    return pin if _VERSION.match(package.version) else f"# {pin}"


def _local(package: Package) -> str:
    match = _VERSION.match(package.version)
    return (match["local"] or "") if match else ""
