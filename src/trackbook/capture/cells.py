"""Executed cells in their order, and the cell lines they belong to.

A **cell line** is one notebook cell through all its executions.  Its key is `<notebook>#<cell>`:

- `notebooks/00-quickstart.ipynb#svm` where the cell was named (`%%track --cell svm`),
- `notebooks/00-quickstart.ipynb#1f0c3a77-…` by the cell id that the front end sent,
- else the line of this notebook whose last source is most alike (marked as guessed), if any is similar enough,
- else a new line, `notebooks/00-quickstart.ipynb#accuracy-3fa2c1`, after the first name the cell binds and its digest.

`<notebook>` is the path relative to the project's root, or `notebook` where no path is known.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from trackbook.capture.sources import body, most_alike
from trackbook.capture.syntax import cell_names

if TYPE_CHECKING:
    from trackbook.capture.borders import Border

UNKNOWN_NOTEBOOK = "notebook"

OK, ERROR, INTERRUPTED, UNKNOWN = "ok", "error", "interrupted", "unknown"


def digest(source: str) -> str:
    """sha256 of a source, in hexadecimal digits."""
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class CellExecution:
    """One execution of a cell in this kernel."""

    index: int
    """From 0, in the order of execution."""
    source_hash: str
    source: str
    cell_id: str | None = None
    execution_count: int | None = None
    start_ms: int | None = None
    """None for a cell that ran before recording began."""
    duration_ms: float | None = None
    outcome: str = UNKNOWN
    """ok, error, interrupted; unknown for a cell that ran before recording began."""
    border: Border | None = field(default=None, compare=False, repr=False)
    """What was seen of it beside its text; None where it was not watched."""


_WRITTEN = tuple(name for name in CellExecution.__dataclass_fields__ if name not in ("source", "border"))


@dataclass(slots=True)
class History:
    """The executed cells of this kernel, in order."""

    executions: list[CellExecution] = field(default_factory=list)

    def add(
        self,
        source: str,
        *,
        cell_id: str | None = None,
        execution_count: int | None = None,
        start_ms: int | None = None,
        duration_ms: float | None = None,
        outcome: str = UNKNOWN,
        border: Border | None = None,
    ) -> CellExecution:
        """Append an execution."""
        index, source_hash = len(self.executions), digest(source)
        execution = CellExecution(
            index, source_hash, source, cell_id, execution_count, start_ms, duration_ms, outcome, border
        )
        self.executions.append(execution)
        return execution


@dataclass(slots=True)
class Written:
    """What of a kernel's history was written before, encoded: a run adds to it and need not write all of it anew."""

    executions: list[str] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    """By hash, in the order of their first execution."""
    last: CellExecution | None = None


def history_json(
    executions: Sequence[CellExecution],
    written: Written | None = None,
    text_of: Callable[[CellExecution], str] = attrgetter("source"),
) -> str:
    """`{"schema": 1, "sources": {hash: text}, "executions": [...]}`: each distinct source is written once.

    One source, one execution a line, so that a longer history has the lines of the shorter one.  `written` is what the
    last call left of the same history, or of another, and is brought up to date.  `text_of` is asked once for each
    distinct source.
    """
    kept = Written() if written is None else written
    seen = len(kept.executions)
    if seen > len(executions) or (seen and executions[seen - 1] is not kept.last):
        kept.executions, kept.sources, seen = [], {}, 0
    for one in executions[seen:]:
        if one.source_hash not in kept.sources:
            kept.sources[one.source_hash] = f"{_encoded(one.source_hash)}: {_encoded(text_of(one))}"
        # By hand and without indentation: `asdict` and Python's own encoder would take ten times as long.
        kept.executions.append(_encoded({name: getattr(one, name) for name in _WRITTEN}))
        kept.last = one
    sources, rows = ",\n".join(kept.sources.values()), ",\n".join(kept.executions)
    return f'{{"schema": 1, "sources": {{\n{sources}\n}}, "executions": [\n{rows}\n]}}\n'


def _encoded(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class CellLine:
    key: str
    guessed: bool = False


def line_of(
    source: str,
    *,
    notebook: str | None = None,
    cell_id: str | None = None,
    name: str | None = None,
    earlier: Mapping[str, str] | None = None,
) -> CellLine:
    """The line that a cell belongs to; `earlier` maps each line of this notebook to its last source."""
    place = notebook or UNKNOWN_NOTEBOOK
    if name or cell_id:
        return CellLine(f"{place}#{name or cell_id}")
    lines: dict[str, str] = {}
    for line, other in (earlier or {}).items():
        lines.setdefault(other, line)
    similar = most_alike(source, lines)
    if similar is not None:
        return CellLine(lines[similar], guessed=True)
    return CellLine(f"{place}#{_new_name(source)}", guessed=True)


def _new_name(source: str) -> str:
    code = body(source)
    bound = next(iter(cell_names(code).bound), "cell")
    return f"{bound[:40]}-{digest(code)[:6]}"
