"""The application is a value: store and options in, ASGI out; nothing global.

Routes come from the protocol's table.  A request is decoded here, answered by its handler in a thread (handlers wait
for databases), and encoded here; errors pass through to `answers`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.routing import Route

from trackbook.core.acting import Actor, acting
from trackbook.core.ports import Store
from trackbook.server import answers, basics, calls, leases, proxy
from trackbook.server.backend import Backend, backend
from trackbook.server.bodies import json_body
from trackbook.server.guarding import Guard
from trackbook.server.handlers import HANDLERS, Handler
from trackbook.server.options import Options
from trackbook.server.watching import Figures, Watch
from trackbook.wire import codec
from trackbook.wire.endpoints import ENDPOINTS, Endpoint
from trackbook.wire.messages import Message

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

MOST_NAMED = 200
"""Characters of a client's name in the audit trail."""


def application(store: Store, options: Options | None = None) -> Starlette:
    """Opens the store, and closes it when the application stops."""
    options, figures = options or Options(), Figures()
    behind = backend(store)

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        async with leases.watching(store):
            yield
        await run_in_threadpool(behind.writer.close)
        await run_in_threadpool(store.close)

    protocol = [
        Route(path, _work(endpoint, HANDLERS[endpoint.name], behind, options), methods=[endpoint.method])
        for endpoint in ENDPOINTS
        for path in endpoint.paths
    ]
    return Starlette(
        routes=[
            *protocol,
            *calls.routes(behind, options),
            *proxy.routes(behind, options),
            *basics.routes(figures),
        ],
        middleware=[Middleware(Watch, figures=figures), Middleware(Guard, options=options)],
        exception_handlers=dict(answers.HANDLERS),
        lifespan=life,
    )


def _work(
    endpoint: Endpoint, handler: Handler, behind: Backend, options: Options
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        asked = await _asked(endpoint, request, options)
        with acting(_actor(request)):
            return answers.said(await run_in_threadpool(handler, behind, asked))

    answer.__name__ = endpoint.name  # what the figures call it
    return answer


async def _asked(endpoint: Endpoint, request: Request, options: Options) -> Message:
    """Of the body; GET has none, and its arguments in the query.  What the path names goes before both."""
    named: dict[str, str] = request.path_params
    if endpoint.method == "GET":
        query = request.query_params
        fields = {name: query.getlist(name) for name in query} | {name: [value] for name, value in named.items()}
        return codec.from_query(endpoint.request, fields)
    return codec.from_body(endpoint.request, await json_body(request, options), named)


def _actor(request: Request) -> Actor:
    """Who changes the registry: nobody is known by name yet, so the program and its address."""
    place = request.client.host if request.client is not None else ""
    return Actor(client=request.headers.get("user-agent", "")[:MOST_NAMED], place=place)
