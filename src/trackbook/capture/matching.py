"""Which notebook a kernel runs, when nobody says: the file whose cells are the ones that were executed.

Headless runners (nbclient, `jupyter execute`, nbconvert) tell their kernel nothing but its folder.  There the notebook
is the one file of that folder in which all that was executed stands as cells, in that order.  Two that fit equally
are no answer, since a wrong notebook is worse than none; but of papermill's two, the one that it is writing is meant.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from trackbook.capture.notebook import SUFFIX, NotebookPlace, read_notebook

FOUND_BY = "its cells"
MOST_FILES = 100
"""In a folder with more notebooks none is looked for."""


def matching_notebook(folder: Path, executed: Sequence[str]) -> NotebookPlace | None:
    """The one notebook of this folder that holds the executed sources as cells, in order; None without exactly one."""
    wanted = [source.strip() for source in executed if source.strip()]
    if not wanted:
        return None
    try:
        files = sorted(folder.glob("*" + SUFFIX))
    except OSError:
        return None
    if len(files) > MOST_FILES:
        return None
    documents = {path: _document(path) for path in files}
    found = [path for path, document in documents.items() if _holds(document, wanted)]
    if len(found) > 1:
        found = [path for path in found if _is_being_written(documents[path])]
    return NotebookPlace(found[0].absolute(), FOUND_BY) if len(found) == 1 else None


def _document(path: Path) -> Any:
    data = read_notebook(path)
    try:
        return json.loads(data) if data else {}
    except (ValueError, RecursionError):
        return {}


def _holds(document: Any, wanted: Sequence[str]) -> bool:
    cells = _code_cells(document)
    # `in` on one iterator: each source is looked for behind the one before.
    return all(source in cells for source in wanted)


def _is_being_written(document: Any) -> bool:
    """Whether papermill began it and has not ended it."""
    metadata = document.get("metadata")
    about = metadata.get("papermill") if isinstance(metadata, dict) else None
    return isinstance(about, dict) and bool(about.get("start_time")) and about.get("end_time") is None


def _code_cells(document: Any) -> Iterator[str]:
    try:
        return iter([_source(cell) for cell in document.get("cells", ()) if cell.get("cell_type") == "code"])
    except (AttributeError, TypeError):
        return iter(())


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return (source if isinstance(source, str) else "".join(source)).strip()
