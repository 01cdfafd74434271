"""What a server tells of itself: one line a request, without queries and headers, and figures for Prometheus."""

from __future__ import annotations

import logging
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger("trackbook.access")

BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
UNKNOWN = "none"
"""The endpoint of requests that reached none: their paths are anyone's words and would be labels without end."""


class Figures:
    """Counts since the start.  Touched by the event loop alone."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str, int]] = Counter()
        self.buckets: Counter[tuple[str, int]] = Counter()
        self.seconds: dict[str, float] = {}
        self.in_flight = 0

    def add(self, endpoint: str, method: str, status: int, took_s: float) -> None:
        self.requests[endpoint, method, status] += 1
        self.buckets[endpoint, bisect_left(BOUNDS_S, took_s)] += 1
        self.seconds[endpoint] = self.seconds.get(endpoint, 0.0) + took_s

    def text(self) -> str:
        """In Prometheus' own format."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        yield "# TYPE trackbook_requests_in_flight gauge"
        yield f"trackbook_requests_in_flight {self.in_flight}"
        yield "# TYPE trackbook_requests_total counter"
        for (endpoint, method, status), number in sorted(self.requests.items()):
            labels = f'endpoint="{endpoint}",method="{method}",status="{status}"'
            yield f"trackbook_requests_total{{{labels}}} {number}"
        yield "# TYPE trackbook_request_seconds histogram"
        for endpoint, seconds in sorted(self.seconds.items()):
            total = 0
            for n, bound in enumerate((*map(str, BOUNDS_S), "+Inf")):
                total += self.buckets[endpoint, n]
                yield f'trackbook_request_seconds_bucket{{endpoint="{endpoint}",le="{bound}"}} {total}'
            yield f'trackbook_request_seconds_sum{{endpoint="{endpoint}"}} {seconds:.6f}'
            yield f'trackbook_request_seconds_count{{endpoint="{endpoint}"}} {total}'


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
