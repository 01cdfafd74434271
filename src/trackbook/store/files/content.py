"""What the manifest keeps of a file: its size and digest; and the names of files that are not finished yet."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

PIECE_BYTES = 1 << 20
UNFINISHED = ".trackbook-unfinished-"
"""Begins the name of a file that is being written; such names are never listed, and no artifact may have one."""


@dataclass(frozen=True, slots=True)
class Content:
    size: int
    """bytes"""
    digest: str
    """sha256, hex"""


def content_of(file: Path) -> Content:
    """Read a file once, in pieces.  Raises `OSError`."""
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
        return Content(opened.tell(), digest)


def same_bytes(one: Path, other: Path) -> bool:
    """Compare two files piece by piece.  Raises `OSError`."""
    with one.open("rb") as first, other.open("rb") as second:
        while True:
            piece = first.read(PIECE_BYTES)
            if piece != second.read(PIECE_BYTES):
                return False
            if not piece:
                return True


def is_unfinished(path: str) -> bool:
    """Whether a part of this path is a name that we keep for ourselves."""
    return any(part.startswith(UNFINISHED) for part in path.split("/"))
