"""The user's words on cell lines: what a name is to be in the next runs of that cell, whatever would be guessed.

They lie in a small file of the home, so that they hold in every kernel of the project and wherever its runs are kept:

    {"schema": 1, "lines": {"<cell line>": {"<name>": "param" | "metric" | "ignore"}}}

Reading looks at the file's time and no more while it stays as it is.  A change is made under a lock and put in place at
once.  A file that cannot be read counts as empty; a change puts it aside as `words.json.broken`.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from trackbook.capture.values import WORDS, Words
from trackbook.errors import StoreBusy
from trackbook.journal.lock import try_lock

FILE_NAME = "words.json"
LOCK_NAME = "words.lock"
WAIT_S = 10.0
MOST_BYTES = 5_000_000

Lines = dict[str, dict[str, str]]
_Stamp = tuple[int, int, int]
_known: dict[Path, tuple[_Stamp, Lines]] = {}


def words_of(home: Path, line: str) -> Words:
    """The words on a cell line; empty where there are none."""
    return _read(home).get(line, {})


def say(home: Path, line: str, names: Iterable[str], word: str) -> Words:
    """Let a word hold for these names from the line's next run on; the words on the line now.

    Raises `StoreBusy` where another process does not give the file free, `OSError` where it cannot be written.
    """

    def changed(words: dict[str, str]) -> dict[str, str]:
        return {**words, **dict.fromkeys(names, word)}

    return _change(home, line, changed)


def unsay(home: Path, line: str, names: Iterable[str]) -> Words:
    """Let guesses stand again for these names and all below them; the words on the line now.  Raises as `say`."""

    def changed(words: dict[str, str]) -> dict[str, str]:
        gone = tuple(names)
        return {key: word for key, word in words.items() if not any(_is_below(key, name) for name in gone)}

    return _change(home, line, changed)


def all_words(home: Path) -> Mapping[str, Words]:
    """Cell line -> its words, for every line that has some."""
    return _read(home)


def _is_below(key: str, name: str) -> bool:
    return key == name or key.startswith(f"{name}.")


def _read(home: Path) -> Lines:
    path = home / FILE_NAME
    try:
        status = path.stat()
        stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
        known = _known.get(path)
        if known is None or known[0] != stamp:
            known = _known[path] = (stamp, _lines(path) or {})
    except OSError:
        _known.pop(path, None)
        return {}
    return known[1]


def _lines(path: Path) -> Lines | None:
    """None for a file that is no such thing."""
    try:
        found: Any = json.loads(path.read_bytes()) if path.stat().st_size <= MOST_BYTES else None
    except (ValueError, RecursionError):
        return None
    lines = found.get("lines") if isinstance(found, dict) else None
    if not isinstance(lines, dict):
        return None
    return {line: _valid(words) for line, words in lines.items() if isinstance(words, dict)}


def _valid(words: Mapping[str, Any]) -> dict[str, str]:
    return {name: word for name, word in words.items() if word in WORDS}


def _change(home: Path, line: str, changed: Callable[[dict[str, str]], dict[str, str]]) -> Words:
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = home / FILE_NAME
    lock = _locked(home)
    try:
        lines = _lines(path) if path.exists() else {}
        if lines is None:
            path.replace(path.with_name(f"{FILE_NAME}.broken"))
            lines = {}
        words = changed(lines.get(line, {}))
        lines = {**lines, line: words}
        _write(path, {one: held for one, held in lines.items() if held})
    finally:
        os.close(lock)
    return words


def _locked(home: Path) -> int:
    end = time.monotonic() + WAIT_S
    while (lock := try_lock(home / LOCK_NAME)) is None:
        if time.monotonic() > end:
            raise StoreBusy(home, "another process changes the words on its cells", "try again")
        time.sleep(0.01)
    return lock


def _write(path: Path, lines: Lines) -> None:
    text = json.dumps({"schema": 1, "lines": lines}, ensure_ascii=False, indent=1, sort_keys=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".words-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _known.pop(path, None)
