"""Addresses of artifacts, and `safe_join`, the one guard between a stored or given path and a file.

An address is a folder, a `file:` URI, or a URL whose scheme fsspec knows (`s3://bucket/prefix`).  A path is never
decoded: `%2e%2e` is a folder of that name, and whoever takes paths from URLs decodes once, before.
"""

from __future__ import annotations

import importlib
import os
import urllib.parse
from pathlib import Path
from typing import Any

from trackbook.core.names import check_artifact_path
from trackbook.errors import InvalidValue, MissingDependency, UnsafePath

_EXTRAS = {
    **dict.fromkeys(("s3", "s3a"), ("s3", "s3fs")),
    **dict.fromkeys(("gs", "gcs"), ("gcs", "gcsfs")),
    **dict.fromkeys(("az", "abfs", "abfss", "adl"), ("azure", "adlfs")),
}
"""Scheme -> our extra, and the package that it brings."""
_NO_PLACE = frozenset(
    "asynclocal asyncwrapper blockcache cached data dir filecache generic gist git github http https jlab libarchive "
    "local reference simplecache tar zip".split()
)
"""Schemes of fsspec that cannot be written, or that wrap another address."""


def canonical(location: str) -> str:
    """An address as it is stored: absolute, with a scheme, without a slash at its end.

    Raises `InvalidValue` for an address that cannot be written to, or that holds a password.
    """
    if not is_remote(location):
        return local_path(location).absolute().as_uri()
    parts = urllib.parse.urlsplit(location)
    scheme = parts.scheme.lower()
    if "::" in location or scheme in _NO_PLACE or not _is_known(scheme):
        raise InvalidValue(
            f"artifact location {location!r} is not supported: give a folder, or a URL that fsspec can write to "
            "(s3://, gs://, az://)"
        )
    if "@" in parts.netloc and ":" in parts.netloc.rpartition("@")[0]:
        raise InvalidValue(
            f"artifact location {scheme}://…@{parts.netloc.rpartition('@')[2]} holds a password, which would be stored "
            "and shown: leave it out, and configure fsspec (~/.config/fsspec) or the environment instead"
        )
    if ".." in location.split("/"):
        raise UnsafePath(location)
    return scheme + location[len(scheme) :].rstrip("/")


def is_remote(location: str) -> bool:
    scheme = urllib.parse.urlsplit(location).scheme.lower()
    return "://" in location and scheme != "file"


def local_path(location: str) -> Path:
    """The folder of a path or `file:` URI.  Raises `InvalidValue` for any other kind of address."""
    parts = urllib.parse.urlsplit(location)
    if parts.scheme == "file" and parts.netloc in ("", "localhost"):
        return Path(urllib.parse.unquote(parts.path))
    if parts.scheme == "" or (os.name == "nt" and len(parts.scheme) == 1):
        return Path(location)
    raise InvalidValue(f"artifact location {location!r} is not supported: give a folder, a file: URI or an fsspec URL")


def file_system(url: str) -> tuple[Any, str]:
    """fsspec's file system for a URL, and the path of the URL in it.

    Raises `MissingDependency`.  fsspec keeps one per thread and process, so that this is cheap to ask again and right
    after a fork.
    """
    from fsspec.core import url_to_fs

    scheme = urllib.parse.urlsplit(url).scheme
    extra, package = _EXTRAS.get(scheme, ("", ""))
    options = {}
    if scheme in ("s3", "s3a") and (endpoint := os.environ.get("MLFLOW_S3_ENDPOINT_URL")):
        options["endpoint_url"] = endpoint
    try:
        if package:
            importlib.import_module(package)
        return url_to_fs(url, **options)  # type: ignore[no-any-return]
    except ImportError as error:
        install = f"'trackbook[{extra}]'" if extra else (error.name or scheme)
        raise MissingDependency(error.name or package or scheme, f"artifact location {scheme}://", install) from error


def safe_join(root: Path, path: str) -> Path:
    """The file of a relative path below `root`, links followed on the way.

    Raises `UnsafePath` for a path that is not plain and relative, or that a link leads out of `root`.
    """
    relative = check_artifact_path(path)
    joined = root / relative
    real_root = os.path.realpath(root)
    real = os.path.realpath(joined)
    if real != real_root and not real.startswith(real_root.rstrip(os.sep) + os.sep):
        raise UnsafePath(path)
    return joined


def make_private(root: Path, folder: Path) -> None:
    """Make `folder` and what lies between it and `root`, 0700 each; above `root`, as the user's settings have it."""
    if folder.is_dir():
        return
    root.parent.mkdir(parents=True, exist_ok=True)
    for part in reversed([folder, *folder.parents]):
        if part.is_relative_to(root):
            part.mkdir(mode=0o700, exist_ok=True)


def _is_known(scheme: str) -> bool:
    from fsspec.registry import known_implementations, registry

    return scheme in known_implementations or scheme in registry
