"""A notebook's document as a snapshot: an `.ipynb` that is valid for its own nbformat version, in nbformat's own bytes.

`nbformat.write` of what is read from a snapshot gives the snapshot again: one line of source a line, sorted keys,
one space of indentation.  That library is not used for it: importing and validating with it takes longer than all
the rest that is done for a run.  What a file has wrong (ids that are missing or stand twice, keys and types that the
format does not know) is mended, and each mending said.

Cells are written and searched for secrets one by one, and remembered: a run pays for the cells that changed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeGuard

from trackbook.capture.secrets import Finding, Redacted, redact_json

MOST_CELL = 1_000_000
"""Characters of JSON that are kept of one cell's outputs."""
MOST_OUTPUTS = 10_000_000
"""And of all outputs."""
LEFT_OUT = "left_out"
"""Key of a page's cell: the number of outputs that it did not send, since they would not be kept."""
REMEMBERED_CELLS, LONGEST_REMEMBERED = 2000, 20_000
IDS_SINCE = (4, 5)
OLDEST = 4
"""Documents of an older format are brought to it when they are read."""
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_TRANSIENT = frozenset({"orig_nbformat", "orig_nbformat_minor", "signature"})
_OF_CELL = frozenset({"trusted"})
_OF_RUN = frozenset({"execution", "ExecuteTime"})
"""When a cell ran: as little part of the document as its outputs."""
_SPLIT = frozenset({"application/javascript", "image/svg+xml"})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The text of an `.ipynb`, its secrets replaced."""

    text: str
    findings: tuple[Finding, ...] = ()
    complete: bool = True
    """False where the time was not enough to search all of it for secrets."""
    mended: tuple[str, ...] = ()
    """Sentences."""
    cut: Mapping[str, int] = field(default_factory=dict)
    """Id (or position) of a cell -> number of its outputs that are left out for their size."""

    def redacted(self) -> Redacted:
        return Redacted(self.text, self.findings, self.complete)


def snapshot(content: Mapping[str, Any], *, outputs: bool = False) -> Snapshot:
    """The document as it is kept; without `outputs`, execution counts and times are left out too.  Mutates nothing."""
    mended: list[str] = []
    version = _version(content, mended)
    cells = _cells(content, mended, outputs=outputs)
    if version >= IDS_SINCE:
        _give_ids(cells, mended)
    else:
        for cell in cells:
            cell.pop("id", None)
    cut = _limit_outputs(cells)
    metadata = _without(_dict(content.get("metadata")), _TRANSIENT)
    texts: list[str] = []
    findings: list[Finding] = []
    complete = True
    for cell in cells:
        one = _written(_compact(cell))
        texts.append(one.text)
        findings += one.findings
        complete &= one.complete
    head = redact_json(_valid_metadata(metadata, mended))
    text = _document(texts, head[0], version)
    return Snapshot(text, (*findings, *head[1]), complete and head[2], tuple(mended), cut)


def is_cell_id(given: Any) -> TypeGuard[str]:
    """Whether nbformat takes this as a cell's id."""
    return isinstance(given, str) and _ID.fullmatch(given) is not None


def code_cell(source: str, cell_id: str | None = None, execution_count: int | None = None) -> dict[str, Any]:
    """A code cell without outputs; an id that nbformat does not take is left out."""
    named = {"id": cell_id} if is_cell_id(cell_id) else {}
    return {
        "cell_type": "code",
        "execution_count": execution_count,
        **named,
        "metadata": {},
        "outputs": [],
        "source": source,
    }


def joined(text: Any) -> str:
    """A source as one text: the format allows a list of lines."""
    return "".join(one for one in (text if isinstance(text, list) else [text]) if isinstance(one, str))


# -- the document -------------------------------------------------------------------------------------------------


def _version(content: Mapping[str, Any], mended: list[str]) -> tuple[int, int]:
    major, minor = content.get("nbformat"), content.get("nbformat_minor")
    earlier = _dict(content.get("metadata")).get("orig_nbformat")
    if _is_count(major) and _is_count(minor) and major >= OLDEST:
        if _is_count(earlier) and earlier < OLDEST:
            mended.append(f"nbformat {earlier} was written as {major}.{minor}")
        return major, minor
    mended.append("the file named no nbformat version that goes with its cells: written as 4.5")
    return IDS_SINCE


def _cells(content: Mapping[str, Any], mended: list[str], *, outputs: bool) -> list[dict[str, Any]]:
    listed = content.get("cells")
    found = listed if isinstance(listed, list) else []
    cells = [_cell(one, mended, outputs=outputs) for one in found if isinstance(one, dict)]
    _say(
        mended, len(found) - len(cells), "thing that is no cell was left out", "things that are no cells were left out"
    )
    return cells


def _cell(given: Mapping[str, Any], mended: list[str], *, outputs: bool) -> dict[str, Any]:
    kind = given.get("cell_type")
    cell: dict[str, Any] = {
        "cell_type": kind if kind in ("code", "markdown", "raw") else "raw",
        "metadata": _without(_dict(given.get("metadata")), _OF_CELL),
        "source": joined(given.get("source")).splitlines(keepends=True),
    }
    if cell["cell_type"] != kind:
        mended.append(f"a cell of the unknown type {str(kind)[:40]!r} was written as raw")
    if "id" in given:
        cell["id"] = given["id"]
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
        if outputs:
            cell |= _outcome(given)
        else:
            cell["metadata"] = _without(cell["metadata"], _OF_RUN)
    elif isinstance(attached := given.get("attachments"), dict):
        cell["attachments"] = {name: _bundle(one) for name, one in attached.items() if isinstance(one, dict)}
    return cell


