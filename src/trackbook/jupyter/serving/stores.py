"""Open stores of the notebooks that a Jupyter server serves, and where a notebook stands among them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook import settings
from trackbook.capture.notebook import relative_name
from trackbook.core.names import check_artifact_path
from trackbook.errors import NotFound, StoreUnavailable
from trackbook.widgets.table_live import mark_of

if TYPE_CHECKING:
    from trackbook.core.ports import Store

RECOVER_EVERY_S = 5.0
NO_HOME = "home"
"""The kind of what is not found where nothing was kept yet."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """A notebook's store, and its name there."""

    store: Store
    settings: settings.Settings
    notebook: str
    """The notebook's path below its project's root, as its runs have it; "" for a folder."""

    def mark(self) -> Hashable | None:
        """What differs after every change of the store; None where nothing tells."""
        return mark_of(self.store.uri)


class Stores:
    """Open stores by their URI, for as long as the server lives.  Thread-safe."""

    def __init__(self) -> None:
        self._open: dict[str, Store] = {}
        self._next_recovery: dict[str, float] = {}
        self._lock = threading.Lock()

    def place(self, root: Path, path: str) -> Place:
        """Of a notebook, whose `path` is relative to the server's root folder, with what dead kernels left behind.

        Raises `UnsafePath`, and `NotFound` where there is no such folder, or where nothing was kept in its project yet.
        """
        file = root / check_artifact_path(path.lstrip("/")) if path else root
        folder = file.parent if path else root
        if not folder.is_dir():
            raise NotFound("folder of notebook", path)
        found = settings.load(folder)
        if found.tracking_uri == str(found.home) and not found.home.is_dir():
            raise NotFound(NO_HOME, found.home.name, "no run was kept in this folder's project yet")
        return Place(self._store(found), found, relative_name(file, found.home.parent) if path else "")

    def _store(self, found: settings.Settings) -> Store:
        from trackbook.connect import connect

        with self._lock:
            if found.tracking_uri not in self._open:
                self._open[found.tracking_uri] = connect(
                    found.tracking_uri, journal=found.journal_folder, artifact_root=found.artifact_root or None
                )
            store = self._open[found.tracking_uri]
            self._recover(store, found)
            return store

    def _recover(self, store: Store, found: settings.Settings) -> None:
        """At most every few seconds; a store that cannot be written still shows what it has."""
        from trackbook.journal.recovery import recover

        if time.monotonic() < self._next_recovery.get(store.uri, 0.0) or not found.journal_folder.is_dir():
            return
        self._next_recovery[store.uri] = time.monotonic() + RECOVER_EVERY_S
        try:
            recover(found.journal_folder, store, destination=found.tracking_uri)
        except StoreUnavailable as error:
            _log.warning("journals were not recovered: %s", error)

    def close(self) -> None:
        with self._lock:
            for store in self._open.values():
                store.close()
            self._open.clear()
