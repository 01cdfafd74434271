"""Bring what dead processes left behind into the store.

A journal is abandoned when its lock is free (the process is gone, or has closed it), or when the lock is held but its
process is surely gone (a forked child holds the copy).  `recovery.lock` keeps two recoverers apart; both locks go with
their process, so a recoverer that dies midway hurts nobody: the store's cursor says where the next one goes on.

The order of the last steps matters: runs are ended, then the folder leaves sight by a rename, and only then the store
forgets the cursor; a cursor forgotten too early would let the journal be applied again.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from trackbook.core.clock import now_ms
from trackbook.core.events import ArtifactStaged, Batch
from trackbook.core.ports import Store
from trackbook.errors import JournalDamaged, NotFound, StoreUnavailable, UnsafePath
from trackbook.journal.folder import GONE_PREFIX, LOCK_NAME, NEW_PREFIX, RECOVERY_LOCK_NAME, delete_folder
from trackbook.journal.lock import try_lock
from trackbook.journal.owner import Owner, read_owner, surely_dead
from trackbook.journal.reader import Reader
from trackbook.journal.source import StoredJournal

log = logging.getLogger("trackbook.journal")

DAMAGED_NAME = "damaged.txt"
HALF_MADE_AFTER_S = 3600.0
"""A folder that was being made is given up as dead after this."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What came out of one journal."""

    journal_id: str
    runs: Sequence[str]
    """Every run of which something was applied now."""
    points: int
    """Metric points applied now."""
    killed: Sequence[str]
    """The runs that were still RUNNING, and are KILLED now."""


class AbandonedJournal(AbstractContextManager["AbandonedJournal"]):
    """A dead process's journal, ours to drain until the context ends."""

    def __init__(self, folder: Path, owner: Owner, locks: Sequence[int]) -> None:
        self.folder, self.owner, self._locks = folder, owner, list(locks)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()

    def __enter__(self) -> Self:
        return self

    def release(self) -> None:
        while self._locks:
            os.close(self._locks.pop())


def abandoned(root: Path, own: str | None = None, *, sweep: bool = True) -> Iterator[AbandonedJournal]:
    """The journals below `root` that nobody writes to or recovers, oldest first, each locked for us, without `own`.

    Release each before the next.  Journals found damaged before are left out; so is, reported once by this process,
    what is of a newer format, without an owner, or no journal at all.  With `sweep`, folders half made or half deleted
    by dead processes are removed on the way.
    """
    if sweep:
        _sweep_all(root)
    for folder in _oldest_first(root, own):
        journal = _take(folder)
        if journal is not None:
            with journal:
                yield journal


def recover(
    root: Path,
    store: Store,
    own: str | None = None,
    destination: str | None = None,
    heard: Callable[[Batch], None] | None = None,
) -> Sequence[Recovered]:
    """Drain every abandoned journal meant for this store, end its runs as KILLED and delete it.

    `destination` is another spelling of the store's URI that counts as the same.  Raises `StoreUnavailable`; journals
    drained before it stay so, the others wait.  A journal that cannot be read is reported and left in place.  `heard`
    is called with each batch that was applied.
    """
    places, recovered = (store.uri, destination), []
    for journal in abandoned(root, own):
        if journal.owner.destination not in places:
            continue
        try:
            recovered.append(recover_one(journal, store, heard))
        except StoreUnavailable:
            raise
        except (OSError, JournalDamaged) as error:
            _report_once(journal.folder, error)
    return recovered


def recover_one(journal: AbandonedJournal, store: Store, heard: Callable[[Batch], None] | None = None) -> Recovered:
    """Drain one journal that is ours.  Raises `StoreUnavailable`."""
    journal_id = journal.owner.journal_id
    reader = Reader(StoredJournal(journal.folder, journal_id), store.recording.cursor(journal_id))
    runs, points = drain(reader, store, heard)
    killed: Sequence[str] = ()
    if reader.known.open_runs:
        killed = store.recording.end_abandoned(list(reader.known.open_runs), _last_sign_of_life(reader, journal.folder))
    if reader.damage:
        _keep_damaged(journal.folder, reader.damage)
    else:
        delete_folder(journal.folder)
        store.recording.forget(journal_id)
    if runs or killed:
        log.info("recovered journal %s: %d runs, %d points, %d killed", journal_id, len(runs), points, len(killed))
    return Recovered(journal_id, runs, points, killed)


