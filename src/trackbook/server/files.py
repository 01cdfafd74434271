"""A file of a run or a logged model, taken from a request or sent as an answer.

What is sent out is never taken for a page: always bytes to be saved, whatever the file's name says.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from trackbook.server import bodies
from trackbook.server.answers import PLAIN
from trackbook.server.backend import Served, ServedFiles
from trackbook.server.options import MEBIBYTE, Options
from trackbook.server.paths import Place

if TYPE_CHECKING:
    from starlette.requests import Request

PIECE_BYTES = MEBIBYTE
DOWNLOAD = {**PLAIN, "content-disposition": "attachment", "content-security-policy": "sandbox; default-src 'none'"}


def files_of(store: Served, place: Place) -> ServedFiles:
    return store.model_files if place.is_model else store.artifacts


async def sent(store: Served, place: Place) -> Response:
    """The whole file.  Raises `NotFound`, `UnsafePath`."""
    opened = files_of(store, place).open(place.owner, place.path)
    file = await run_in_threadpool(_enter, opened)
    size = await run_in_threadpool(file.seek, 0, os.SEEK_END)
    await run_in_threadpool(file.seek, 0)
    headers = {**DOWNLOAD, "content-length": str(size)}
    return StreamingResponse(_pieces(file, opened), 200, headers, "application/octet-stream")


async def taken(store: Served, place: Place, request: Request, options: Options, most: int | None = None) -> None:
    """The request's body becomes the file, once all of it is here.  Raises `NotFound`, `UnsafePath`, `TooLarge`."""
    there = store.logged_models.get if place.is_model else store.runs.get
    await run_in_threadpool(there, place.owner)  # before a byte is taken
    with tempfile.TemporaryDirectory(prefix="trackbook-upload-") as folder:
        half = Path(folder) / "file"
        with half.open("wb") as file:
            await bodies.save(request, options, file, most)
        await run_in_threadpool(files_of(store, place).adopt, place.owner, place.path, half)


def _enter(opened: AbstractContextManager[BinaryIO]) -> BinaryIO:
    return opened.__enter__()


async def _pieces(file: BinaryIO, opened: AbstractContextManager[BinaryIO]) -> AsyncIterator[bytes]:
    try:
        while piece := await run_in_threadpool(file.read, PIECE_BYTES):
            yield piece
    finally:
        opened.__exit__(None, None, None)
