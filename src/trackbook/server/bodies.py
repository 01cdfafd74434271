"""What requests bring: arguments, and bodies, which are read with a limit of size and of patience."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, BinaryIO

from starlette.concurrency import run_in_threadpool

from trackbook.errors import InvalidValue
from trackbook.server.answers import JSON, TooLarge
from trackbook.server.options import MEBIBYTE, Options

if TYPE_CHECKING:
    from starlette.requests import Request


async def json_body(request: Request, options: Options, expected: str = JSON) -> bytes:
    """Raises `InvalidValue` for another type than that, which a foreign page cannot send unasked; `TooLarge`."""
    body = await small_body(request, options, options.most_body_bytes)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and kind != expected:
        raise InvalidValue(f"Bad Request. Content-Type must be {expected}, not {kind!r}")
    return body


def query_of(request: Request) -> dict[str, list[str]]:
    """The arguments of a request without a body: what its query says, and before that what its path names."""
    said = request.query_params
    return {name: said.getlist(name) for name in said} | {name: [value] for name, value in request.path_params.items()}


async def small_body(request: Request, options: Options, most: int) -> bytes:
    """Raises `InvalidValue` where the client stops sending; `TooLarge` beyond `most` bytes."""
    return b"".join([piece async for piece in _pieces(request, options, most)])


async def save(request: Request, options: Options, file: BinaryIO, most: int | None = None) -> None:
    """The whole body into a file, written in threads and in large pieces.  Raises `TooLarge` beyond `most` bytes."""
    waiting = bytearray()
    async for piece in _pieces(request, options, most):
        waiting += piece
        if len(waiting) >= MEBIBYTE:
            await run_in_threadpool(file.write, bytes(waiting))
            waiting.clear()
    await run_in_threadpool(file.write, bytes(waiting))


async def _pieces(request: Request, options: Options, most: int | None = None) -> AsyncIterator[bytes]:
    announced = request.headers.get("content-length", "")
    if most is not None and announced.isdecimal() and int(announced) > most:
        raise TooLarge(most)
    stream, size = aiter(request.stream()), 0
    while True:
        try:
            async with asyncio.timeout(options.body_timeout_s):
                piece = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise InvalidValue(f"nothing more of the body came within {options.body_timeout_s:g} s") from None
        size += len(piece)
        if most is not None and size > most:
            raise TooLarge(most)
        yield piece
