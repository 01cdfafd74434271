"""The notebook that a report is made of, and from where and when it is.

A live notebook's document is in the front end, newer than its file.  Whoever can ask the front end (the jupyter room)
registers with `live.set_provider`; without an answer the file on disk is taken, and the report says how old it is.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import rwbase

from trackbook.capture.notebook import find_notebook
from trackbook.core.clock import now_ms
from trackbook.errors import InvalidValue, NotFound, shown
from trackbook.reports import live
from trackbook.reports.live import set_provider
from trackbook.widgets.texts import time_text

__all__ = ["Document", "find", "notebook_path", "set_provider"]


@dataclass(frozen=True, slots=True)
class Document:
    """A notebook's content, nbformat 4."""

    content: nbformat.NotebookNode
    name: str
    """File name without `.ipynb`."""
    folder: Path | None
    """Where its relative paths begin; None where it is unknown."""
    origin: str
    """From where and when it is, in words."""


def find(notebook: str | os.PathLike[str] | Mapping[str, Any] | None, path: Path | None = None) -> Document:
    """The document of a file, of nbformat content, of `{"path", "content"}`, or without: of the live notebook.

    `path` is the live notebook's file where it is known.  Raises `NotFound`, `InvalidValue`.
    """
    if isinstance(notebook, Mapping):
        return _given(notebook)
    if notebook is not None:
        return _saved(Path(notebook))
    open_now = live.ask()
    if open_now is not None:
        return _given(open_now)
    path = path or notebook_path() or live.place()
    if path is None:
        raise NotFound("notebook", "of this kernel", "name its file: report('analysis.ipynb')")
    return _unanswered(_saved(path), path)


def notebook_path() -> Path | None:
    """The file of the notebook that this kernel belongs to; None where no front end tells, or it was never saved."""
    import sys

    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    place = find_notebook(os.environ, {} if shell is None else shell.user_ns)
    return place.path if place is not None and place.path.is_file() else None


def _given(notebook: Mapping[str, Any]) -> Document:
    inner = notebook.get("content")
    content = inner if isinstance(inner, Mapping) else notebook
    path = Path(str(notebook["path"])) if notebook.get("path") else None
    return Document(
        content=_node(content, "the given notebook"),
        name=path.stem if path else "notebook",
        folder=_folder(path) if path else None,
        origin=f"the notebook as it was open at {time_text(now_ms())}",
    )


def _folder(path: Path) -> Path | None:
    """The folder of a path that may count from the front end's root: the kernel's own notebook tells, if it is that."""
    if path.is_absolute():
        return path.parent if path.parent.is_dir() else None
    known = notebook_path()
    if known is not None and known.name == path.name:
        return known.parent
    return next((place for place in (path.parent.resolve(), Path.cwd()) if (place / path.name).is_file()), None)


def _saved(path: Path) -> Document:
    if not path.is_file():
        raise NotFound("notebook", str(path), "give the path of an .ipynb file")
    try:
        content = json.loads(path.read_text("utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise InvalidValue(f"{path} is no notebook: {str(error).splitlines()[0][:200]}") from None
    saved = time_text(path.stat().st_mtime_ns // 1_000_000)
    return Document(_node(content, str(path)), path.stem, path.resolve().parent, f"the file as it was saved at {saved}")


def _unanswered(found: Document, path: Path) -> Document:
    """The file of a notebook that is open: what it may lack, and what to do about it."""
    age_ms = max(0, now_ms() - path.stat().st_mtime_ns // 1_000_000)
    if _has_no_outputs(found.content):
        rest = "it holds no outputs: once it is executed and saved, run `trackbook report` on that file"
    else:
        rest = "save first to include later changes"
    return replace(found, origin=f"the file as saved {_age_text(age_ms)} ago: {rest}")


def _age_text(age_ms: int) -> str:
    """`40 s`, `17 min`, `3 h`, `2 d`."""
    seconds = age_ms // 1000
    for unit, length_s in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length_s:
            return f"{seconds // length_s} {unit}"
    return f"{seconds} s"


def _has_no_outputs(content: nbformat.NotebookNode) -> bool:
    return not any(cell.get("outputs") for cell in content["cells"])


def _node(content: object, what: str) -> nbformat.NotebookNode:
    """A copy as nbformat 4, so that nothing done for the report reaches the caller's."""
    library: Any = nbformat
    rejoin: Any = rwbase.rejoin_lines  # files hold a text as a list of its lines
    try:
        if not isinstance(content, Mapping):
            raise TypeError("it is no JSON object")
        if content.get("nbformat", 4) == 4:
            node: nbformat.NotebookNode = rejoin(library.from_dict(copy.deepcopy(dict(content))))
        else:
            node = library.reads(json.dumps(content), as_version=4)
        if not isinstance(node["cells"], list):
            raise TypeError("cells is no list")
        node.setdefault("metadata", {})
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InvalidValue(f"{what} has no cells that can be read ({shown(error)})") from None
    return node
