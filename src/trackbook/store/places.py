"""Where artifacts lie: `<root>/<experiment id>/<run id>/artifacts`, or below an experiment's own location.

Addresses are made when they are asked for and never stored, so that a home can be moved; an experiment's own
location is what its user gave.  `safe_join` is the only way from a stored or given path to a file.
"""

from __future__ import annotations

import os
import urllib.parse
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from trackbook.core.names import check_artifact_path
from trackbook.errors import InvalidValue, NotFound, UnsafePath
from trackbook.store import schema

if TYPE_CHECKING:
    from sqlalchemy import Connection

FOLDER = "artifacts"


def make_private(root: Path, folder: Path) -> None:
    """Make `folder` and what lies between it and `root`, 0700 each; above `root`, as the user's settings have it."""
    root.parent.mkdir(parents=True, exist_ok=True)
    for part in reversed([folder, *folder.parents]):
        if part.is_relative_to(root):
            part.mkdir(mode=0o700, exist_ok=True)


class Places:
    """The places of one store."""

    def __init__(self, root: Path) -> None:
        """`root` is an absolute folder; it need not be there yet."""
        self.root = root
        self.root_uri = root.as_uri()

    def of_experiment(self, experiment: int, own: str | None) -> str:
        return own.rstrip("/") if own else f"{self.root_uri}/{experiment}"

    def of_experiments(self, connection: Connection, experiments: Collection[int]) -> dict[int, str]:
        """Locations as URIs, by `experiments.id`."""
        table = schema.experiments.c
        rows = connection.execute(select(table.id, table.artifact_location).where(table.id.in_(sorted(experiments))))
        return {number: self.of_experiment(number, own) for number, own in rows}

    def of_run(self, connection: Connection, run_id: str) -> tuple[int, Path]:
        """`runs.id` and the folder of its artifacts.  Raises `NotFound`."""
        runs, experiments = schema.runs.c, schema.experiments.c
        row = connection.execute(
            select(runs.id, runs.experiment, experiments.artifact_location)
            .join_from(schema.runs, schema.experiments, experiments.id == runs.experiment)
            .where(runs.run_id == run_id)
        ).first()
        if row is None:
            raise NotFound("run", run_id)
        folder = local_path(self.of_experiment(row.experiment, row.artifact_location))
        return row.id, safe_join(folder, run_id) / FOLDER

    def make(self, root: Path, folder: Path) -> None:
        """Make a folder in a run's artifacts, whose root is given."""
        make_private(self.root if root.is_relative_to(self.root) else root, folder)


def local_path(location: str) -> Path:
    """The folder of a path or `file:` URI.  Raises `InvalidValue` for any other kind of address."""
    parts = urllib.parse.urlsplit(location)
    if parts.scheme == "file" and parts.netloc in ("", "localhost"):
        return Path(urllib.parse.unquote(parts.path))
    if parts.scheme == "" or (os.name == "nt" and len(parts.scheme) == 1):
        return Path(location)
    raise InvalidValue(f"artifact location {location!r} is not supported: give a local folder or a file: URI")


def safe_join(root: Path, path: str) -> Path:
    """The file of a relative path below `root`, links followed on the way.

    Raises `UnsafePath` for a path that is not plain and relative, or that a link leads out of `root`.
    """
    relative = check_artifact_path(path)
    joined = root / relative
    real_root = os.path.realpath(root)
    real = os.path.realpath(joined)
    if real != real_root and not real.startswith(real_root + os.sep):
        raise UnsafePath(path)
    return joined
