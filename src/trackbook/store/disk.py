"""Where a store's bytes are, what lies there without an owner, and giving space back.

Orphans are looked for in the store's own folder only, and only where no other database lies beside it: two stores that
share a folder have the same tree, and the runs of one would be orphans to the other.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, text

from trackbook.core.ports import Disk
from trackbook.core.trash import DiskReport, Orphan, Usage
from trackbook.errors import InvalidValue
from trackbook.store import schema
from trackbook.store.artifacts import SqlArtifacts
from trackbook.store.engine import Database
from trackbook.store.files.paths import is_remote, local_path
from trackbook.store.places import FOLDER, Places
from trackbook.store.trash import files_by_run, points_by_run

if TYPE_CHECKING:
    from sqlalchemy import Connection

_runs, _experiments = schema.runs.c, schema.experiments.c
ORPHAN_AGE_S = 24 * 3600
"""A folder that was changed since may belong to a run that is on its way into the store."""
_RUN = re.compile(r"[a-zA-Z0-9][\w\-]{0,255}\Z")
_AT_ONCE = 500
_DOCUMENTS = select(func.coalesce(func.sum(func.length(schema.packs.c.data)), 0))


class SqlDisk:
    def __init__(self, database: Database, places: Places, artifacts: SqlArtifacts) -> None:
        self._database, self._places, self._artifacts = database, places, artifacts

    def report(self, largest: int = 10) -> DiskReport:
        files, points = files_by_run(), points_by_run()
        size = func.coalesce(files.c.size_bytes, 0)
        count = func.coalesce(points.c.points, 0)
        held = (func.sum(func.coalesce(files.c.files, 0)), func.sum(size), func.sum(count))
        tables = schema.runs.outerjoin(files, files.c.run == _runs.id).outerjoin(points, points.c.run == _runs.id)
        by_experiment = (
            select(_experiments.id, _experiments.name, func.count(_runs.id), *held)
            .select_from(schema.experiments.outerjoin(tables, _runs.experiment == _experiments.id))
            .group_by(_experiments.id, _experiments.name)
        )
        trashed = select(func.count(), *held).select_from(tables).where(_runs.deleted_ms.is_not(None))
        runs = select(_runs.run_id, _runs.name, func.coalesce(files.c.files, 0), size, count).select_from(tables)
        runs = runs.order_by(size.desc(), count.desc(), _runs.id).limit(largest)
        with self._database.read() as connection:
            used, free = self._sizes(connection)
            experiments = [_usage(name, row, str(number)) for number, name, *row in connection.execute(by_experiment)]
            return DiskReport(
                database_bytes=used,
                reclaimable_bytes=free,
                experiments=sorted(experiments, key=lambda one: (-one.size_bytes, -one.points, one.name)),
                trash=_usage("trash", connection.execute(trashed).one()),
                documents_bytes=int(connection.execute(_DOCUMENTS).scalar_one()),
                largest=[_usage(name, (1, *row), run_id) for run_id, name, *row in connection.execute(runs)],
            )

    def orphans(self) -> Sequence[Orphan]:
        root = self._own_root()
        if root is None:
            return []
        old = [folder for folder in _run_folders(root) if _changed_s(folder) < time.time() - ORPHAN_AGE_S]
        known: set[str] = set()
        with self._database.read() as connection:
            for first in range(0, len(old), _AT_ONCE):
                some = [folder.name for folder in old[first : first + _AT_ONCE]]
                known.update(connection.execute(select(_runs.run_id).where(_runs.run_id.in_(some))).scalars())
        return [Orphan(str(folder), _bytes_below(folder)) for folder in old if folder.name not in known]

    def clear(self, orphans: Sequence[Orphan]) -> int:
        still = {one.path: one.size_bytes for one in self.orphans()}
        for one in orphans:
            if one.path not in still:
                raise InvalidValue(f"{one.path} is no orphan of this store: list them again")
        for one in orphans:
            shutil.rmtree(one.path)
        return sum(still[one.path] for one in orphans) + self.sweep()

    def sweep(self) -> int:
        return self._artifacts.sweep()

    def compact(self) -> int:
        with self._database.read() as connection:
            before, _ = self._sizes(connection)
        with self._database.unbound() as connection:
            connection.execute(text("VACUUM"))
            if self._database.path is not None:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        with self._database.read() as connection:
            after, _ = self._sizes(connection)
        return max(before - after, 0)

    def _own_root(self) -> Path | None:
        if is_remote(self._places.root_uri):
            return None
        root = local_path(self._places.root_uri)
        others = {file.name for file in root.parent.glob("*.db")} - {self._database.path and self._database.path.name}
        return None if others else root

    def _sizes(self, connection: Connection) -> tuple[int, int]:
        """Bytes of the database, and of these what lies unused in it."""
        path = self._database.path
        if path is None:
            return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()), 0
        files = [path, path.with_name(path.name + "-wal")]
        pages, page = (
            connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in ("freelist_count", "page_size")
        )
        return sum(file.stat().st_size for file in files if file.exists()), int(pages) * int(page)


def _usage(name: str, row: Sequence[Any], id: str = "") -> Usage:
    runs, files, size, points = (int(value or 0) for value in row)
    return Usage(name, runs, files, size, points, id)


def _run_folders(root: Path) -> Iterator[Path]:
    for folder in sorted(root.glob(f"*/*/{FOLDER}")):
        run = folder.parent
        if (
            run.parent.name.isdecimal()
            and _RUN.match(run.name)
            and not run.is_symlink()
            and not run.parent.is_symlink()
        ):
            yield run


def _changed_s(folder: Path) -> float:
    """When anything in it changed last, s since the epoch."""
    return max(os.lstat(place).st_mtime for place in (folder, *folder.rglob("*")))


def _bytes_below(folder: Path) -> int:
    """What deleting it gives back: content with another name is not counted."""
    found = (os.lstat(place) for place in folder.rglob("*"))
    return sum(one.st_size for one in found if one.st_nlink == 1)


def _fits(disk: SqlDisk) -> Disk:
    return disk
