"""The record of a cell's files: the inputs of its run, and the list of what it read and wrote.

An input is MLflow's dataset: `source` is JSON with the file's `uri`, and with what DVC or git-lfs know of it; `profile`
has its size and how the digest was taken.  Beyond `MOST_INPUTS` files, those of one folder make one input together.
"""

# Paths are texts in this room: hooks give them so, and thousands are compared.
# ruff: noqa: PTH116, PTH120
from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from trackbook.capture.data.digests import ALL_LIMIT_S, DIGITS, LIMIT_S, Digest
from trackbook.capture.data.dvc import DvcFiles
from trackbook.capture.data.lfs import LfsFiles
from trackbook.capture.data.sorting import BUNDLED, BUNDLED_ELSE, NO_USES, FileUse, Uses
from trackbook.core import tags
from trackbook.core.entities import Dataset
from trackbook.settings import without_credentials

MOST_INPUTS = 100
MOST_LISTED = 1000
LONGEST_NAME = 500
SECRET = re.compile(r"(?i)([?&;][^=&;]*(?:token|secret|sig|key|passw|auth|credential)[^=&;]*)=[^&;]*")
CHAINED = re.compile(r"::(?=[\w+.-]+(?:://|::))")
"""Between the addresses of one of fsspec's: `zip://a.csv::https://host/a.zip`."""
DigestOf = Callable[[str, float], Digest | None]


@dataclass(frozen=True, slots=True)
class Record:
    inputs: tuple[Dataset, ...]
    files_json: str
    """`{"schema": 1, "read": [...], "written": [...]}`; "" where no data was touched."""
    earlier: tuple[Dataset, ...] = ()
    """What cells before it read."""
    sentences: tuple[str, ...] = ()
    """What could not be had."""


def record(
    uses: Uses,
    root: Path,
    digest_of: DigestOf,
    *,
    earlier: Uses = NO_USES,
    clock: Callable[[], float] = time.monotonic,
) -> Record:
    """Digest what was read and say what was written; `root` is the folder that names are relative to.

    `earlier` is what the cells before it read that it depends on.
    """
    describer = _Describer(root, digest_of, clock() + ALL_LIMIT_S, clock)
    inputs, before = _inputs(uses, describer), _inputs(earlier, describer)
    gone = [
        f"{describer.name(path)} was read, and is gone: it has no digest" for path in (uses.gone + earlier.gone)[:5]
    ]
    unread = [f"{name} was read, and has no digest: it could not be opened again" for name in describer.unreadable[:5]]
    pipes = [
        f"{describer.name(path)} was read, and has no digest: it is a pipe" for path in (uses.pipes + earlier.pipes)[:5]
    ]
    return Record(inputs, _files_json(uses, earlier, describer), before, (*gone, *unread, *pipes))


def _inputs(uses: Uses, describer: _Describer) -> tuple[Dataset, ...]:
    read = [use for use in uses.files if use.read]
    single, folders = _grouped(sorted(read, key=lambda use: use.size_bytes))
    inputs = [made for use in single if (made := describer.file(use)) is not None]
    inputs += [describer.folder(folder, group) for folder, group in folders]
    inputs += [_url(address) for address in uses.urls[:MOST_INPUTS]]
    return tuple(inputs)


