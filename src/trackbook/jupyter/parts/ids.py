"""Ids that several cells of the notebook have: the run says so, and later runs are told apart by their sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from trackbook.jupyter import lineids
from trackbook.jupyter.parts.part import Capture, History

if TYPE_CHECKING:
    from trackbook.jupyter.recording import CellRun


class IdsPart(Capture):
    name: ClassVar[str] = "the cell's id"

    def after(self, cell_run: CellRun, history: History) -> None:
        cell = cell_run.cell
        count = lineids.learn(cell.place, cell.cell_id)
        if not count or cell.cell_id is None or cell_run.options.cell is not None:
            return
        name = lineids.told_apart(cell.place, cell.cell_id, cell.source)
        where = "" if cell.line.key.endswith(f"#{name}") else f", but for this run, which should stand in {name}"
        cell_run.run.warn(
            f"{count} cells of the notebook have the id {cell.cell_id}: their lines are told apart by their sources"
            f"{where}; --cell names one"
        )
