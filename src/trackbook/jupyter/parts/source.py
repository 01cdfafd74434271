"""The executed source, with its `%%` lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from trackbook.core import tags
from trackbook.jupyter.parts.part import Capture

if TYPE_CHECKING:
    from trackbook.jupyter.recording import CellRun


class SourcePart(Capture):
    name: ClassVar[str] = "the source"

    def collect(self, cell_run: CellRun) -> None:
        cell_run.keep_text(tags.SOURCE_FILE, cell_run.cell.source)
