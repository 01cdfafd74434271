"""The Jupyter server extension: answers for stored runs when no kernel does.

One route, behind the server's own authentication: `GET <base>/trackbook/api/cards/<run id>?path=<notebook>` gives the
card of a run from the store of that notebook's home, so that a re-opened notebook attaches its cards before any kernel
has loaded trackbook.  It never makes a home or a store; journals of dead processes are recovered when the store opens,
which is why all work is done in a thread.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from trackbook import settings
from trackbook.core.names import check_artifact_path, check_run_id
from trackbook.errors import InvalidValue, NotFound, StoreUnavailable, TrackbookError

if TYPE_CHECKING:
    from trackbook.core.ports import Store

RECOVER_EVERY_S = 5.0
_log = logging.getLogger(__name__)
ROUTE = r"/trackbook/api/cards/([^/]+)"


class Stores:
    """Open stores by their URI, for as long as the server lives.  Thread-safe."""

    def __init__(self) -> None:
        self._open: dict[str, Store] = {}
        self._next_recovery: dict[str, float] = {}
        self._lock = threading.Lock()

    def of(self, folder: Path) -> Store:
        """The store of a notebook in this folder, with what dead kernels left in their journals.

        Raises `NotFound` where nothing was ever kept there.
        """
        from trackbook.connect import connect

        found = settings.load(folder)
        if found.tracking_uri == str(found.home) and not found.home.is_dir():
            raise NotFound("home", found.home.name, "no run was kept in this folder's project yet")
        with self._lock:
            if found.tracking_uri not in self._open:
                self._open[found.tracking_uri] = connect(found.tracking_uri, journal=found.journal_folder)
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


class CardHandler(APIHandler):
    """A run's card as JSON; errors as `{"error": {"type", "message"}}`."""

    def initialize(self, stores: Stores) -> None:
        self.stores = stores

    @web.authenticated
    async def get(self, run_id: str) -> None:
        root = Path(self.settings["server_root_dir"]).expanduser()
        notebook = self.get_query_argument("path", "")
        try:
            loop = asyncio.get_running_loop()
            card = await loop.run_in_executor(None, stored_card, self.stores, root, notebook, run_id)
        except TrackbookError as error:
            self.set_status(status_of(error))
            await self.finish(json.dumps({"error": {"type": type(error).__name__, "message": str(error)}}))
            return
        await self.finish(json.dumps(card))


def stored_card(stores: Stores, root: Path, notebook: str, run_id: str) -> dict[str, Any]:
    """The card of a run in the store of a notebook, whose path is relative to the server's root folder."""
    from trackbook.widgets.cards import card_of

    check_run_id(run_id)
    folder = (root / check_artifact_path(notebook.lstrip("/"))).parent if notebook else root
    if not folder.is_dir():
        raise NotFound("folder of notebook", notebook)
    return dict(card_of(stores.of(folder), run_id))


def status_of(error: TrackbookError) -> int:
    """The HTTP status of an error."""
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, InvalidValue):
        return 400
    return 503 if isinstance(error, StoreUnavailable) else 500


def _load_jupyter_server_extension(server_app: Any) -> None:
    """Called by the Jupyter server."""
    app = server_app.web_app
    stores = Stores()
    route = url_path_join(app.settings["base_url"], ROUTE)
    app.add_handlers(".*$", [(route, CardHandler, {"stores": stores})])
