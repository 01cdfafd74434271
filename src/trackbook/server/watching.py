"""What a server tells of its requests: a line each, without queries and headers, and a count (`figures`)."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from trackbook.server.figures import Figures

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger("trackbook.access")

UNKNOWN = "none"
"""The endpoint of requests that reached none: their paths are anyone's words and would be labels without end."""


class Watch:
    """Counts and logs each request when its answer is out."""

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        self._app, self._figures = app, figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start, status = time.perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self._figures.in_flight += 1
        try:
            await self._app(scope, receive, noting)
        finally:
            self._figures.in_flight -= 1
            took_s = time.perf_counter() - start
            endpoint = getattr(scope.get("endpoint"), "__name__", UNKNOWN)
            method = scope["method"] if scope["method"].isalpha() and len(scope["method"]) < 10 else "OTHER"
            self._figures.add(endpoint, method, status, took_s)
            client = (scope.get("client") or ("-",))[0]
            # %r: a path is anyone's words, and could otherwise write a line of its own.
            logger.info("%s %s %r %d %.1f ms", client, method, scope["path"][:500], status, took_s * 1e3)