class _Describer:
    """Makes datasets of files, within the time that all of them have together."""

    def __init__(self, root: Path, digest_of: DigestOf, until: float, clock: Callable[[], float]) -> None:
        self._root, self._digest_of, self._until, self._clock = str(root), digest_of, until, clock
        self._dvc, self._lfs = DvcFiles(), LfsFiles()
        self.unreadable: list[str] = []
        self.digests: dict[str, str] = {}

    def name(self, path: str) -> str:
        """Below the root with `/`, else the whole path; what UTF-8 cannot write is replaced."""
        text = path[len(self._root) + 1 :] if path.startswith(self._root + os.sep) else path
        return _text(text.replace(os.sep, "/"))[-LONGEST_NAME:]

    def file(self, use: FileUse) -> Dataset | None:
        left_s = self._until - self._clock()
        found = self._digest_of(use.path, min(LIMIT_S, left_s))
        if found is None:
            self.unreadable.append(self.name(use.path))
            return None
        self.digests[use.path] = found.text
        profile: dict[str, Any] = {"size_bytes": found.size_bytes, "digest": "sample" if found.sampled else "sha256"}
        if use.changed or found.size_bytes != use.size_bytes or _mtime_ns(use.path) != use.mtime_ns:
            profile["changed_meanwhile"] = True
        if use.named:
            profile["seen"] = tags.NAMED
        if use.cell is not None:
            profile["cell"] = use.cell
        source: dict[str, Any] = {"uri": _text(use.path)}
        source_type = "local"
        name = self.name(use.path)
        if BUNDLED in use.path or BUNDLED_ELSE in use.path:
            source_type, name = "sklearn", f"sklearn/{Path(use.path).name}"
        elif (entry := self._dvc.entry(Path(use.path))) is not None:
            source_type, source["dvc"] = "dvc", asdict(entry)
        elif (pointer := self._lfs.pointer(Path(use.path))) is not None:
            source_type, source["lfs"] = "lfs", asdict(pointer)
        return Dataset(name, found.text, source_type, json.dumps(source), profile=json.dumps(profile))

    def folder(self, folder: str, group: Sequence[FileUse]) -> Dataset:
        """One input of many files: the digest of their names, sizes and times of change."""
        hashed = hashlib.sha256()
        for use in sorted(group, key=lambda use: use.path):
            hashed.update(f"{use.path[len(folder) :]}\0{use.size_bytes}\0{use.mtime_ns}\n".encode("utf-8", "replace"))
        profile = {
            "files": len(group),
            "size_bytes": sum(use.size_bytes for use in group),
            "digest": "names, sizes and times of change",
        }
        source = json.dumps({"uri": _text(folder) + "/"})
        name = self.name(folder) + "/"
        return Dataset(name, "f:" + hashed.hexdigest()[:DIGITS], "local", source, profile=json.dumps(profile))


def _mtime_ns(path: str) -> int | None:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return None


def _grouped(read: list[FileUse]) -> tuple[list[FileUse], list[tuple[str, list[FileUse]]]]:
    """Single files, and the folders whose files are too many to be inputs each."""
    if len(read) <= MOST_INPUTS:
        return read, []
    folders: dict[str, list[FileUse]] = {}
    for use in read:
        folders.setdefault(os.path.dirname(use.path), []).append(use)
    if len(folders) > MOST_INPUTS:  # a folder for each class, each day ...
        above = os.path.commonpath(list(folders))
        return [], [(above, read)]
    single = [use for group in folders.values() if len(group) == 1 for use in group]
    return single, [(folder, group) for folder, group in folders.items() if len(group) > 1]


def _url(address: str) -> Dataset:
    """An address that was read.  Nothing is asked over the network again, so its content has no digest."""
    clean = shown_url(address)
    parts = urlsplit(clean)
    kind = "http" if parts.scheme in ("http", "https") else "fsspec"
    name = urlunsplit(parts._replace(query="", fragment=""))[-LONGEST_NAME:]
    digest = "u:" + hashlib.sha256(clean.encode("utf-8", "replace")).hexdigest()[:DIGITS]
    return Dataset(name, digest, kind, json.dumps({"uri": _text(clean)}), profile=json.dumps({"digest": "address"}))


def shown_url(address: str) -> str:
    """An address without credentials, in the place for them or in its query."""
    parts = (without_credentials(part) or "url" for part in CHAINED.split(address))
    return SECRET.sub(r"\1=***", "::".join(parts))


def _files_json(uses: Uses, earlier: Uses, describer: _Describer) -> str:
    if NO_USES == uses == earlier:
        return ""
    read = [use for group in (uses, earlier) for use in group.files if use.read]
    written = [use for use in uses.files if use.written]
    urls, gone = uses.urls + earlier.urls, uses.gone + earlier.gone
    found: dict[str, Any] = {
        "schema": 1,
        "read": [_line(use, describer) for use in read[:MOST_LISTED]],
        "written": [_line(use, describer) for use in written[:MOST_LISTED]],
        "urls": [shown_url(address) for address in urls[:MOST_LISTED]],
        "gone": [_text(path) for path in gone[:MOST_LISTED]],
    }
    left_out = sum(max(len(one) - MOST_LISTED, 0) for one in (read, written, urls, gone))
    if left_out:
        found["left_out"] = left_out
    return json.dumps(found, indent=1)


def _line(use: FileUse, describer: _Describer) -> dict[str, Any]:
    line: dict[str, Any] = {"path": describer.name(use.path), "size_bytes": use.size_bytes, "mtime_ns": use.mtime_ns}
    if use.path in describer.digests:
        line["digest"] = describer.digests[use.path]
    if use.cell is not None:
        line["cell"] = use.cell
    if use.named:
        line["seen"] = tags.NAMED
    return line


def _text(path: str) -> str:
    """A path as text that can be stored."""
    return os.fsencode(path).decode("utf-8", "replace") if _has_surrogates(path) else path


def _has_surrogates(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return True
    return False
