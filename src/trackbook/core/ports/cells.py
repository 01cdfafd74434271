"""Cells that made runs: the port."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from trackbook.core.entities import CellVersion


class Cells(Protocol):
    def of_run(self, run_id: str) -> CellVersion | None: ...

    def of_runs(self, run_ids: Sequence[str]) -> Mapping[str, CellVersion]:
        """By run id; a run that no cell made is left out."""

    def versions(self, line: str, limit: int = 100) -> Sequence[CellVersion]:
        """Newest first; deleted runs are left out."""

    def lines(self, notebook: str | None, limit: int = 200) -> Sequence[CellVersion]:
        """The newest version of each cell line of this notebook, newest first."""