def drain(reader: Reader, store: Store, heard: Callable[[Batch], None] | None = None) -> tuple[Sequence[str], int]:
    """Apply all that is left and adopt staged files: the runs concerned, in order, and the number of points."""
    runs: dict[str, None] = {}
    points = 0
    while (batch := reader.read()) is not None:
        store.recording.apply(batch)
        reader.commit(batch)
        runs.update(dict.fromkeys([event.run_id for event in batch.events]))
        runs.update(dict.fromkeys([one.run_id for one in batch.points]))
        points += sum(len(one.steps) for one in batch.points)
        if heard is not None:
            heard(batch)
    while reader.known.staged:
        adopt(reader, reader.known.staged[0], store)
        del reader.known.staged[0]
    return list(runs), points


def adopt(reader: Reader, staged: ArtifactStaged, store: Store) -> None:
    """Give one staged file to the store.  Raises `StoreUnavailable`; a file that cannot be taken is logged."""
    try:
        file = reader.source.staged_path(staged.staged)
        if file.is_file():
            store.artifacts.adopt(staged.run_id, staged.path, file)
            file.unlink(missing_ok=True)
    except (UnsafePath, NotFound) as error:
        log.warning("artifact %r of run %s is not taken in: %s", staged.path, staged.run_id, error)


def _oldest_first(root: Path, own: str | None) -> Sequence[Path]:
    """Folders that look like journals, in the order in which they were begun, so that later events win."""
    found: list[tuple[int, Path]] = []
    with contextlib.suppress(OSError):
        for folder in root.iterdir():
            if not folder.name.startswith(".") and folder.name != own and not (folder / DAMAGED_NAME).exists():
                try:
                    found.append((read_owner(folder).created, folder))
                except JournalDamaged as error:
                    if folder.exists():  # not given back just now
                        _report_once(folder, error)
    return [folder for _, folder in sorted(found)]


_reported: set[Path] = set()


def _report_once(folder: Path, error: Exception) -> None:
    """A recorder looks every few seconds, and what it cannot read stays."""
    if folder not in _reported:
        _reported.add(folder)
        log.warning("%s", error if isinstance(error, JournalDamaged) else JournalDamaged(folder, str(error)))


def _take(folder: Path) -> AbandonedJournal | None:
    """Lock a journal if it is abandoned, and still there."""
    locks: list[int] = []
    try:
        recovery = try_lock(folder / RECOVERY_LOCK_NAME)
        if recovery is None:
            return None
        locks.append(recovery)
        if not folder.is_dir():  # another recoverer was quicker
            return None
        owner = read_owner(folder)
        lock = try_lock(folder / LOCK_NAME)
        if lock is not None:
            locks.append(lock)
        elif not surely_dead(owner):
            return None
        taken, locks = locks, []
        return AbandonedJournal(folder, owner, taken)
    except JournalDamaged as error:
        if folder.exists():
            _report_once(folder, error)
        return None
    except OSError as error:
        log.debug("journal %s cannot be locked: %s", folder, error)
        return None
    finally:
        for fd in locks:
            os.close(fd)


def _last_sign_of_life(reader: Reader, folder: Path) -> int:
    """The latest time that the journal knows of, ms: in its records, or of its files; never in the future."""
    times = [reader.last_time()]
    for path in folder.glob("*-*"):
        with contextlib.suppress(OSError):
            times.append(int(path.stat().st_mtime * 1000))
    return min(max(times), now_ms())


def _keep_damaged(folder: Path, damage: Sequence[JournalDamaged]) -> None:
    text = "\n".join(str(one) for one in damage)
    with contextlib.suppress(OSError):
        (folder / DAMAGED_NAME).write_text(text + "\n", "utf-8")


def _sweep_all(root: Path) -> None:
    with contextlib.suppress(OSError):
        for folder in root.glob(".*"):
            _sweep(folder)


def _sweep(folder: Path) -> None:
    """Remove what a process left that died while it made or deleted a journal."""
    with contextlib.suppress(OSError):
        old = time.time() - folder.stat().st_mtime > HALF_MADE_AFTER_S
        if folder.name.startswith(GONE_PREFIX) or (folder.name.startswith(NEW_PREFIX) and old):
            shutil.rmtree(folder, ignore_errors=True)
