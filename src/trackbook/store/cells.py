"""Cell lines: the versions of a notebook cell, one for each run that it made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, select

from trackbook.core import access
from trackbook.core.entities import CellVersion
from trackbook.core.events import CellRecorded
from trackbook.core.ports import Cells
from trackbook.store import schema
from trackbook.store.engine import Database
from trackbook.store.ids import experiment_numbers

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from trackbook.store.dialect import Dialect

_cells, _runs = schema.cells.c, schema.runs.c
_AT_ONCE = 500


class SqlCells:
    def __init__(self, database: Database) -> None:
        self._database = database

    def of_run(self, run_id: str) -> CellVersion | None:
        found = self._read(_query().where(_runs.run_id == run_id))
        return found[0] if found else None

    def of_runs(self, run_ids: Sequence[str]) -> Mapping[str, CellVersion]:
        wanted = list(dict.fromkeys(run_ids))
        found: list[CellVersion] = []
        for start in range(0, len(wanted), _AT_ONCE):
            found += self._read(_query().where(_runs.run_id.in_(wanted[start : start + _AT_ONCE])))
        return {cell.run_id: cell for cell in found}

    def versions(self, line: str, limit: int = 100) -> Sequence[CellVersion]:
        query = _query().where(_cells.line == line, _runs.deleted_ms.is_(None))
        return self._read(query.order_by(_cells.version.desc()).limit(limit))

    def lines(self, notebook: str | None, limit: int = 200) -> Sequence[CellVersion]:
        newest = (
            select(_cells.line, func.max(_cells.version).label("version"))
            .join(schema.runs, _runs.id == _cells.run)
            .where(_cells.notebook.is_(None) if notebook is None else _cells.notebook == notebook)
            .where(_runs.deleted_ms.is_(None))
            .group_by(_cells.line)
            .subquery()
        )
        query = _query().join(newest, (newest.c.line == _cells.line) & (newest.c.version == _cells.version))
        return self._read(query.order_by(_runs.start_ms.desc(), _runs.id.desc()).limit(limit))

    def _read(self, query: Select[Any]) -> list[CellVersion]:
        with self._database.read() as connection:
            return [CellVersion(*row) for row in connection.execute(query)]


def record(connection: Connection, dialect: Dialect, run: int, cell: CellRecorded) -> None:
    """Keep the cell of a run as the next version of its line; a run that has its cell keeps it.

    The line counts on whatever becomes of its runs, so that a version's number never comes twice.
    """
    if connection.execute(select(_cells.run).where(_cells.run == run)).first() is not None:
        return
    counting = dialect.insert(schema.cell_lines)
    counted = counting.on_conflict_do_update(
        index_elements=["line"], set_={"last_version": schema.cell_lines.c.last_version + 1}
    ).returning(schema.cell_lines.c.last_version)
    version = connection.execute(counted, {"line": cell.line, "last_version": 1}).scalar_one()
    connection.execute(
        schema.cells.insert().values(
            run=run,
            line=cell.line,
            version=version,
            source=cell.source,
            cell_id=cell.cell_id,
            notebook=cell.notebook,
            guessed=cell.guessed,
            execution_count=cell.execution_count,
        )
    )


def _query() -> Select[Any]:
    """Columns in the order of `CellVersion`'s fields, of runs that may be seen."""
    seen = access.sight().experiments
    query = select(
        _runs.run_id,
        _cells.line,
        _cells.version,
        _cells.source,
        _cells.cell_id,
        _cells.notebook,
        _cells.guessed,
        _cells.execution_count,
    )
    query = query.join_from(schema.cells, schema.runs, _runs.id == _cells.run)
    return query if seen is None else query.where(_runs.experiment.in_(experiment_numbers(seen)))


def _fits(cells: SqlCells) -> Cells:
    return cells
