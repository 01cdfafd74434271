"""MLflow's `mlflow.artifacts`: files of runs by URI or by run and path.

URIs are `runs:/<run id>/<path>`, `models:/...`, a run's own artifact URI, or a local path or `file:` URI.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.core import model_uris
from trackbook.errors import InvalidValue, MissingDependency, NotFound
from trackbook.tracking.client import TrackbookClient

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.core.entities import FileInfo

__all__ = ["download_artifacts", "list_artifacts", "load_dict", "load_image", "load_text"]


def download_artifacts(
    artifact_uri: str | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    dst_path: str | None = None,
    tracking_uri: str | None = None,
    registry_uri: str | None = None,
) -> str:
    """Copy a file or folder to `dst_path` (a new temporary folder by default); the local path of it.

    What lies on this machine outside the store is not copied without a `dst_path`.  Raises `NotFound`.
    """
    client = TrackbookClient(tracking_uri, registry_uri)
    place = _place(client, artifact_uri, run_id, artifact_path)
    if isinstance(place, tuple):
        return client.download_artifacts(*place, dst_path)
    if not place.exists():
        raise NotFound("file", str(place))
    if dst_path is None:
        return str(place)
    target = Path(dst_path) / place.name
    target.parent.mkdir(parents=True, exist_ok=True)
    if place.is_dir():
        shutil.copytree(place, target, dirs_exist_ok=True)
    else:
        shutil.copyfile(place, target)
    return str(target)


def list_artifacts(
    artifact_uri: str | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    tracking_uri: str | None = None,
) -> Sequence[FileInfo]:
    """One level of a run's files."""
    client = TrackbookClient(tracking_uri)
    place = _place(client, artifact_uri, run_id, artifact_path)
    if not isinstance(place, tuple):
        raise InvalidValue(f"{artifact_uri!r} lies outside the runs of this store: give 'runs:/<run id>/<path>'")
    return client.list_artifacts(*place)


def load_text(artifact_uri: str) -> str:
    """A file's text (UTF-8)."""
    return _read(artifact_uri).decode()


def load_dict(artifact_uri: str) -> Any:
    """A JSON file's content.  Raises `InvalidValue` for what is no JSON."""
    try:
        return json.loads(_read(artifact_uri))
    except ValueError as error:
        raise InvalidValue(f"{artifact_uri} is no JSON: {error}") from error


def load_image(artifact_uri: str) -> Any:
    """A picture, as PIL reads it."""
    try:
        from PIL import Image
    except ImportError as error:
        raise MissingDependency("pillow", "load_image", "pillow") from error
    import io

    return Image.open(io.BytesIO(_read(artifact_uri)))


def _read(uri: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="trackbook-") as folder:
        return Path(download_artifacts(uri, dst_path=folder)).read_bytes()


def _place(client: TrackbookClient, uri: str | None, run_id: str | None, path: str | None) -> tuple[str, str] | Path:
    """Run and path, or a local file."""
    if (uri is None) == (run_id is None):
        raise InvalidValue("give either artifact_uri, or run_id and artifact_path")
    if run_id is not None:
        return run_id, path or ""
    text = str(uri)
    if path is not None:
        raise InvalidValue("artifact_path goes with run_id, not with artifact_uri: add it to the URI")
    if text.startswith("runs:/"):
        run_id, _, rest = text.removeprefix("runs:").lstrip("/").partition("/")
        return run_id, rest
    if text.startswith("models:/"):
        found = model_uris.resolve(client.registry, text)
        return found.run_id, found.path
    parts = urllib.parse.urlsplit(text)
    if parts.scheme == "file":
        return Path(urllib.request.url2pathname(parts.path))
    if parts.scheme and "://" in text:
        raise InvalidValue(
            f"artifact URI {text!r} cannot be read: give 'runs:/<run id>/<path>', 'models:/...' or a path"
        )
    return Path(text)
