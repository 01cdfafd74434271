"""Which notebook file a kernel belongs to, and what that file holds.

No front end tells all kernels, so several places are asked in turn; the first that names an `.ipynb` wins.  An unknown
notebook is no error: everything else is recorded without it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from trackbook.capture.files import regular_bytes

VARIABLE = "TRACKBOOK_NOTEBOOK"
LARGEST_BYTES = 20_000_000
SUFFIX = ".ipynb"


@dataclass(frozen=True, slots=True)
class NotebookPlace:
    path: Path
    """Absolute; the file need not be there (never saved, renamed since)."""
    found_by: str
    """The variable that named it."""
    origin: Path | None = None
    """The notebook that papermill makes this one of, where it tells: each of its outputs is that notebook run again."""


def find_notebook(
    environ: Mapping[str, str], namespace: Mapping[str, Any], folder: Path | None = None
) -> NotebookPlace | None:
    """The notebook's place by the first source that names one; `folder` is where the kernel started."""
    folder = folder or Path.cwd()
    for found_by, text in _named(environ, namespace):
        if type(text) is str and text.endswith(SUFFIX) and "\0" not in text:
            origin = _papermill_input(environ, namespace, folder) if found_by == "PAPERMILL_OUTPUT_PATH" else None
            return NotebookPlace(absolute(text, folder), found_by, origin)
    return None


def _papermill_input(environ: Mapping[str, str], namespace: Mapping[str, Any], folder: Path) -> Path | None:
    name = "PAPERMILL_INPUT_PATH"
    return origin_of(namespace.get(name) or environ.get(name), folder)


def origin_of(text: Any, folder: Path) -> Path | None:
    """The file that papermill names as its input; None for an address, or for anything else."""
    if type(text) is not str or not text.endswith(SUFFIX) or "\0" in text or "://" in text:
        return None
    return absolute(text, folder)


def _named(environ: Mapping[str, str], namespace: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield VARIABLE, environ.get(VARIABLE)
    yield "__vsc_ipynb_file__", namespace.get("__vsc_ipynb_file__")
    for name in ("PAPERMILL_OUTPUT_PATH", "PAPERMILL_INPUT_PATH"):
        yield name, namespace.get(name)
        yield name, environ.get(name)
    yield "JPY_SESSION_NAME", environ.get("JPY_SESSION_NAME")
    yield "__session__", namespace.get("__session__")
    # nbval: "<notebook>::Cell 3"
    yield "PYTEST_CURRENT_TEST", environ.get("PYTEST_CURRENT_TEST", "").partition("::")[0]


def absolute(text: str, folder: Path) -> Path:
    """A relative name belongs to the kernel's folder, or (nbval) to a folder above it."""
    path = Path(text).expanduser()
    if path.is_absolute():
        return path
    for root in (folder, *folder.parents):
        if (root / path).is_file():
            return root / path
    return folder / path.name


@lru_cache(maxsize=64)
def relative_name(path: Path, root: Path) -> str:
    """The path below the project's root with `/`; the bare name for a file elsewhere.

    Each tracked cell asks for its notebook's, and links are followed at the price of a look at each folder above.
    """
    try:
        return path.resolve().relative_to(root.resolve()).as_posix()
    except (ValueError, OSError):
        return path.name


def read_notebook(path: Path) -> bytes | None:
    """The file's bytes; None where there is no regular, readable file of at most `LARGEST_BYTES`."""
    return regular_bytes(path, LARGEST_BYTES)


def parsed(data: bytes) -> dict[str, Any] | None:
    """A notebook's document; None for bytes that are none.  One of nbformat 3 or older is brought to nbformat 4."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict):
        return None
    if "cells" not in content and "worksheets" in content:
        content = _upgraded(content)
    return content if content is not None and isinstance(content.get("cells"), list) else None


def _upgraded(content: dict[str, Any]) -> dict[str, Any] | None:
    import warnings

    import nbformat

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found: dict[str, Any] = nbformat.convert(nbformat.from_dict(content), 4)  # type: ignore[no-untyped-call]
    except Exception:  # noqa: BLE001 - whatever a broken file of an old format makes that library raise
        return None
    for cell in found["cells"]:
        cell.pop("id", None)  # drawn at random
    found["metadata"]["orig_nbformat"] = content.get("nbformat", 3)
    return dict(found)


@dataclass(frozen=True, slots=True)
class SavedNotebook:
    """A notebook as its file has it."""

    content: dict[str, Any]
    """Shared by all who ask: not to be changed."""
    saved_ms: int
    """When the file was written last."""


_Key = tuple[int, int, int]
_newest: dict[Path, tuple[_Key, SavedNotebook | None]] = {}
MOST_KEPT = 2
"""Files: papermill's input and its output."""


def saved_notebook(path: Path) -> SavedNotebook | None:
    """The notebook in this file; None where there is none.  A file that has not changed is not read again."""
    try:
        about = path.stat()
    except (OSError, ValueError):
        return None
    key = (about.st_ino, about.st_mtime_ns, about.st_size)
    kept = _newest.get(path)
    if kept is not None and kept[0] == key:
        return kept[1]
    data = read_notebook(path)
    content = None if data is None else parsed(data)
    found = None if content is None else SavedNotebook(content, about.st_mtime_ns // 1_000_000)
    if path not in _newest and len(_newest) >= MOST_KEPT:
        _newest.clear()
    _newest[path] = (key, found)
    return found
