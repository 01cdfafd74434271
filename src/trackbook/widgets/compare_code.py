"""How the code of runs differs: the run's own cell, the minimal program, and the notebook, cell by cell.

Cells are matched by their id, and what is left in order by likeness of source, so that a moved, renamed or copied cell
meets its like; within a pair lines are compared.  Outputs and execution counts are left alone: they are results.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from trackbook.core import tags
from trackbook.tracking.executions import last
from trackbook.widgets import diffs, files
from trackbook.widgets.compare_payloads import CellPair, CodePair

if TYPE_CHECKING:
    from trackbook.core.entities import Run
    from trackbook.core.ports import Store

KINDS = ("cell", "program", "notebook")
ALIKE = 0.5
"""Sources at least this alike are versions of one cell."""
MAX_CELLS = 400
MAX_SOURCE = 20_000
"""Characters of a cell that are compared."""
OUR_NOTES = frozenset({"about", "load"})
"""Ids of the cells that a program's notebook begins with."""


@dataclass(frozen=True, slots=True)
class Cell:
    cell_id: str
    kind: str
    source: str


def code_pairs(store: Store, runs: Sequence[Run], what: str) -> list[CodePair]:
    """Each run's code against the first run's; nothing where no run has any."""
    columns = [cells_of(store, run, what) for run in runs]
    if not any(columns):
        return []
    return [
        CodePair(run_id=run.info.run_id, cells=pairs(columns[0], cells))
        for run, cells in zip(runs[1:], columns[1:], strict=True)
    ]


def cells_of(store: Store, run: Run, what: str) -> list[Cell]:
    """The cells of a run's code, in order; none where it was not recorded."""
    if what == "cell":
        found = store.cells.of_run(run.info.run_id)
        return [] if found is None else [Cell(found.line, "code", found.source[:MAX_SOURCE])]
    path = tags.PROGRAM_NOTEBOOK_FILE if what == "program" else tags.NOTEBOOK_FILE
    document = files.read_json(store, run.info.run_id, last(run.data.tags, path))
    listed = document.get("cells") if isinstance(document, dict) else None
    cells = [_cell(one) for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    kept = [one for one in cells if one.source.strip() and not (what == "program" and one.cell_id in OUR_NOTES)]
    return kept[:MAX_CELLS]


def _cell(found: Mapping[str, Any]) -> Cell:
    source = found.get("source")
    text = "".join(map(str, source)) if isinstance(source, list) else str(source or "")
    return Cell(str(found.get("id") or ""), str(found.get("cell_type") or "code"), text[:MAX_SOURCE])


def pairs(before: Sequence[Cell], after: Sequence[Cell]) -> list[CellPair]:
    """Cells side by side in the order of the second, those that are gone where they stood."""
    matched = match(before, after)
    made: list[CellPair] = []
    told: set[int] = set()
    for place, cell in enumerate(after):
        old = matched.get(place)
        if old is not None:
            gone = [index for index in range(old) if index not in told and index not in matched.values()]
            made += [_pair(before[index], None) for index in gone]
            told |= {*gone, old}
        made.append(_pair(before[old] if old is not None else None, cell))
    rest = [index for index in range(len(before)) if index not in told]
    return made + [_pair(before[index], None) for index in rest]


def match(before: Sequence[Cell], after: Sequence[Cell]) -> dict[int, int]:
    """Place in the second -> place in the first."""
    ids = {cell.cell_id: index for index, cell in enumerate(before) if cell.cell_id}
    matched = {place: ids[cell.cell_id] for place, cell in enumerate(after) if cell.cell_id in ids}
    sources: dict[str, list[int]] = {}
    for index, cell in enumerate(before):
        if index not in matched.values():
            sources.setdefault(cell.source, []).append(index)
    for place, cell in enumerate(after):
        if place not in matched and sources.get(cell.source):
            matched[place] = sources[cell.source].pop(0)
    free = [index for index in range(len(before)) if index not in matched.values()]
    for place in range(len(after)):
        if place not in matched and free:
            best = max(free, key=lambda index: _likeness(before[index], after[place]))
            if _likeness(before[best], after[place]) >= ALIKE:
                matched[place] = best
                free.remove(best)
    return matched


def _likeness(one: Cell, other: Cell) -> float:
    if one.kind != other.kind:
        return 0.0
    matcher = SequenceMatcher(None, one.source[:2000], other.source[:2000], autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE else 0.0


def _pair(before: Cell | None, after: Cell | None) -> CellPair:
    left, right = before.source if before else "", after.source if after else ""
    op = "+" if before is None else "-" if after is None else "=" if left == right else "~"
    shown = after or before
    return CellPair(op=op, kind=shown.kind if shown else "code", lines=diffs.side_by_side(left, right))
