"""Paths that clients give.  One `..` in them, however often it was encoded, and they are refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from trackbook.core.logged_models import FOLDER as MODELS
from trackbook.core.logged_models import is_model_id
from trackbook.core.names import check_artifact_path, check_run_id
from trackbook.errors import InvalidName, NotFound, UnsafePath

DECODINGS = 3
"""The server has decoded a path once before it comes here; peers were fooled by paths encoded twice and thrice."""
ARTIFACTS = "artifacts"
_ROOTED = re.compile(r"[/\\]|[A-Za-z]:[/\\]|[A-Za-z][A-Za-z0-9+.\-]*://")
"""A path from the root, of a drive, or of another scheme."""


def _readings(path: str) -> Iterator[str]:
    for _ in range(DECODINGS):
        yield path
        path = unquote(path)


def climbs(path: str) -> bool:
    """Whether it could lead upward or to another root in anyone's reading."""
    return any("\0" in one or ".." in one.replace("\\", "/").split("/") for one in _readings(path))


def checked(path: str) -> str:
    """A relative path that stays below its root.  Raises `UnsafePath`."""
    if climbs(path) or any(map(_ROOTED.match, _readings(path))):
        raise UnsafePath(path)
    return check_artifact_path(path)


@dataclass(frozen=True, slots=True)
class Place:
    """A path in the artifacts of a run or of a logged model."""

    owner: str
    path: str
    is_model: bool = False

    @property
    def uri(self) -> str:
        rest = f"/{self.path}" if self.path else ""
        return f"models:/{self.owner}{rest}" if self.is_model else f"runs:/{self.owner}{rest}"


def place_of(path: str) -> Place:
    """Of `<experiment>/<run>/artifacts[/<path>]` or `<experiment>/models/<logged model>/artifacts[/<path>]`.

    Raises `UnsafePath`; `NotFound` for a path outside of these, since nothing is served there.
    """
    parts = checked(path).split("/")
    if len(parts) >= 4 and parts[1] == MODELS and parts[3] == ARTIFACTS and is_model_id(parts[2]):
        return Place(parts[2], "/".join(parts[4:]), is_model=True)
    if len(parts) < 3 or parts[2] != ARTIFACTS:
        raise NotFound("artifact", path, "files lie below <experiment id>/<run id>/artifacts/")
    try:
        return Place(check_run_id(parts[1]), "/".join(parts[3:]))
    except InvalidName:
        raise NotFound("run", parts[1]) from None
