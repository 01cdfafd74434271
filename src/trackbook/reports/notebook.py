"""`report`: the notebook, as it stands, is the report."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from trackbook.capture.secrets import redact
from trackbook.core.clock import now_ms
from trackbook.errors import InvalidValue
from trackbook.reports import document
from trackbook.reports.outputs import settle
from trackbook.reports.page import CODES, Code, page
from trackbook.reports.secrets import replace_secrets
from trackbook.widgets.texts import size_text


@dataclass(frozen=True, slots=True)
class Report:
    """A report that was written: its file, and from when the notebook in it is."""

    path: Path
    origin: str
    size_bytes: int
    secrets: str = ""
    """How many secrets were replaced where, in words; "" where there were none."""

    def __str__(self) -> str:
        return f"report {_near(self.path)} {self._facts}"

    @property
    def _facts(self) -> str:
        said = f"; {self.secrets}" if self.secrets else ""
        return f"({size_text(self.size_bytes)}), made from {self.origin}{said}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        near = _near(self.path)
        html = (
            f'<div class="tb-static tb-static-report">report <a href="{escape(quote(near))}" target="_blank" '
            f'rel="noopener">{escape(near)}</a> {escape(self._facts)}</div>'
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
    `code` shows, folds or hides the cells' code.  Secrets are replaced, and what is returned says how many where.
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
    runs = settle(found.content)
    secrets = replace_secrets(found.content, with_code=code != "hide")
    html = page(found, runs, code=code, title=title or _title(found), made_ms=now_ms()).encode("utf-8", "replace")
    _write(path, html)
    return Report(path.resolve(), found.origin, len(html), secrets)


def _is_source(notebook: object, path: Path) -> bool:
    return isinstance(notebook, str | os.PathLike) and Path(notebook).resolve() == path.resolve()


def _title(found: document.Document) -> str:
    given = found.content["metadata"].get("title")
    return redact(given).text if isinstance(given, str) and given.strip() else found.name


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
