"""Digests of files: SHA-256 of the content, or of a sample that says so.

A file is read for `LIMIT_S` at the most; what is larger than that, mostly holes, or beyond the time that all files of a
run have together, gets the digest of its size and of pieces spread evenly over it, marked by `s:`.  Digests are kept by
path, size, time of change and inode, in one file of the home to which each process appends lines; the path itself is
kept as a hash only.  A file that changed within the last seconds is not kept: it may change again in the same tick.

Only regular files are opened, without blocking, so that a pipe that took a file's place holds nobody up.
"""

# Paths are texts in this room: hooks give them so, and thousands are compared.
# ruff: noqa: PTH116
from __future__ import annotations

import hashlib
import json
import os
import stat
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LIMIT_S = 5.0
ALL_LIMIT_S = 20.0
"""For all files of one run together."""
PIECE_BYTES = 1 << 20
SAMPLE_PIECES = 64
SAMPLE_BYTES = 64 << 10
DIGITS = 32
"""MLflow's digests have 36 characters at the most."""
SAMPLED = "s:"
SETTLED_NS = 2_000_000_000
MOST_KEPT = 20_000

_monotonic = time.monotonic
_time_ns = time.time_ns


@dataclass(frozen=True, slots=True)
class Digest:
    text: str
    """Hexadecimal digits, behind `s:` where only a sample was read."""
    size_bytes: int

    @property
    def sampled(self) -> bool:
        return self.text.startswith(SAMPLED)


def digest(path: str, limit_s: float = LIMIT_S, clock: Callable[[], float] = _monotonic) -> Digest | None:
    """The digest of a regular file; None where there is none, or it cannot be read."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except (OSError, ValueError):
        return None
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            return None
        text = None if _is_hollow(about) or limit_s <= 0 else _whole(handle, clock() + limit_s, clock)
        return Digest(text or _sampled(handle, about.st_size), about.st_size)
    except OSError:
        return None
    finally:
        os.close(handle)


def _is_hollow(about: os.stat_result) -> bool:
    """Mostly holes, so that reading it would hash gigabytes of zeros."""
    blocks = getattr(about, "st_blocks", None)
    return blocks is not None and about.st_size > 64 * PIECE_BYTES and blocks * 512 < about.st_size // 2


def _whole(handle: int, until: float, clock: Callable[[], float]) -> str | None:
    hashed = hashlib.sha256()
    while piece := os.read(handle, PIECE_BYTES):
        hashed.update(piece)
        if clock() > until:
            return None
    return hashed.hexdigest()[:DIGITS]


def _sampled(handle: int, size: int) -> str:
    hashed = hashlib.sha256(str(size).encode())
    last = max(size - SAMPLE_BYTES, 0)
    for number in range(SAMPLE_PIECES):
        hashed.update(os.pread(handle, SAMPLE_BYTES, last * number // (SAMPLE_PIECES - 1)))
    return SAMPLED + hashed.hexdigest()[:DIGITS]


class KeptDigests:
    """The digests known to a home.  A file that cannot be read or written only makes it forget."""

    def __init__(self, home: Path) -> None:
        self._path = home / "cache" / "digests.jsonl"
        self._lock = threading.Lock()
        self._known: dict[str, str] | None = None

    def of(self, path: str, limit_s: float = LIMIT_S) -> Digest | None:
        """The digest of a file as it is now, from memory where it did not change."""
        try:
            about = os.stat(path)
        except (OSError, ValueError):
            return None
        key = _key(path, about)
        with self._lock:
            if self._known is None:
                self._known = self._load()
            known = self._known.get(key)
        if known is not None:
            return Digest(known, about.st_size)
        found = digest(path, limit_s)
        if found is not None and not found.sampled and about.st_mtime_ns < _time_ns() - SETTLED_NS:
            self._keep(key, found.text)
        return found

    def _keep(self, key: str, text: str) -> None:
        with self._lock:
            if self._known is not None:
                self._known[key] = text
            try:
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps([key, text]) + "\n")
            except OSError:
                pass

    def _load(self) -> dict[str, str]:
        known: dict[str, str] = {}
        try:
            lines = self._path.read_text("utf-8", "replace").splitlines()
        except OSError:
            return known
        for line in lines[-MOST_KEPT:]:
            try:
                key, text = json.loads(line)
            except (ValueError, TypeError):  # a torn line
                continue
            if isinstance(key, str) and isinstance(text, str):
                known[key] = text
        if len(lines) > 2 * MOST_KEPT:
            self._rewrite(known)
        return known

    def _rewrite(self, known: dict[str, str]) -> None:
        try:
            fresh = self._path.with_suffix(f".{os.getpid()}")
            fresh.write_text("".join(json.dumps(pair) + "\n" for pair in known.items()), "utf-8")
            fresh.replace(self._path)
        except OSError:
            pass


def _key(path: str, about: os.stat_result) -> str:
    facts = f"{about.st_size}:{about.st_mtime_ns}:{about.st_dev}:{about.st_ino}:".encode()
    return hashlib.sha256(facts + os.fsencode(path)).hexdigest()[:DIGITS]
