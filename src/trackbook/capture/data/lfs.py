"""The git-lfs pointer of a file: what the commit has in the file's place (https://git-lfs.com, `docs/spec.md`).

A file that was not fetched is its pointer; else git is asked for it, and only where a `.gitattributes` above the file
speaks of lfs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from trackbook.capture.git import run_git

FIRST_LINE = "version https://git-lfs.github.com/spec/v1"
LARGEST_POINTER_BYTES = 1024
LARGEST_ATTRIBUTES_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class LfsPointer:
    oid: str
    """`sha256:<hexadecimal digits>`"""
    size_bytes: int
    fetched: bool
    """False where the file itself is still the pointer, so that the cell read no data."""


@dataclass(slots=True)
class LfsFiles:
    """Answers for many files; looks into each folder's attributes once."""

    _speaks: dict[Path, bool] = field(default_factory=dict)

    def pointer(self, path: Path) -> LfsPointer | None:
        """The pointer of this file; None for one that git-lfs does not keep."""
        if not self._may_be(path.parent):
            return None
        try:
            if path.stat().st_size <= LARGEST_POINTER_BYTES:
                own = parse(path.read_text("utf-8", "replace"), fetched=False)
                if own is not None:
                    return own
        except OSError:
            return None
        attribute = run_git(path.parent, "check-attr", "filter", "--", path.name) or ""
        if not attribute.rstrip().endswith(": lfs"):
            return None
        return parse(run_git(path.parent, "cat-file", "blob", f":./{path.name}") or "", fetched=True)

    def _may_be(self, folder: Path) -> bool:
        if folder not in self._speaks:
            parent = folder.parent
            at_root = (folder / ".git").exists() or parent == folder
            self._speaks[folder] = _names_lfs(folder / ".gitattributes") or (not at_root and self._may_be(parent))
        return self._speaks[folder]


def parse(text: str, *, fetched: bool) -> LfsPointer | None:
    """The pointer that this text is; None where it is none."""
    if not text.startswith(FIRST_LINE):
        return None
    facts = dict(line.split(" ", 1) for line in text.splitlines() if " " in line)
    try:
        return LfsPointer(facts["oid"], int(facts["size"]), fetched)
    except (KeyError, ValueError):
        return None


def _names_lfs(attributes: Path) -> bool:
    try:
        with attributes.open("rb") as file:
            return b"filter=lfs" in file.read(LARGEST_ATTRIBUTES_BYTES)
    except OSError:
        return False
