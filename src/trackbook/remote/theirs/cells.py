"""Cells on a foreign server: tags of their runs.  A source that is too long for a tag is read from the run's files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from trackbook.core.entities import CellVersion, ViewType
from trackbook.core.filters.tree import Tag, quoted_text
from trackbook.core.ports import Cells, RunQuery
from trackbook.core.tags import SOURCE_FILE
from trackbook.errors import NotFound
from trackbook.remote.theirs import known
from trackbook.remote.theirs.artifacts import TheirArtifacts
from trackbook.remote.theirs.ids import Ids
from trackbook.remote.theirs.runs import TheirRuns
from trackbook.wire import runs as wire
from trackbook.wire.messages import mapping


class TheirCells:
    def __init__(self, ids: Ids, runs: TheirRuns, artifacts: TheirArtifacts) -> None:
        self._ids, self._runs, self._artifacts = ids, runs, artifacts

    def of_run(self, run_id: str) -> CellVersion | None:
        return self.of_runs([run_id]).get(run_id)

    def of_runs(self, run_ids: Sequence[str]) -> Mapping[str, CellVersion]:
        found = {}
        for run_id in dict.fromkeys(run_ids):
            try:
                cell = self._cell(self._ids.read(self._ids.theirs(run_id)))
            except NotFound:
                continue
            if cell is not None:
                found[run_id] = replace(cell, run_id=run_id)
        return found

    def versions(self, line: str, limit: int = 100) -> Sequence[CellVersion]:
        found = [cell for cell in map(self._cell, self._told(known.LINE, line)) if cell is not None]
        return sorted(found, key=lambda cell: -cell.version)[:limit]

    def lines(self, notebook: str | None, limit: int = 200) -> Sequence[CellVersion]:
        condition = (known.LINE, None) if notebook is None else (known.NOTEBOOK, notebook)
        newest: dict[str, tuple[int, CellVersion]] = {}
        for run in self._told(*condition):
            cell = self._cell(run)
            if cell is not None and cell.notebook == notebook:
                before = newest.get(cell.line)
                if before is None or cell.version > before[1].version:
                    newest[cell.line] = (run.info.start_time, cell)
        ranked = sorted(newest.values(), key=lambda found: -found[0])
        return [cell for _, cell in ranked[:limit]]

    def next_version(self, line: str) -> int:
        """Deleted runs keep their numbers."""
        cells = (known.cell_of("", mapping(run.data.tags)) for run in self._told(known.LINE, line, ViewType.ALL))
        return 1 + max((cell.version for cell in cells if cell is not None), default=0)

    def _told(self, tag: str, value: str | None, view: ViewType = ViewType.ACTIVE_ONLY) -> Sequence[wire.Run]:
        test = "LIKE '%'" if value is None else f"= {quoted_text(value)}"
        return list(self._runs.told(RunQuery(view=view), f"{Tag(tag)} {test}"))

    def _cell(self, run: wire.Run) -> CellVersion | None:
        tags = mapping(run.data.tags)
        cell = known.cell_of(tags.get(known.RUN_ID) or run.info.run_id, tags)
        if cell is None or known.SOURCE in tags:
            return cell
        try:
            with self._artifacts.open(cell.run_id, SOURCE_FILE) as file:
                return replace(cell, source=file.read().decode("utf-8", "replace"))
        except NotFound:
            return cell


def _fits(cells: TheirCells) -> Cells:
    return cells
