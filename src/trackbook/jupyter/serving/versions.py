"""The versions of a cell, and how one of them differs from what stands in the cell now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.capture.secrets import redact
from trackbook.capture.secrets.findings import LABEL
from trackbook.core import tags
from trackbook.errors import InvalidValue, NotFound
from trackbook.jupyter.serving.payloads import LabDiff, LabVersion, LabVersions
from trackbook.jupyter.serving.runs import find, tagged
from trackbook.widgets import diffs
from trackbook.widgets.heads import cell_place

if TYPE_CHECKING:
    from trackbook.jupyter.serving.stores import Place

MOST_VERSIONS = 100
MOST_TEXT = 1_000_000
"""Characters of a cell that is compared."""


def line_versions(place: Place, line: str) -> LabVersions:
    """Newest first, deleted runs apart.  Raises `NotFound`."""
    found = find(place.store, tagged(tags.CELL_LINE, line), limit=MOST_VERSIONS)
    made = []
    for one in found.told:
        cell = found.cells.get(one["run"]["run_id"])
        if cell is not None and cell.line == line:
            made.append(LabVersion(**one, version=cell.version, execution_count=cell.execution_count))
    if not made:
        raise NotFound("cell", line, "none of its runs is kept any more")
    newest = found.cells[made[0]["run"]["run_id"]]
    return LabVersions(line=line, label=cell_place(newest)["label"], total=found.total, versions=made)


def version_diff(place: Place, run_id: str, text: str) -> LabDiff:
    """A version's source, and what putting it into a cell with this text would change.  Raises `NotFound`."""
    if len(text) > MOST_TEXT:
        raise InvalidValue(f"a cell of {len(text)} characters is not compared: the most are {MOST_TEXT}")
    cell = place.store.cells.of_run(run_id)
    if cell is None:
        raise NotFound("cell of run", run_id, "no notebook cell made this run")
    same = _stands(cell.source, text)
    return LabDiff(source=cell.source, same=same, lines=[] if same else diffs.unified(text, cell.source))


def _stands(source: str, text: str) -> bool:
    """Whether this text is that of the version but for the ends of lines, and secrets that it was recorded without."""
    lines = source.splitlines()
    return lines == text.splitlines() or (LABEL in source and lines == redact(text).text.splitlines())
