"""Installed distributions with exact versions and where they came from.

The origin is what `direct_url.json` (PEP 610) says: an editable folder, with the commit of its repository; a repository
at a commit; an archive, a local wheel.  Distributions without one came from an index.  conda writes the folder of its
own build there, which says nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote, urlsplit

from trackbook.capture.git import run_git
from trackbook.settings import without_credentials

EDITABLE = "editable "
DIRTY = " with uncommitted changes"
MOST_EDITABLE = 20
"""Of more editable installs the commits are not asked."""


@dataclass(frozen=True, slots=True)
class Package:
    name: str
    version: str
    source: str = ""
    """Other than an index: `editable /path`, `git+https://…@<commit>`, a URL."""


def packages(path: Sequence[str]) -> tuple[Package, ...]:
    """Every distribution on this path, sorted by name; the first of a name wins, as at import."""
    return read_packages(path)[0]


def read_packages(path: Sequence[str]) -> tuple[tuple[Package, ...], tuple[str, ...]]:
    """The distributions, and the names of those whose metadata is broken.

    A broken one is listed with what its folder's name says, or left out where not even a name is.
    """
    found: dict[str, Package] = {}
    broken: list[str] = []
    for distribution in metadata.distributions(path=[entry for entry in path if isinstance(entry, str)]):
        package, whole = _package(distribution)
        name = package.name if package is not None else _folder(distribution)
        if not whole and name:
            broken.append(name)
        if package is not None:
            found.setdefault(normal_name(package.name), package)
    return tuple(found[name] for name in sorted(found)), tuple(sorted(set(broken)))


def at_commits(found: tuple[Package, ...]) -> tuple[Package, ...]:
    """The same, with the commit that each editable install's repository is at now."""
    editable = [one for one in found if one.source.startswith(EDITABLE)]
    if not editable or len(editable) > MOST_EDITABLE:
        return found
    sources = {one: one.source + _commit(Path(one.source.removeprefix(EDITABLE))) for one in editable}
    return tuple(replace(one, source=sources[one]) if one in sources else one for one in found)


def normal_name(name: str) -> str:
    """PEP 503: lower case, runs of `-`, `_` and `.` as one `-`."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _commit(folder: Path) -> str:
    """`@<commit>`, and whether there are uncommitted changes below the folder; "" where git does not know it."""
    status = run_git(folder, "status", "--porcelain=v2", "--branch", "--untracked-files=no", "--", ".")
    lines = (status or "").splitlines()
    commit = next((line.removeprefix("# branch.oid ") for line in lines if line.startswith("# branch.oid ")), "")
    if not commit or commit == "(initial)":
        return ""
    return f"@{commit}" + (DIRTY if any(not line.startswith("#") for line in lines) else "")


def _package(distribution: metadata.Distribution) -> tuple[Package | None, bool]:
    """The package, and whether its metadata was whole."""
    name: str | None = None
    version: str | None = None
    try:
        about = distribution.metadata
        name, version = about["Name"], about["Version"]
    except Exception:  # noqa: BLE001, S110 - metadata of any age and state; the folder's name is asked next
        pass
    whole = bool(name and version)
    if not whole:
        name, version = _from_folder(distribution)
    source, read = _source(distribution)
    return (Package(str(name), str(version or "unknown"), source) if name else None), whole and read


def _folder(distribution: metadata.Distribution) -> str:
    folder = getattr(distribution, "_path", None)
    return Path(str(folder)).name if folder is not None else ""


def _from_folder(distribution: metadata.Distribution) -> tuple[str | None, str | None]:
    """Name and version by the folder's name, `numpy-2.4.6.dist-info`."""
    match = re.match(r"(?P<name>[\w.]+?)-(?P<version>[\w.+!]+)\.(dist|egg)-info$", _folder(distribution))
    return (match["name"], match["version"]) if match else (None, None)


def _source(distribution: metadata.Distribution) -> tuple[str, bool]:
    """Where it came from, without credentials, and whether that could be read."""
    try:
        text = distribution.read_text("direct_url.json")
        about = json.loads(text) if text else {}
        url = without_credentials(str(about.get("url", "")))
        if about.get("dir_info", {}).get("editable"):
            return EDITABLE + unquote(urlsplit(url).path), True
        if url.startswith("file:") and (distribution.read_text("INSTALLER") or "").strip() == "conda":
            return "", True
        vcs = about.get("vcs_info")
        below = f"#subdirectory={about['subdirectory']}" if about.get("subdirectory") else ""
        return (f"{vcs['vcs']}+{url}@{vcs['commit_id']}{below}" if vcs else url), True
    except Exception:  # noqa: BLE001 - metadata of any age and state
        return "", False
