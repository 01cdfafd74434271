"""What an artifact looks like, as data that no page executes: text, table, a notebook's cells, a picture by its bytes.

HTML, SVG, a notebook's cells and everything else that a page could run are shown as the text that they are.  Nothing is
unpickled, and at most `MAX_READ` bytes are read, however large the file is.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from trackbook.charts.images import MAX_BYTES, TYPES, data_uri
from trackbook.core.names import check_artifact_path
from trackbook.errors import NotFound, TrackbookError
from trackbook.widgets.card_payloads import Preview
from trackbook.widgets.texts import shorten

if TYPE_CHECKING:
    from trackbook.core.ports import Store

MAX_NOTEBOOK = 5_000_000
"""Bytes of a notebook, which is read whole or shown as text."""
MAX_READ = 200_000
"""Bytes of a text."""
MAX_TEXT = 40_000
"""Characters that are shown."""
MAX_ROWS, MAX_COLUMNS, MAX_CELL = 50, 30, 200
TABLES = {".csv": ",", ".tsv": "\t"}


def preview(store: Store, run_id: str, path: object) -> Preview:
    """Raises `NotFound` for a file that is gone, `UnsafePath`."""
    place = check_artifact_path(path)
    suffix = PurePosixPath(place).suffix.lower()
    if suffix.lstrip(".") in TYPES:
        uri = data_uri(store, run_id, place)
        said = "" if uri else f"no picture by its first bytes, or larger than {MAX_BYTES // 1_000_000} MB"
        return _made("image" if uri else "none", uri=uri, said=said)
    try:
        with store.artifacts.open(run_id, place) as file:
            data = file.read((MAX_NOTEBOOK if suffix == ".ipynb" else MAX_READ) + 1)
    except (TrackbookError, OSError):
        raise NotFound("artifact", place, "it is gone, or its store cannot be read") from None
    return _of_text(data, suffix)


def _of_text(data: bytes, suffix: str) -> Preview:
    if suffix == ".ipynb" and (cells := _cells(data)):
        return _of_notebook(cells)
    cut = len(data) > MAX_READ
    text = _decoded(data[:MAX_READ])
    if text is None:
        return _made("none", said="a binary file: its bytes are no text")
    if suffix in TABLES:
        rows = _rows(text, TABLES[suffix], whole=not cut)
        if rows:
            return _made("table", rows=rows, said=_said_of(rows, cut))
    if suffix in (".json", ".ipynb") and not cut:
        text = _indented(text)
    shown = text[:MAX_TEXT]
    cut = cut or len(text) > MAX_TEXT
    return _made("text", text=shown, said=f"the first {len(shown):,} characters" if cut else "")


def _cells(data: bytes) -> list[list[str]]:
    """Type, number of the execution and source of each cell; none where it is no notebook of nbformat 4."""
    try:
        cells = json.loads(data)["cells"]
        return [[str(one["cell_type"]), str(one.get("execution_count") or ""), _joined(one["source"])] for one in cells]
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return []


def _joined(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def _of_notebook(cells: list[list[str]]) -> Preview:
    shown, room = [], MAX_TEXT
    for kind, count, source in cells:
        if room <= 0:
            break
        shown.append([kind, count, source[:room]])
        room -= len(source) + 1
    return _made("notebook", rows=shown, said=f"the first {len(shown)} of {len(cells)} cells" if room < 0 else "")


def _decoded(data: bytes) -> str | None:
    """As UTF-8, whose last character may be cut in two; None where it is something else."""
    if b"\0" in data:
        return None
    for end in range(len(data), max(-1, len(data) - 4), -1):
        try:
            return data[:end].decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
    return None


def _indented(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _rows(text: str, mark: str, *, whole: bool) -> list[list[str]]:
    lines = text if whole else text.rpartition("\n")[0]
    found: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(lines), delimiter=mark):
            found.append([shorten(cell, MAX_CELL) for cell in row[:MAX_COLUMNS]])
            if len(found) > MAX_ROWS + 1:
                break
    except csv.Error:
        return []
    return found


def _said_of(rows: list[list[str]], cut: bool) -> str:
    if len(rows) > MAX_ROWS + 1:
        rows.pop()
        cut = True
    return f"the first {len(rows) - 1} rows" if cut else ""


def _made(
    kind: str, *, text: str = "", rows: list[list[str]] | None = None, uri: str | None = None, said: str = ""
) -> Preview:
    return Preview(kind=kind, text=text, rows=rows or [], uri=uri, said=said)
