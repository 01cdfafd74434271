"""What lies in the trash, what emptying it did, and where the bytes of a store are.  Sizes are bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TrashedRun:
    """A deleted run and what it holds: files and their bytes as recorded, points of all its metrics."""

    run_id: str
    name: str
    experiment: str
    """The experiment's name."""
    deleted_ms: int
    files: int = 0
    size_bytes: int = 0
    points: int = 0
    kept_for: str = ""
    """Why emptying the trash leaves it there unless forced; empty where nothing speaks against it."""


@dataclass(frozen=True, slots=True)
class TrashedModel:
    """A deleted logged model; as `TrashedRun`."""

    model_id: str
    name: str
    deleted_ms: int
    files: int = 0
    size_bytes: int = 0
    kept_for: str = ""


@dataclass(frozen=True, slots=True)
class Emptied:
    """What is gone for good, and what was left."""

    run_ids: Sequence[str] = ()
    kept: Mapping[str, str] = field(default_factory=dict)
    """Run id -> why it was left."""
    experiments: Sequence[str] = ()
    """Names of deleted experiments that held no run any more."""
    freed_bytes: int = 0
    """Of artifacts; content that other runs share gives its bytes back with the last of them."""


@dataclass(frozen=True, slots=True)
class Usage:
    """How much one thing, an experiment or a run, holds."""

    name: str
    runs: int
    files: int
    size_bytes: int
    """Of artifacts, as recorded; shared content counts each time."""
    points: int
    id: str = ""


@dataclass(frozen=True, slots=True)
class Orphan:
    """A run's artifact folder whose run is not in the store."""

    path: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class DiskReport:
    """Where the bytes are.  `experiments` and `largest` are sorted by size, greatest first."""

    database_bytes: int
    """The file with its log, or what the server says."""
    reclaimable_bytes: int
    """Of these, what compacting the database would give back."""
    experiments: Sequence[Usage]
    trash: Usage
    largest: Sequence[Usage]
    """The runs with most in them."""
    documents_bytes: int = 0
    """Of the database: the runs' own texts, compressed, what they share once."""
