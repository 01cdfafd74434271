"""`report`: the notebook, as it stands, is the report."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from trackbook.core.clock import now_ms
from trackbook.errors import InvalidValue
from trackbook.reports import document
from trackbook.reports.page import CODES, Code, page
from trackbook.widgets.texts import size_text


@dataclass(frozen=True, slots=True)
class Report:
    """A report that was written: its file, and from when the notebook in it is."""

    path: Path
    origin: str
    size_bytes: int

    def __str__(self) -> str:
        return f"report {_near(self.path)} ({size_text(self.size_bytes)}), made from {self.origin}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        near = _near(self.path)
        html = (
            f'<div class="tb-static tb-static-report">report <a href="{escape(quote(near))}" target="_blank" '
            f'rel="noopener">{escape(near)}</a> ({size_text(self.size_bytes)}), made from {escape(self.origin)}</div>'
        )
        return {"text/html": html, "text/plain": str(self)}


def report(
    notebook: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    output: str | os.PathLike[str] | None = None,
    *,
    code: Code = "show",
    title: str | None = None,
) -> Report:
    """Write a notebook as one HTML file that opens offline, with its outputs as they are saved.

    `notebook` is a file, nbformat content, or `{"path": ..., "content": ...}`; without: the notebook of this kernel, as
    it is open where the front end can be asked, else as it was saved last.  `output` is the file to write (beside the
    notebook by default), which is replaced, unless it is a notebook.
    `code` shows, folds or hides the cells' code.
    Raises `NotFound`, `InvalidValue`.
    """
    if code not in CODES:
        raise InvalidValue(f"code={code!r} is none of {', '.join(map(repr, CODES))}")
    found = document.find(notebook)
    path = Path(output) if output is not None else (found.folder or Path.cwd()) / f"{found.name}.html"
    if path.is_dir():
        path = path / f"{found.name}.html"
    if path.suffix.lower() == ".ipynb" or _is_source(notebook, path):
        raise InvalidValue(f"{path} would replace the notebook: name an .html file")
    html = page(found, code=code, title=title or _title(found), made_ms=now_ms()).encode("utf-8", "replace")
    _write(path, html)
    return Report(path.resolve(), found.origin, len(html))


def _is_source(notebook: object, path: Path) -> bool:
    return isinstance(notebook, str | os.PathLike) and Path(notebook).resolve() == path.resolve()


def _title(found: document.Document) -> str:
    given = found.content["metadata"].get("title")
    return given if isinstance(given, str) and given.strip() else found.name


def _write(path: Path, data: bytes) -> None:
    """Replace the file whole, so that a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _near(path: Path) -> str:
    """The path from the current folder, where it lies below, else the whole."""
    try:
        return path.relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return str(path)
