"""The code cells of a notebook's document, as far as the verdict needs them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trackbook.capture.cells import CellExecution
from trackbook.capture.program.script import RAISES


@dataclass(frozen=True, slots=True)
class DocumentCell:
    """One code cell, where it stood when the document was taken."""

    source: str
    cell_id: str | None = None
    may_raise: bool = False
    """It is tagged `raises-exception`: whoever runs the notebook goes on behind it."""


def document_cells(content: Any) -> list[DocumentCell] | None:
    """The code cells of a notebook (nbformat 4, its bytes, text or parsed); None for anything else."""
    if isinstance(content, bytes | str):
        try:
            content = json.loads(content)
        except ValueError:
            return None
    listed = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(listed, list):
        return None
    code = [one for one in listed if isinstance(one, dict) and one.get("cell_type") == "code"]
    return [DocumentCell(_text(one.get("source")), _id(one.get("id")), may_raise=_may_raise(one)) for one in code]


def _text(source: Any) -> str:
    """A source as one text: the format allows a list of lines."""
    lines = source if isinstance(source, list) else [source]
    return "".join(one for one in lines if isinstance(one, str))


def _id(given: Any) -> str | None:
    return given if isinstance(given, str) and given else None


def _may_raise(cell: dict[str, Any]) -> bool:
    metadata = cell.get("metadata")
    listed = metadata.get("tags") if isinstance(metadata, dict) else None
    return isinstance(listed, list) and RAISES in listed


def positions(executions: Sequence[CellExecution], document: Sequence[DocumentCell]) -> dict[int, int]:
    """Index of an execution -> position of its cell: by an id that the document has once, else by its source.

    A source that stands in several cells is taken for the first of them that no other execution has by its id.
    """
    by_id: dict[str, list[int]] = {}
    by_source: dict[str, list[int]] = {}
    for position, cell in enumerate(document):
        if cell.cell_id is not None:
            by_id.setdefault(cell.cell_id, []).append(position)
        by_source.setdefault(cell.source.strip(), []).append(position)
    found = {
        one.index: by_id[one.cell_id][0] for one in executions if one.cell_id and len(by_id.get(one.cell_id, ())) == 1
    }
    taken = set(found.values())
    for one in executions:
        if one.index not in found:
            alike = by_source.get(one.source.strip(), [])
            if alike:
                found[one.index] = next((position for position in alike if position not in taken), alike[0])
    return found
