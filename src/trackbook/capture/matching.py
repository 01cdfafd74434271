"""Which notebook a kernel runs, when nobody says: the file whose cells are the ones that were executed.

Headless runners (nbclient, `jupyter execute`, nbconvert) tell their kernel nothing but its folder.  There the notebook
is the one file of that folder in which all that was executed stands as cells, in that order.  Two that fit equally
are no answer, since a wrong notebook is worse than none; but of papermill's two, the one that it is writing is meant,
and of those that a runner has written earlier and the one it runs, that which its command line names.  Where none of
the folder fits, those that the command line names are compared, wherever they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from trackbook.capture.notebook import SUFFIX, NotebookPlace, origin_of, read_notebook

FOUND_BY = "its cells"
MOST_FILES = 100
"""In a folder with more notebooks none is looked for."""


def matching_notebook(
    folder: Path, executed: Sequence[str], named: Callable[[], Collection[Path]] = tuple
) -> NotebookPlace | None:
    """The one notebook of this folder that holds the executed sources as cells, in order; None without exactly one.

    `named` tells which files the runner was given, and is asked only where several fit, or none.
    """
    wanted = [source.strip() for source in executed if source.strip()]
    if not wanted:
        return None
    documents = {path: _document(path) for path in _files(folder)}
    found = [path for path, document in documents.items() if _holds(document, wanted)]
    if not found:  # papermill runs a kernel in its own folder, wherever its files are
        elsewhere = [path for path in named() if path.parent != folder.resolve()]
        documents = {path: _document(path) for path in elsewhere}
        found = [path for path, document in documents.items() if _holds(document, wanted)]
    if len(found) > 1:
        written = [path for path in found if _papermill(documents[path])]
        given = () if written else named()
        found = written or [path for path in found if path.resolve() in given]
    if len(found) != 1:
        return None
    origin = origin_of(_papermill(documents[found[0]]).get("input_path"), folder)
    if origin is not None and not origin.is_file():  # told as seen from the folder that papermill was started in
        origin = next((path for path in named() if path.name == origin.name), origin)
    return NotebookPlace(found[0].absolute(), FOUND_BY, None if origin is None else origin.resolve())


def _files(folder: Path) -> list[Path]:
    """The notebooks of a folder, none where there are too many."""
    try:
        files = sorted(folder.glob("*" + SUFFIX))
    except OSError:
        return []
    return files if len(files) <= MOST_FILES else []


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


def _papermill(document: Any) -> dict[str, Any]:
    """What papermill says in a notebook that it has begun and not ended; {} in others."""
    metadata = document.get("metadata") if isinstance(document, dict) else None
    about = metadata.get("papermill") if isinstance(metadata, dict) else None
    if not isinstance(about, dict) or not about.get("start_time") or about.get("end_time") is not None:
        return {}
    return about


def _code_cells(document: Any) -> Iterator[str]:
    try:
        return iter([_source(cell) for cell in document.get("cells", ()) if cell.get("cell_type") == "code"])
    except (AttributeError, TypeError):
        return iter(())


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return (source if isinstance(source, str) else "".join(source)).strip()
