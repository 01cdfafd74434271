"""What was executed, put into the saved notebook: the document where no front end shows it.

A file holds a cell as it was saved last.  Where a cell was executed after that with another source, its source is the
executed one; where it is not in the file at all, it is put in behind the cell that was executed before it.  What ran
before the file was saved changes nothing: the file is the newer of the two.

A cell is found by its id, else by its source, else by the most similar source.  Front ends whose ids are not those of
the file (VS Code) are understood: an id stays with the cell that it was found to be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import thread_time as _thread_time
from typing import Any

from trackbook.capture.cells import CellExecution
from trackbook.capture.snapshot import code_cell, is_cell_id, joined
from trackbook.capture.sources import most_alike

LONGEST_S = 0.2
"""Processor time for comparing sources that stand nowhere in the file; the next run goes on from there."""
MOST_CELLS = 2000
"""Of a snapshot that is made of the history alone: the last ones."""
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


@dataclass(frozen=True, slots=True)
class _Memory:
    """What was found to be most similar, for as long as the file is the same: each run of a kernel asks again."""

    content: Mapping[str, Any] = field(default_factory=dict)
    found: dict[tuple[int, str], str | None] = field(default_factory=dict)
    """Index and hash of an execution -> a source of the document."""


_memory = _Memory()


@dataclass(slots=True)
class Merged:
    """A document, and what is in it as it was executed."""

    content: dict[str, Any]
    replaced: list[str] = field(default_factory=list)
    """Cells of the file whose source is the executed one: each its id, else its position in the document."""
    added: list[str] = field(default_factory=list)
    """Cells that are not in the file."""


def with_executed(content: Mapping[str, Any], executions: Sequence[CellExecution], saved_ms: int) -> Merged:
    """The saved document, brought up to what was executed since `saved_ms`.  Mutates nothing."""
    global _memory
    if _memory.content is not content:
        _memory = _Memory(content)
    cells = [dict(one) if isinstance(one, dict) else one for one in content["cells"]]
    merging = _Merging(cells, executions, saved_ms, _memory)
    for one in executions:
        merging.take(one)
    return Merged({**content, "cells": cells}, merging.names(merging.replaced), merging.names(merging.added))


def from_executed(executions: Sequence[CellExecution]) -> dict[str, Any]:
    """A notebook of the executed cells alone, in the order of their first execution.

    A cell with an id stands there once, with its last source; without ids each execution is a cell.
    """
    cells: dict[str, dict[str, Any]] = {}
    for one in executions:
        key = one.cell_id or f"executed-{one.index + 1}"
        name = one.cell_id if is_cell_id(one.cell_id) else f"executed-{one.index + 1}"
        made = code_cell(one.source, name, one.execution_count)
        cells[key] = {**made, "id": cells[key]["id"]} if key in cells else made
    last = list(cells.values())[-MOST_CELLS:]
    return {"cells": last, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}


class _Merging:
    """Identities of cells are those of their dicts: positions move when one is put in."""

    def __init__(self, cells: list[Any], executions: Sequence[CellExecution], saved_ms: int, memory: _Memory) -> None:
        self.cells, self.saved_ms, self._memory = cells, saved_ms, memory
        self.replaced: list[dict[str, Any]] = []
        self.added: list[dict[str, Any]] = []
        code = [one for one in cells if isinstance(one, dict) and one.get("cell_type") == "code"]
        by_id = _by_id(code)
        self._bound = {cell_id: found[0] for cell_id, found in by_id.items() if len(found) == 1}
        self._shared = by_id.keys() - self._bound.keys()
        """Ids of copied cells, which tell nothing."""
        self._last: dict[str, int] = {self._id(one): one.index for one in executions}
        self._sources: dict[str, dict[str, Any]] = {}
        """Each source that a cell has or had -> the cell."""
        for cell in code:
            self._sources.setdefault(joined(cell.get("source")).strip(), cell)
        self._before: dict[str, Any] | None = None
        self._deadline = _thread_time() + LONGEST_S

    def take(self, one: CellExecution) -> None:
        newer = one.start_ms is not None and one.start_ms > self.saved_ms
        cell_id, source = self._id(one), one.source.strip()
        superseded = bool(cell_id) and self._last[cell_id] != one.index
        cell = self._bound.get(cell_id) or self._sources.get(source)
        if cell is None and newer and not superseded:
            cell = self._similar(one) or self._put_in(one)
        if cell is None:
            return
        if newer and not superseded and joined(cell.get("source")).strip() != source:
            cell["source"] = one.source
            self._sources[source] = cell
            if not any(cell is known for known in (*self.replaced, *self.added)):
                self.replaced.append(cell)
        if cell_id:
            self._bound[cell_id] = cell
        self._before = cell

    def _id(self, one: CellExecution) -> str:
        """The id that tells its cell; "" where there is none."""
        return "" if one.cell_id is None or one.cell_id in self._shared else one.cell_id

    def names(self, cells: Sequence[dict[str, Any]]) -> list[str]:
        positions = {id(cell): position for position, cell in enumerate(self.cells)}
        return [str(cell.get("id") or positions[id(cell)]) for cell in cells]

    def _similar(self, one: CellExecution) -> dict[str, Any] | None:
        """By what cells have been until now: one that was executed anew is no less similar to what it was."""
        key = (one.index, one.source_hash)
        if key not in self._memory.found:
            if _thread_time() > self._deadline:
                return None
            self._memory.found[key] = most_alike(one.source, self._sources)
        found = self._memory.found[key]
        return None if found is None else self._sources.get(found)

    def _put_in(self, one: CellExecution) -> dict[str, Any]:
        made = code_cell(one.source, one.cell_id if is_cell_id(one.cell_id) else f"executed-{one.index + 1}")
        after = next((number for number, cell in enumerate(self.cells) if cell is self._before), len(self.cells) - 1)
        self.cells.insert(after + 1, made)
        self.added.append(made)
        self._sources[one.source.strip()] = made
        return made


def _by_id(code: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for cell in code:
        if isinstance(cell.get("id"), str):
            found.setdefault(cell["id"], []).append(cell)
    return found
