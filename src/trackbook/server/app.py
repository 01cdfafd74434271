"""The application is a value: store and options in, ASGI out; nothing global.

Routes come from the protocol's table, by way of the gate (`access.gate`), which lets in whom the policies let in.
A request is decoded here, answered by its handler in a thread (handlers wait for databases), and encoded here; errors
pass through to `answers`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from trackbook.core.ports import Store
from trackbook.server import answers, basics, calls, downloads, leases, parts, proxy
from trackbook.server.access import browser, permissions, users
from trackbook.server.access.gate import Answer, Gate, Read, is_gated, on_behalf
from trackbook.server.access.passwords import Passwords
from trackbook.server.access.signing import Signing
from trackbook.server.backend import Backend, backend
from trackbook.server.bodies import json_body, query_of
from trackbook.server.figures import Figures, Together
from trackbook.server.guarding import Guard
from trackbook.server.handlers import HANDLERS, LOGGED
from trackbook.server.options import Options
from trackbook.server.page import routes as page
from trackbook.server.page.shell import nowhere
from trackbook.server.routing import Table
from trackbook.server.watching import Watch
from trackbook.server.webhooks.delivering import delivering
from trackbook.server.webhooks.sealing import checked_key
from trackbook.server.webhooks.sending import Sender
from trackbook.wire import codec
from trackbook.wire.endpoints import ENDPOINTS, Endpoint
from trackbook.wire.messages import Message, Nothing

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


def application(store: Store, options: Options | None = None) -> Starlette:
    """Opens the store, and closes it when the application stops."""
    options, figures = options or Options(), Figures()
    together = Together(figures, options.figures)
    behind = backend(store, Sender(options.allow_private_webhooks, checked_key(options.webhook_key)))
    signing = Signing(behind.store.access, Passwords(options.hasher)) if options.has_users else None
    gate = Gate(behind, signing, options.default_role)

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        with behind.store.tended():
            async with leases.watching(store), together.told(), delivering(behind.store.webhooks, behind.sender):
                yield
        await run_in_threadpool(store.close)

    protocol = [
        gate.route(path, endpoint.name, endpoint.method, _read(endpoint, options), _answer(endpoint, behind))
        for endpoint in ENDPOINTS
        for path in endpoint.paths
    ]
    routes: list[BaseRoute] = [
        *protocol,
        *calls.routes(gate, behind, options),
        *proxy.routes(gate, behind, options),
        *parts.routes(gate, behind, options),
        *downloads.routes(gate, behind, options),
        *basics.routes(gate, together, direct=options.direct and behind.signs),
        *page.routes(gate, behind, options),
    ]
    if gate.signing is not None:
        routes += [*users.routes(gate, options), *permissions.routes(gate, options), *browser.routes(gate, options)]
    app = Starlette(
        middleware=[Middleware(Watch, figures=figures), Middleware(Guard, options=options)],
        exception_handlers={**answers.HANDLERS, 404: nowhere},
    )
    app.router = Table(_guarded(routes, options), lifespan=life)
    return app


def _guarded(routes: list[BaseRoute], options: Options) -> list[BaseRoute]:
    """Routes as they are.  Where there are users, one that the gate did not make is a mistake, and stops the server."""
    open_ones = [route for route in routes if not (isinstance(route, Route) and is_gated(route))]
    if open_ones and options.has_users:
        raise RuntimeError(f"routes without a policy: {open_ones}")
    return routes


def _read(endpoint: Endpoint, options: Options) -> Read:
    """Of the body; GET has none, and its arguments in the query.  What the path names goes before both."""

    async def read(request: Request) -> Message:
        if endpoint.method == "GET":
            return codec.from_query(endpoint.request, query_of(request))
        return codec.from_body(endpoint.request, await json_body(request, options), request.path_params)

    return read


def _answer(endpoint: Endpoint, behind: Backend) -> Answer:
    """By its handler, in a thread; what is logged waits for none, but to be written together with what others log."""
    handler = HANDLERS[endpoint.name]

    async def answer(request: Request, asked: Message) -> Response:
        with on_behalf(request):
            return answers.said(await run_in_threadpool(handler, behind, asked))

    async def log(request: Request, asked: Message) -> Response:
        del request
        await behind.writer.gather(LOGGED[endpoint.name](asked))
        return answers.said(Nothing())

    return log if endpoint.name in LOGGED else answer
