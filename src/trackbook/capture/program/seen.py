"""What an execution was seen to do, beside its text: names that changed hands, files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import ClassVar

from trackbook.capture.borders import Stop, Trace
from trackbook.capture.program import effects
from trackbook.capture.program.filenames import SOMEWHERE


@dataclass(frozen=True, slots=True)
class Files:
    """Files that an execution was seen to read and write, by path."""

    ANY: ClassVar[frozenset[str]] = frozenset({effects.ANYWHERE})
    """The paths of an execution that may have met every file."""

    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Seen:
    """What an execution was seen to do, beside its text."""

    trace: Trace
    files: Files = field(default_factory=Files)
    integers: frozenset[str] = frozenset()
    """Names that stand for whole numbers, of those that its text gives as a seed and does not bind."""
    seeded: bool = False
    """The shared random generators were seeded before it."""
    stop: Stop | None = None
    """Where an exception ended it."""


def same_file(one: str, other: str) -> bool:
    """True where two paths may lead to the same file, or one to a folder of the other."""
    if effects.ANYWHERE in (one, other):
        return True
    one, other = one.rstrip("/"), other.rstrip("/")
    if one.rpartition("/")[2] == other.rpartition("/")[2]:
        return True
    if one.startswith(SOMEWHERE) or other.startswith(SOMEWHERE):
        return "*" in one + other or _may_be_folder(one) or _may_be_folder(other)
    one, other = one.removeprefix("./"), other.removeprefix("./")
    return one.startswith(other + "/") or other.startswith(one + "/") or "*" in one + other


def _may_be_folder(path: str) -> bool:
    """Whether the other path may lead into it: `data-1.0`, `run.v1` and `conf.d` have no ending of a file."""
    return _WITH_ENDING.fullmatch(path.rpartition("/")[2]) is None


_WITH_ENDING = re.compile(r".+\.([A-Za-z]{2,}\d?|h5|7z)")
