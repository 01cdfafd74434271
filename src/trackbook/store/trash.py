"""The trash: what deleted runs hold, and deleting them for good.

A run's files go first and its rows after them, so that a process that dies in between leaves a run in the trash that
can be emptied again, and never files without an owner.  Rows go in small transactions, since SQLite lets nobody else
write meanwhile.  Rows of `keys` stay: other connections remember them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, exists, func, or_, select, union_all
from sqlalchemy.exc import IntegrityError

from trackbook.core.clock import now_ms
from trackbook.core.entities import RunStatus
from trackbook.core.ports import Trash
from trackbook.core.trash import Emptied, TrashedRun
from trackbook.errors import NotFound
from trackbook.store import schema
from trackbook.store.artifacts import SqlArtifacts
from trackbook.store.engine import Database

if TYPE_CHECKING:
    from sqlalchemy import Connection

_runs, _experiments = schema.runs.c, schema.experiments.c
_inputs, _versions = schema.inputs.c, schema.model_versions.c
_logged = schema.logged_models.c
AT_ONCE = 100
"""Runs whose rows go in one transaction."""
NOT_DELETED = "it is not in the trash: delete it first"
STILL_RUNNING = "it is still recorded into: end it first"


class SqlTrash:
    def __init__(self, database: Database, artifacts: SqlArtifacts) -> None:
        self._database, self._artifacts = database, artifacts

    def contents(self, older_than_ms: int | None = None) -> Sequence[TrashedRun]:
        deleted = _runs.deleted_ms
        in_trash = deleted.is_not(None) if older_than_ms is None else deleted <= now_ms() - older_than_ms
        files, points = files_by_run(), points_by_run()
        query = (
            select(
                _runs.run_id,
                _runs.name,
                _experiments.name.label("experiment"),
                _runs.deleted_ms,
                _runs.status,
                func.coalesce(files.c.files, 0).label("files"),
                func.coalesce(files.c.size_bytes, 0).label("size_bytes"),
                func.coalesce(points.c.points, 0).label("points"),
            )
            .join_from(schema.runs, schema.experiments, _experiments.id == _runs.experiment)
            .outerjoin(files, files.c.run == _runs.id)
            .outerjoin(points, points.c.run == _runs.id)
            .where(in_trash)
            .order_by(_runs.deleted_ms, _runs.id)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
            registered = _registered(connection)
        return [
            TrashedRun(
                run_id=row.run_id,
                name=row.name,
                experiment=row.experiment,
                deleted_ms=row.deleted_ms,
                files=int(row.files),
                size_bytes=int(row.size_bytes),
                points=int(row.points),
                kept_for=_objection(row, registered),
            )
            for row in rows
        ]

    def empty(self, run_ids: Sequence[str], *, force: bool = False) -> Emptied:
        going, kept = self._judged(list(dict.fromkeys(run_ids)), force=force)
        freed = 0
        experiments: set[int] = set()
        for first in range(0, len(going), AT_ONCE):
            some = going[first : first + AT_ONCE]
            freed += sum(self._artifacts.delete(run_id) for run_id in some)
            experiments |= self._delete_rows(some)
        if going:
            freed += self._artifacts.sweep_documents()
        names = self._drop_experiments(experiments)
        return Emptied(tuple(going), kept, tuple(names), freed)

    def empty_experiments(self, older_than_ms: int | None = None) -> Sequence[str]:
        before = now_ms() - (older_than_ms or 0)
        with self._database.read() as connection:
            wanted = select(_experiments.id).where(_experiments.deleted_ms <= before)
            found = set(connection.execute(wanted).scalars())
        return self._drop_experiments(found)

    def _judged(self, run_ids: Sequence[str], *, force: bool) -> tuple[list[str], dict[str, str]]:
        """Which may go, and why the others stay.  Raises `NotFound` for one that is not there."""
        rows: dict[str, Any] = {}
        with self._database.read() as connection:
            for some in _some(run_ids):
                query = select(_runs.run_id, _runs.deleted_ms, _runs.status).where(_runs.run_id.in_(some))
                rows.update({row.run_id: row for row in connection.execute(query)})
            registered = _registered(connection)
        for run_id in run_ids:
            if run_id not in rows:
                raise NotFound("run", run_id, "nothing was deleted")
        kept: dict[str, str] = {}
        for run_id in run_ids:
            if rows[run_id].deleted_ms is None:
                kept[run_id] = NOT_DELETED
            elif not force and (reason := _objection(rows[run_id], registered)):
                kept[run_id] = reason
        return [run_id for run_id in run_ids if run_id not in kept], kept

    def _delete_rows(self, run_ids: Sequence[str]) -> set[int]:
        """The experiments that they belonged to, or had their files with."""
        table = schema.runs
        with self._database.write() as connection:
            # One that was restored meanwhile stays.
            gone = delete(table).where(table.c.run_id.in_(run_ids), table.c.deleted_ms.is_not(None))
            rows = connection.execute(gone.returning(table.c.experiment, table.c.home)).all()
        experiments = {number for row in rows for number in row if number is not None}
        drop_datasets(self._database, experiments)
        return experiments

    def _drop_experiments(self, numbers: set[int]) -> list[str]:
        """Delete those of them that are deleted and hold no run, no logged model, nor files of a run that was moved."""
        if not numbers:
            return []
        runs = exists(select(1).where(or_(_runs.experiment == _experiments.id, _runs.home == _experiments.id)))
        models = exists(select(1).where(_logged.experiment == _experiments.id))
        table = schema.experiments
        names: list[str] = []
        with self._database.write() as connection:
            for some in _some(sorted(numbers)):
                empty = (
                    table.c.id.in_(some),
                    table.c.deleted_ms.is_not(None),
                    ~runs.correlate(table),
                    ~models.correlate(table),
                )
                names += connection.execute(delete(table).where(*empty).returning(table.c.name)).scalars()
        return sorted(names)


def drop_datasets(database: Database, experiments: set[int]) -> None:
    """Delete the datasets of these experiments that no run refers to."""
    table = schema.datasets
    unused = and_(table.c.experiment.in_(experiments), ~exists(select(1).where(_inputs.dataset == table.c.id)))
    # A run that is recorded at this moment may begin to use one of them: then they go with the next run that goes.
    with suppress(IntegrityError), database.write() as connection:
        connection.execute(delete(table).where(unused))


def files_by_run() -> Any:
    """run -> files and size_bytes, as the manifest has them, documents included."""
    kinds = (schema.artifacts.c, schema.documents.c)
    both = union_all(*(select(table.run, table.size) for table in kinds)).subquery("both").c
    columns = (both.run, func.count().label("files"), func.sum(both.size).label("size_bytes"))
    return select(*columns).group_by(both.run).subquery("files")


def points_by_run() -> Any:
    """run -> points of all its metrics."""
    table = schema.metrics.c
    return select(table.run, func.sum(table.count).label("points")).group_by(table.run).subquery("points")


def _registered(connection: Connection) -> Mapping[str, str]:
    """Run id -> the registered version that came from it."""
    columns = (
        schema.registered_models.c.name,
        *(_versions[one] for one in ("version", "run_id", "source", "location")),
    )
    query = select(*columns).join_from(schema.model_versions, schema.registered_models)
    found: dict[str, str] = {}
    for name, version, run_id, source, location in connection.execute(query.order_by(_versions.version)):
        for owner in (run_id, _run_of(source), _run_of(location)):
            if owner:
                found[owner] = f"version {version} of registered model {name!r}"
    return found


def _run_of(uri: str | None) -> str:
    scheme, _, rest = (uri or "").partition(":/")
    return rest.lstrip("/").partition("/")[0] if scheme == "runs" else ""


def _objection(row: Any, registered: Mapping[str, str]) -> str:
    if row.run_id in registered:
        return f"{registered[row.run_id]} comes from it: delete that first"
    return STILL_RUNNING if row.status == RunStatus.RUNNING else ""


def _some(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[first : first + AT_ONCE] for first in range(0, len(values), AT_ONCE))


def _fits(trash: SqlTrash) -> Trash:
    return trash
