"""The Jupyter server extension: answers for stored runs when no kernel does.

Routes, behind the server's own authentication, answer from the store of a notebook's home, so that a re-opened
notebook attaches its cards before any kernel has loaded trackbook:

    GET <base>/trackbook/api/cards/<run id>?path=<notebook>                                 its card
    GET <base>/trackbook/api/cards/<run id>/curves?path=<notebook>&key=<metric>&buckets=<n>  curves; `key` repeats
    GET <base>/trackbook/api/code/<hash>                                                     a view's code

It never makes a home or a store; journals of dead processes are recovered when the store opens,
which is why all work is done in a thread.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from trackbook import settings
from trackbook.core.names import check_artifact_path, check_run_id
from trackbook.errors import InvalidValue, NotFound, StoreUnavailable, TrackbookError, shown

if TYPE_CHECKING:
    from trackbook.core.ports import Store

RECOVER_EVERY_S = 5.0
_log = logging.getLogger(__name__)
CARD_ROUTE = r"/trackbook/api/cards/([^/]+)"
CURVES_ROUTE = rf"{CARD_ROUTE}/curves"
CODE_ROUTE = r"/trackbook/api/code/([0-9a-f]+)"


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


Query = Mapping[str, list[str]]
"""The arguments of a request, each with all its values."""
Answer = Callable[["Store", str, Query], Any]
"""Store, run id and query -> JSON."""


class RunHandler(APIHandler):
    """Something of a run as JSON; errors as `{"error": {"type", "message"}}`."""

    def initialize(self, stores: Stores, answer: Answer) -> None:
        self.stores = stores
        self.answer = answer

    @web.authenticated
    async def get(self, run_id: str) -> None:
        root = Path(self.settings["server_root_dir"]).expanduser()
        query = {name: self.get_query_arguments(name) for name in ("path", "key", "buckets")}
        try:
            loop = asyncio.get_running_loop()
            found = await loop.run_in_executor(None, answered, self.answer, self.stores, root, run_id, query)
        except TrackbookError as error:
            self.set_status(status_of(error))
            await self.finish(json.dumps({"error": {"type": type(error).__name__, "message": str(error)}}))
            return
        await self.finish(json.dumps(found))


class CodeHandler(APIHandler):
    """The code of a view, while the kernel that has it is busy or gone; 404 where another version is installed here."""

    @web.authenticated
    async def get(self, digest: str) -> None:
        from trackbook.widgets.code import code_with

        code = code_with(digest)
        if code is None:
            raise web.HTTPError(404)
        self.set_header("Cache-Control", "private, max-age=31536000, immutable")
        await self.finish(json.dumps(code))


def answered(answer: Answer, stores: Stores, root: Path, run_id: str, query: Query) -> Any:
    """An answer from the store of a notebook, whose `path` is relative to the server's root folder."""
    check_run_id(run_id)
    notebook = "".join(query["path"][-1:])
    folder = (root / check_artifact_path(notebook.lstrip("/"))).parent if notebook else root
    if not folder.is_dir():
        raise NotFound("folder of notebook", notebook)
    return answer(stores.of(folder), run_id, query)


def stored_card(store: Store, run_id: str, _query: Query) -> Any:
    from trackbook.widgets.cards import card_of

    return card_of(store, run_id)


def stored_curves(store: Store, run_id: str, query: Query) -> Any:
    from trackbook.widgets.curves import curve_pieces

    buckets = "".join(query["buckets"][-1:]) or "500"
    if not buckets.isdecimal() or len(buckets) > 9:
        raise InvalidValue(f"buckets={shown(buckets)} is no whole number")
    store.runs.get(run_id)  # an unknown run has no curves rather than none
    return curve_pieces(store, run_id, query["key"], int(buckets))


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
    base = app.settings["base_url"]
    answers = ((CURVES_ROUTE, stored_curves), (CARD_ROUTE, stored_card))
    handlers = [(url_path_join(base, route), RunHandler, {"stores": stores, "answer": one}) for route, one in answers]
    app.add_handlers(".*$", [*handlers, (url_path_join(base, CODE_ROUTE), CodeHandler)])
    atexit.register(stores.close)
