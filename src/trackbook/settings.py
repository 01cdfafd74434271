"""Settings: read once, from arguments, environment and file, each value knowing where it came from.

The home is the folder `.trackbook/` in the project's root: the nearest folder upward from the start that holds
`.trackbook`, `.git` or `pyproject.toml`, else the start itself.  `trackbook doctor` prints what is in force and why.

| setting       | environment                                     | pyproject.toml, `[tool.trackbook]` |
|---------------|-------------------------------------------------|------------------------------------|
| tracking_uri  | TRACKBOOK_TRACKING_URI, else MLFLOW_TRACKING_URI | tracking_uri                       |
| artifact_root | TRACKBOOK_ARTIFACT_ROOT                         | artifact_root                      |
| experiment    | TRACKBOOK_EXPERIMENT, else MLFLOW_EXPERIMENT_NAME | experiment                         |
| user          | TRACKBOOK_USER                                  | user                               |
| notebook_outputs | TRACKBOOK_NOTEBOOK_OUTPUTS (`1` or `0`)      | notebook_outputs                   |

A relative path in one of these is meant from the project's root, wherever in the project a process runs; one that is
given as an argument, from the current folder.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

IN_MLFLOW = "trackbook:"
"""What MLflow's functions are told where they log here: no place of its own."""
HOME_NAME = ".trackbook"
DEFAULT_EXPERIMENT = "Default"
YES = ("1", "true", "yes", "on")
ROOT_MARKS = (HOME_NAME, ".git", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Settings:
    """What is in force for this process.  `origin` maps each name to the place its value came from."""

    home: Path
    """The folder `.trackbook`; made on first write, mode 0700."""
    tracking_uri: str
    artifact_root: str = ""
    """Folder or URL of the artifacts; "" for their place beside the store."""
    experiment: str = DEFAULT_EXPERIMENT
    user: str = ""
    notebook_outputs: bool = False
    """Whether snapshots of notebooks keep outputs."""
    origin: Mapping[str, str] = field(default_factory=dict)

    @property
    def journal_folder(self) -> Path:
        return self.home / "journal"


def without_credentials(address: str) -> str:
    """An address as it may be shown: without user and password; `git@host:path` stays as it is, since it holds none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if not parts.scheme or "://" not in address:
        return address
    query = re.sub(r"(?i)(?:^|&)(?:ssl)?password=[^&]*", "", parts.query).lstrip("&")
    if "@" not in parts.netloc and query == parts.query:
        return address
    user, _, host = parts.netloc.rpartition("@")
    keep = f"{user}@" if parts.scheme in ("ssh", "git+ssh") and ":" not in user else ""
    return urlunsplit(parts._replace(netloc=keep + host, query=query))


def from_root(address: str, root: Path) -> str:
    """A folder, or the file of `sqlite:///file.db`, from the project's root; other addresses as they are."""
    scheme, found, rest = address.partition("://")
    if found and scheme != "sqlite":
        return address
    if not found:
        return str(root / Path(address).expanduser())
    name, mark, query = rest.removeprefix("/").partition("?")
    if not rest.startswith("/") or name in ("", ":memory:") or Path(unquote(name)).is_absolute():
        return address
    return f"sqlite:///{quote(str(root))}/{name}{mark}{query}"


def project_root(start: Path) -> tuple[Path, str]:
    """The project's root for a start folder, and which mark decided it."""
    start = start.resolve()
    for folder in (start, *start.parents):
        for mark in ROOT_MARKS:
            if (folder / mark).exists():
                return folder, f"{mark} found in {folder}"
    return start, "no project mark upward, so the start folder"


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except Exception:  # noqa: BLE001 - no password entry, no environment: a container's bare uid
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"


def _from_file(root: Path) -> tuple[Mapping[str, Any], str]:
    path = root / "pyproject.toml"
    try:
        table = tomllib.loads(path.read_text("utf-8")).get("tool", {}).get("trackbook", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}, str(path)
    return (table if isinstance(table, dict) else {}), str(path)


def load(
    start: str | os.PathLike[str] | None = None,
    *,
    tracking_uri: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Read the settings for a start folder (the current one by default)."""
    environ = os.environ if environ is None else environ
    root, why = project_root(Path(start) if start is not None else Path.cwd())
    from_file, file_name = _from_file(root)
    origin = {"home": why}

    def place(name: str, given: str | None, variables: tuple[str, ...], default: str, reason: str) -> str:
        picked = pick(name, given, variables, default, reason)
        return picked if given or not picked else from_root(picked, root)

    def pick(name: str, given: str | None, variables: tuple[str, ...], default: str, reason: str) -> str:
        if given:
            origin[name] = "argument"
            return given
        for variable in variables:
            if environ.get(variable) and not environ[variable].startswith(IN_MLFLOW):
                origin[name] = f"environment variable {variable}"
                return environ[variable]
        if isinstance(from_file.get(name), str | bool) and from_file[name] != "":
            origin[name] = file_name
            return str(from_file[name])
        origin[name] = reason
        return default

    home = root / HOME_NAME
    return Settings(
        home=home,
        tracking_uri=place(
            "tracking_uri", tracking_uri, ("TRACKBOOK_TRACKING_URI", "MLFLOW_TRACKING_URI"), str(home), "the home"
        ),
        artifact_root=place("artifact_root", None, ("TRACKBOOK_ARTIFACT_ROOT",), "", "default"),
        experiment=pick(
            "experiment", None, ("TRACKBOOK_EXPERIMENT", "MLFLOW_EXPERIMENT_NAME"), DEFAULT_EXPERIMENT, "default"
        ),
        user=pick("user", None, ("TRACKBOOK_USER",), _user(), "the operating system"),
        notebook_outputs=pick("notebook_outputs", None, ("TRACKBOOK_NOTEBOOK_OUTPUTS",), "", "default").lower() in YES,
        origin=origin,
    )
