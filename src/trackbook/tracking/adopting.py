"""Giving the files that a journal has staged to the store, those of one run together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from trackbook.errors import NotFound, UnsafePath
from trackbook.journal.recovery import adopt

if TYPE_CHECKING:
    from trackbook.core.events import ArtifactStaged
    from trackbook.core.ports import Store
    from trackbook.journal.reader import Reader

MOST_TOGETHER = 100
"""Files at most, so that what was logged meanwhile does not wait long."""


def adopt_staged(reader: Reader, store_factory: Callable[[], Store]) -> None:
    """Give all staged files to the store."""
    staged = reader.known.staged
    while staged:
        store, together = store_factory(), _together(staged)
        if len(together) == 1 or not _adopt_together(reader, together, store):
            for one in together:
                adopt(reader, one, store)
        del staged[: len(together)]


def _adopt_together(reader: Reader, staged: Sequence[ArtifactStaged], store: Store) -> bool:
    """False where one of them cannot be taken: then they are to be given one by one."""
    try:
        files = [(one.path, reader.source.staged_path(one.staged)) for one in staged]
        there = [(path, file) for path, file in files if file.is_file()]
        if there:
            store.artifacts.adopt_many(staged[0].run_id, there)
    except (UnsafePath, NotFound):
        return False
    for _, file in files:
        file.unlink(missing_ok=True)
    return True


def _together(staged: Sequence[ArtifactStaged]) -> Sequence[ArtifactStaged]:
    """The first ones of one run, up to a path that comes twice: the later file has to win."""
    paths: set[str] = set()
    for number, one in enumerate(staged[:MOST_TOGETHER]):
        if one.run_id != staged[0].run_id or one.path in paths:
            return staged[:number]
        paths.add(one.path)
    return staged[:MOST_TOGETHER]