def _give_ids(cells: list[dict[str, Any]], mended: list[str]) -> None:
    """Ids that nbformat takes, none of them twice; made of a cell's own text, so that they are the same in each run."""
    free = {cell["id"] for cell in cells if is_cell_id(cell.get("id"))}
    taken: set[str] = set()
    missing = twice = 0
    for cell in cells:
        given = cell.get("id")
        if is_cell_id(given) and given not in taken:
            taken.add(given)
            continue
        if is_cell_id(given):
            twice, wished = twice + 1, given[:56]
        else:
            missing, wished = (
                missing + 1,
                hashlib.sha256("".join(cell["source"]).encode("utf-8", "replace")).hexdigest()[:8],
            )
        number, made = 1, wished
        while made in taken or made in free:
            number += 1
            made = f"{wished}-{number}"
        cell["id"] = made
        taken.add(made)
    _say(mended, missing, "cell had no valid id and was given one", "cells had no valid id and were given one each")
    _say(
        mended, twice, "cell had another's id and was given its own", "cells had another's id and were given their own"
    )


_METADATA: dict[str, Callable[[Any], bool]] = {
    "kernelspec": lambda one: (
        isinstance(one, dict) and all(isinstance(one.get(k), str) for k in ("name", "display_name"))
    ),
    "language_info": lambda one: isinstance(one, dict) and isinstance(one.get("name"), str),
    "title": lambda one: isinstance(one, str),
    "authors": lambda one: isinstance(one, list),
}
"""What nbformat's schema asks of the notebook's metadata."""


def _valid_metadata(metadata: dict[str, Any], mended: list[str]) -> dict[str, Any]:
    wrong = {key for key, is_valid in _METADATA.items() if key in metadata and not is_valid(metadata[key])}
    mended += [f"metadata {key} was not as nbformat asks and was left out" for key in sorted(wrong)]
    return _without(metadata, wrong)


def _document(cells: list[str], metadata: Any, version: tuple[int, int]) -> str:
    listed = "[\n" + ",\n".join(f"  {one}" for one in cells) + "\n ]" if cells else "[]"
    about = _dumped(metadata).replace("\n", "\n ")
    return (
        f'{{\n "cells": {listed},\n "metadata": {about},\n'
        f' "nbformat": {version[0]},\n "nbformat_minor": {version[1]}\n}}\n'
    )


# -- one cell -----------------------------------------------------------------------------------------------------


def _written(cell: str) -> Redacted:
    return _remembered(cell) if len(cell) <= LONGEST_REMEMBERED else _cell_text(cell)


def _cell_text(cell: str) -> Redacted:
    redacted, findings, complete = redact_json(json.loads(cell))
    return Redacted(_dumped(redacted).replace("\n", "\n  "), findings, complete)


_remembered = lru_cache(REMEMBERED_CELLS)(_cell_text)


_compact = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
_dumped = json.JSONEncoder(ensure_ascii=False, indent=1, sort_keys=True, separators=(",", ": ")).encode


# -- outputs ------------------------------------------------------------------------------------------------------


def _outcome(given: Mapping[str, Any]) -> dict[str, Any]:
    count, outputs, left_out = given.get("execution_count"), given.get("outputs"), given.get(LEFT_OUT)
    return {
        "execution_count": count if _is_count(count) else None,
        "outputs": [_output(one) for one in outputs if isinstance(one, dict)] if isinstance(outputs, list) else [],
        **({LEFT_OUT: left_out} if _is_count(left_out) else {}),
    }


def _output(given: dict[str, Any]) -> dict[str, Any]:
    kind = given.get("output_type")
    if kind in ("execute_result", "display_data"):
        return {**given, "data": _bundle(_dict(given.get("data"))), "metadata": _dict(given.get("metadata"))}
    if kind == "stream":
        return {**given, "text": joined(given.get("text")).splitlines(keepends=True)}
    return given


def _bundle(data: dict[str, Any]) -> dict[str, Any]:
    """Texts as lists of lines, as nbformat writes them."""
    return {
        mime: _lines(value) if mime.startswith("text/") or mime in _SPLIT else value for mime, value in data.items()
    }


def _lines(value: Any) -> Any:
    return joined(value).splitlines(keepends=True) if isinstance(value, str | list) else value


def _limit_outputs(cells: Iterable[dict[str, Any]]) -> dict[str, int]:
    """Keep the first outputs of each cell, as far as both limits allow; how many of which cell are left out."""
    cut: dict[str, int] = {}
    left = MOST_OUTPUTS
    for position, cell in enumerate(cells):
        before = cell.pop(LEFT_OUT, 0)
        room = min(MOST_CELL, left)
        kept: list[Any] = []
        for one in cell.get("outputs", ()):
            size = len(json.dumps(one, ensure_ascii=False))
            if size > room:
                break
            room, left = room - size, left - size
            kept.append(one)
        missing = len(cell.get("outputs", ())) - len(kept) + before
        if missing:
            cut[str(cell.get("id", position))] = missing
            cell["outputs"] = kept
    return cut


# -- small things -------------------------------------------------------------------------------------------------


def _dict(given: Any) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}


def _without(values: Mapping[str, Any], names: frozenset[str] | set[str]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in names}


def _is_count(given: Any) -> TypeGuard[int]:
    return isinstance(given, int) and not isinstance(given, bool)


def _say(mended: list[str], count: int, one: str, many: str) -> None:
    if count:
        mended.append(f"{count} {one if count == 1 else many}")
