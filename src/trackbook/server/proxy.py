"""Files themselves: `PUT`, `GET`, `DELETE` and listings below `mlflow-artifacts/artifacts`.

A path is `<experiment>/<run>/artifacts/<path>`; the run's id finds the place, and the store's port guards it.  What is
sent out is never taken for a page: always bytes to be saved, whatever its name says.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from trackbook.errors import NotFound
from trackbook.server import bodies
from trackbook.server.answers import PLAIN, said
from trackbook.server.backend import Backend
from trackbook.server.options import MEBIBYTE, Options
from trackbook.server.paths import place_of
from trackbook.wire import artifacts as wire
from trackbook.wire.endpoints import PROXY_PREFIXES
from trackbook.wire.messages import Nothing

if TYPE_CHECKING:
    from starlette.requests import Request

PIECE_BYTES = MEBIBYTE
DOWNLOAD = {**PLAIN, "content-disposition": "attachment", "content-security-policy": "sandbox; default-src 'none'"}


def routes(backend: Backend, options: Options) -> list[Route]:
    store = backend.store

    async def list_files(request: Request) -> Response:
        path = request.query_params.get("path", "")
        try:
            run_id, below = place_of(path)
            found = await run_in_threadpool(store.artifacts.list, run_id, below)
        except NotFound:
            found = []  # as the genuine server: a folder that is not there is an empty one
        return said(wire.Listed(files=[wire.file(one, base_name=True) for one in found]))

    async def download(request: Request) -> Response:
        run_id, path = place_of(request.path_params["path"])
        opened = store.artifacts.open(run_id, path)
        file = await run_in_threadpool(_enter, opened)
        size = await run_in_threadpool(file.seek, 0, os.SEEK_END)
        await run_in_threadpool(file.seek, 0)
        headers = {**DOWNLOAD, "content-length": str(size)}
        return StreamingResponse(_pieces(file, opened), 200, headers, "application/octet-stream")

    async def upload(request: Request) -> Response:
        run_id, path = place_of(request.path_params["path"])
        await run_in_threadpool(store.runs.get, run_id)  # before a byte is taken
        with tempfile.TemporaryDirectory(prefix="trackbook-upload-") as folder:
            half = Path(folder) / "file"
            with half.open("wb") as file:
                await bodies.save(request, options, file)
            await run_in_threadpool(store.artifacts.adopt, run_id, path, half)
        return said(Nothing())

    async def delete(request: Request) -> Response:
        run_id, path = place_of(request.path_params["path"])
        await run_in_threadpool(store.artifacts.delete, run_id, path)
        return said(Nothing())

    below: tuple[tuple[str, Callable[..., object]], ...] = (("GET", download), ("PUT", upload), ("DELETE", delete))
    return [
        *(Route(prefix, list_files, methods=["GET"]) for prefix in PROXY_PREFIXES),
        *(
            Route(prefix + "/{path:path}", work, methods=[method])
            for prefix in PROXY_PREFIXES
            for method, work in below
        ),
    ]


def _enter(opened: AbstractContextManager[BinaryIO]) -> BinaryIO:
    return opened.__enter__()


async def _pieces(file: BinaryIO, opened: AbstractContextManager[BinaryIO]) -> AsyncIterator[bytes]:
    try:
        while piece := await run_in_threadpool(file.read, PIECE_BYTES):
            yield piece
    finally:
        opened.__exit__(None, None, None)
