"""The server's side of every route: authenticated, off the event loop, errors as `{"error": {"type", "message"}}`."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import APIHandler
from tornado import web

from trackbook.errors import InvalidState, InvalidValue, NotFound, StoreUnavailable, TrackbookError
from trackbook.jupyter.serving.stores import NO_HOME, Place, Stores

MOST_BODY_BYTES = 2_000_000

Query = Mapping[str, list[str]]
"""The arguments of a request, each with all its values."""
Reader = Callable[[Place, str, Query], Any]
"""Place, what the route's address names, and query -> JSON."""
Asked = Callable[[Place, Mapping[str, Any]], Any]
"""Place and a request's JSON body -> JSON."""


class StoreHandler(APIHandler):
    """Answers from the store of the notebook that the argument `path` names."""

    def initialize(self, stores: Stores, answer: Any) -> None:
        self.stores = stores
        self.answer = answer

    def place(self) -> Place:
        root = Path(self.settings["server_root_dir"]).expanduser()
        return self.stores.place(root, self.get_query_argument("path", ""))

    async def tell(self, work: Callable[[], Any]) -> None:
        """What the work gives, done in a thread; None: what the page has is still true."""
        try:
            found = await asyncio.get_running_loop().run_in_executor(None, work)
        except TrackbookError as error:
            from trackbook.widgets.base import error_payload

            self.set_status(status_of(error))
            await self.finish(json.dumps({"error": error_payload(error)}))
            return
        if found is UNCHANGED:
            self.set_status(304)
            await self.finish()
            return
        await self.finish(json.dumps(found))


UNCHANGED = object()


class ReadHandler(StoreHandler):
    """GET; the answer carries an ETag by which a page learns cheaply that nothing has changed.

    `empty` is what is told of a notebook whose project has no home yet; None: that this is so, with status 404.
    """

    def initialize(self, stores: Stores, answer: Any, empty: Callable[[str, Query], Any] | None = None) -> None:
        super().initialize(stores, answer)
        self.empty = empty

    @web.authenticated
    async def get(self, named: str = "") -> None:
        query = {name: self.get_query_arguments(name) for name in self.request.query_arguments}
        asked = {name: values for name, values in query.items() if any(values)}  # without what JupyterLab adds, a time
        known = self.request.headers.get("If-None-Match", "")
        self.set_header("Cache-Control", "no-cache")

        def work() -> Any:
            try:
                place = self.place()
            except NotFound as error:
                if self.empty is None or error.kind != NO_HOME:
                    raise
                return self.told(self.empty(self.get_query_argument("path", ""), query), known)
            mark = place.mark()
            tag = None if mark is None else etag_of(mark, self.request.path, sorted(asked.items()))
            if tag is not None and tag == known:
                return UNCHANGED
            return self.told(self.answer(place, named, query), known, tag)

        await self.tell(work)

    def told(self, found: Any, known: str, tag: str | None = None) -> Any:
        """What was found, with its ETag; `UNCHANGED` where that is the one which the page has."""
        tag = tag or etag_of(found)
        self.set_header("Etag", tag)
        return UNCHANGED if tag == known else found

    def compute_etag(self) -> None:
        """Not of the body: it would be read and written for nothing."""


class AskHandler(StoreHandler):
    """POST of a question as JSON, which changes nothing."""

    @web.authenticated
    async def post(self) -> None:
        if len(self.request.body) > MOST_BODY_BYTES:
            raise web.HTTPError(413)
        body = self.get_json_body()
        asked = body if isinstance(body, dict) else {}
        await self.tell(lambda: checked(self.answer, self.place(), asked))


class CodesHandler(APIHandler):
    """The hashes by which the code of the views is asked for, so that a page has it before it shows the first.

    None where the views are only half built: cells then bring their code, or say what is missing.
    """

    @web.authenticated
    async def get(self) -> None:
        await self.finish(await asyncio.get_running_loop().run_in_executor(None, known_hashes))


class CodeHandler(APIHandler):
    """The code of a view, while the kernel that has it is busy or gone; 404 where another version is installed here."""

    @web.authenticated
    async def get(self, digest: str) -> None:
        code = await asyncio.get_running_loop().run_in_executor(None, known_code, digest)
        if code is None:
            raise web.HTTPError(404)
        self.set_header("Cache-Control", "private, max-age=31536000, immutable")
        await self.finish(json.dumps(code))


def known_hashes() -> dict[str, str]:
    from trackbook.widgets.code import hashes

    try:
        return hashes()
    except InvalidState:
        return {}


def known_code(digest: str) -> Any:
    from trackbook.widgets.code import code_with

    try:
        return code_with(digest)
    except InvalidState:
        return None


def checked(answer: Asked, place: Place, asked: Mapping[str, Any]) -> Any:
    """The answer; params of a wrong type are the asker's mistake.

    Raises `InvalidState` where the asker's kernel keeps its runs in another store than this notebook's.
    """
    from trackbook.widgets.standby import store_mark

    if asked.get("store") not in (None, store_mark(place.settings)):
        raise InvalidState("the kernel of this notebook keeps its runs in another store than the Jupyter server finds")
    try:
        return answer(place, asked)
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        if isinstance(error, TrackbookError):
            raise
        raise InvalidValue(f"the question cannot be read: {error}") from error


def etag_of(*parts: Any) -> str:
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def status_of(error: TrackbookError) -> int:
    """The HTTP status of an error."""
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, InvalidValue):
        return 400
    if isinstance(error, InvalidState):
        return 409
    return 503 if isinstance(error, StoreUnavailable) else 500
