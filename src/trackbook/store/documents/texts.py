"""What is kept as a document: a text below `trackbook/`.  Pictures, models and very long texts stay files."""

from __future__ import annotations

import codecs
from pathlib import Path

from trackbook.core.tags import FOLDER

LONGEST_BYTES = 32 << 20
"""A longer text is a file: a document is in memory as a whole when it is written or read."""
_FIRST_BYTES = 4096


def is_place(path: str) -> bool:
    """Whether a document may have this path."""
    return path.startswith(f"{FOLDER}/")


def text_of(file: Path) -> bytes | None:
    """The file's content where it is a text in UTF-8 that is not too long, else None.  Raises `OSError`."""
    if file.stat().st_size > LONGEST_BYTES:
        return None
    with file.open("rb") as opened:
        first = opened.read(_FIRST_BYTES)
        if not _is_text(first, final=False):
            return None
        data = first + opened.read()
    return data if len(data) <= LONGEST_BYTES and _is_text(data, final=True) else None


def _is_text(data: bytes, *, final: bool) -> bool:
    try:
        codecs.utf_8_decode(data, "strict", final)
    except UnicodeDecodeError:
        return False
    return b"\0" not in data
