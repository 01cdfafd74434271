"""Middleware that turns foreign requests away before anything of them is read.

A browser sends what any page tells it to, also to servers of this machine.  Two headers give that away: Host is the
name that the page's address had, Origin is the page's own.  Programs such as MLflow's client send no Origin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from trackbook.server.answers import faulty
from trackbook.server.options import Options

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

SAFE = ("GET", "HEAD", "OPTIONS")
OPEN = ("/health", "/metrics", "/version")
"""What probes of a load balancer ask, under whatever name."""


class Guard:
    def __init__(self, app: ASGIApp, options: Options) -> None:
        self._app, self._options = app, options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            if self._refused(Headers(scope=scope), "WEBSOCKET"):  # it can change things, whatever its method
                await send({"type": "websocket.close", "code": 1008})
                return
        elif scope["type"] == "http" and scope["path"] not in OPEN:
            refused = self._refused(Headers(scope=scope), scope["method"])
            if refused:
                await faulty(403, "PERMISSION_DENIED", refused)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refused(self, headers: Headers, method: str) -> str:
        host = headers.get("host", "")
        if not self._options.knows(_name(host)):
            return f"Host {host[:80]!r} is not this server: give its name with --allowed-host where it is one"
        origin = headers.get("origin")
        if origin is not None and method not in SAFE and urlsplit(origin).netloc.lower() != host.lower():
            return "a page of another site may change nothing here"
        return ""


def _name(host: str) -> str:
    """Host without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
