"""The environment a run had: interpreter, machine, and every installed distribution with its exact version.

Reading the metadata of some hundred packages takes a few hundred milliseconds, so the result is kept for as long as no
folder of the import path changes (installing or removing a package changes its folder's time), and callers ask from a
background thread.
"""

from __future__ import annotations

import json
import os
import platform
import re
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from trackbook.settings import without_credentials


@dataclass(frozen=True, slots=True)
class Package:
    name: str
    version: str
    source: str = ""
    """Where it came from, other than an index: `editable /path`, `git+https://…@<commit>`, a URL."""


@dataclass(frozen=True, slots=True)
class Environment:
    python: str
    implementation: str
    executable: str
    platform: str
    machine: str
    cpu: str
    cpu_count: int | None
    memory_bytes: int | None
    packages: tuple[Package, ...] = ()


_lock = threading.Lock()
_kept: tuple[tuple[Any, ...], Environment] | None = None


def environment() -> Environment:
    """This process's environment, kept until the import path changes."""
    global _kept
    path = list(sys.path)
    key = _path_key(path)
    with _lock:
        if _kept is None or _kept[0] != key:
            _kept = (key, collect(path))
        return _kept[1]


def collect(path: Sequence[str]) -> Environment:
    """The environment, with the distributions found on this import path."""
    return Environment(
        python=platform.python_version(),
        implementation=platform.python_implementation(),
        executable=sys.executable or "",
        platform=platform.platform(),
        machine=platform.machine(),
        cpu=_cpu(),
        cpu_count=os.cpu_count(),
        memory_bytes=_memory_bytes(),
        packages=packages(path),
    )


def packages(path: Sequence[str]) -> tuple[Package, ...]:
    """Every distribution on this path, sorted by name; the first of a name wins, as at import.

    One whose metadata cannot be read is listed with what is known, or left out where not even a name is.
    """
    found: dict[str, Package] = {}
    for distribution in metadata.distributions(path=list(path)):
        package = _package(distribution)
        if package is not None:
            found.setdefault(normal_name(package.name), package)
    return tuple(found[name] for name in sorted(found))


def normal_name(name: str) -> str:
    """PEP 503: lower case, runs of `-`, `_` and `.` as one `-`."""
    return re.sub(r"[-_.]+", "-", name).lower()


@lru_cache(maxsize=4)
def requirements_text(environment: Environment) -> str:
    """`requirements.txt`: `name==version`, sorted; what no index has stands as a comment."""
    lines = [f"# Python {environment.python}, {environment.platform}"]
    for package in environment.packages:
        pin = f"{package.name}=={package.version}"
        lines.append(f"# {pin} from {package.source}" if package.source else pin)
    return "\n".join(lines) + "\n"


@lru_cache(maxsize=4)
def environment_json(environment: Environment) -> str:
    """`{"schema": 1, ...}` with the fields of `Environment`; written anew only where something changed."""
    return json.dumps({"schema": 1, **asdict(environment)}, indent=1)


def _path_key(path: Sequence[str]) -> tuple[Any, ...]:
    key = []
    for entry in path:
        try:
            key.append((entry, os.stat(entry or ".").st_mtime_ns))  # noqa: PTH116 - hot, and entries are texts
        except OSError:
            key.append((entry, 0))
    return tuple(key)


def _package(distribution: metadata.Distribution) -> Package | None:
    name: str | None = None
    version: str | None = None
    try:
        about = distribution.metadata
        name, version = about["Name"], about["Version"]
    except Exception:  # noqa: BLE001, S110 - metadata of any age and state; the folder's name is asked next
        pass
    if not name:
        name, version = _from_folder(distribution)
    return Package(str(name), str(version or "unknown"), _source(distribution)) if name else None


def _from_folder(distribution: metadata.Distribution) -> tuple[str | None, str | None]:
    """Name and version by the folder's name, `numpy-2.4.6.dist-info`."""
    folder = getattr(distribution, "_path", None)
    stem = Path(str(folder)).name if folder is not None else ""
    match = re.match(r"(?P<name>[\w.]+?)-(?P<version>[\w.+!]+)\.(dist|egg)-info$", stem)
    return (match["name"], match["version"]) if match else (None, None)


def _source(distribution: metadata.Distribution) -> str:
    """What `direct_url.json` (PEP 610) says, without credentials."""
    try:
        text = distribution.read_text("direct_url.json")
        about = json.loads(text) if text else None
        if not isinstance(about, dict):
            return ""
        url = without_credentials(str(about.get("url", "")))
        if about.get("dir_info", {}).get("editable"):
            return f"editable {url.removeprefix('file://')}"
        vcs = about.get("vcs_info")
        return f"{vcs['vcs']}+{url}@{vcs['commit_id']}" if vcs else url
    except Exception:  # noqa: BLE001 - metadata of any age and state
        return ""


def _cpu() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _memory_bytes() -> int | None:
    try:
        import psutil

        return int(psutil.virtual_memory().total)
    except Exception:  # noqa: BLE001 - absent, or a platform it does not know
        return None
