"""Paths that clients give.  One `..` in them, however often it was encoded, and they are refused."""

from __future__ import annotations

from urllib.parse import unquote

from trackbook.core.names import check_artifact_path, check_run_id
from trackbook.errors import InvalidName, NotFound, UnsafePath

DECODINGS = 3
"""The server has decoded a path once before it comes here; peers were fooled by paths encoded twice and thrice."""
ARTIFACTS = "artifacts"


def climbs(path: str) -> bool:
    """Whether it could lead upward or to another root in anyone's reading."""
    for _ in range(DECODINGS):
        if "\0" in path or ".." in path.replace("\\", "/").split("/"):
            return True
        path = unquote(path)
    return False


def checked(path: str) -> str:
    """A relative path that stays below its root.  Raises `UnsafePath`."""
    if climbs(path) or path.startswith("/") or unquote(unquote(path)).startswith(("/", "\\")):
        raise UnsafePath(path)
    return check_artifact_path(path)


def place_of(path: str) -> tuple[str, str]:
    """The run, and the path in its artifacts, of `<experiment>/<run>/artifacts[/<path>]`.

    Raises `UnsafePath`; `NotFound` for a path outside the artifacts of runs, since nothing is served there.
    """
    parts = checked(path).split("/")
    if len(parts) < 3 or parts[2] != ARTIFACTS:
        raise NotFound("artifact", path, "files lie below <experiment id>/<run id>/artifacts/")
    try:
        return check_run_id(parts[1]), "/".join(parts[3:])
    except InvalidName:
        raise NotFound("run", parts[1]) from None
