"""Responses: messages, files and errors; the one place where errors become answers."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from trackbook.errors import TrackbookError, Unauthenticated
from trackbook.wire import codec
from trackbook.wire.calls import PREFIX as CALLS_PREFIX
from trackbook.wire.faults import Fault, fault, told
from trackbook.wire.messages import Message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from starlette.requests import Request

logger = logging.getLogger(__name__)

JSON = "application/json"
PLAIN = {"x-content-type-options": "nosniff"}
"""A browser takes an answer for what it says it is, and nothing else."""


class TooLarge(HTTPException):
    """A body beyond the limit."""

    def __init__(self, most_bytes: int) -> None:
        super().__init__(413, f"the body is larger than {most_bytes} bytes: send less at once")


def said(message: Message, status: int = 200) -> Response:
    return Response(codec.encode(message), status, PLAIN, JSON)


def faulty(status: int, code: str, text: str) -> Response:
    return said(Fault(error_code=code, message=text), status)


async def _of_error(request: Request, error: Exception) -> Response:
    is_ours = request.url.path.startswith((f"{CALLS_PREFIX}/", "/page/"))
    status, body = told(error) if is_ours and isinstance(error, TrackbookError) else fault(error)
    if status >= 500:
        logger.error("%s %s: %s", request.method, request.url.path, error)
    answer = said(body, status)
    if isinstance(error, Unauthenticated):
        answer.headers.update(_challenge(request, error))
    return answer


def _challenge(request: Request, error: Unauthenticated) -> dict[str, str]:
    """A browser is not asked for a password by its own dialog, but by the sign-in page."""
    asked = {} if "sec-fetch-mode" in request.headers else {"www-authenticate": 'Basic realm="trackbook"'}
    return asked | ({"retry-after": f"{error.wait_s:.0f}"} if error.wait_s else {})


async def _of_too_large(request: Request, error: Exception) -> Response:
    del request
    return faulty(413, "INVALID_PARAMETER_VALUE", str(getattr(error, "detail", error)))


async def _of_nobody(request: Request, error: Exception) -> Response:
    """The client has gone; what it sent by half was not used."""
    del request, error
    return Response(status_code=400)


HANDLERS: Mapping[Any, Any] = {
    TrackbookError: _of_error,
    TooLarge: _of_too_large,
    ClientDisconnect: _of_nobody,
    Exception: _of_error,
}
