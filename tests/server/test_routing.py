"""The table of paths finds what trying all routes would find."""

from __future__ import annotations

import asyncio

import httpx
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from trackbook.server.routing import Table, named


def said(text: str, path: str, methods: tuple[str, ...] = ("GET",)) -> Route:
    async def answer(_request: object) -> PlainTextResponse:
        return PlainTextResponse(text)

    return Route(path, answer, methods=list(methods))


ROUTES = [
    said("plain", "/plain"),
    said("posted", "/plain", ("POST",)),
    said("any", "/things/{name}"),
    said("hidden", "/things/mine"),
    said("later", "/plain"),
]


def test_the_first_route_that_takes_a_path_answers_it() -> None:
    async def answers() -> list[tuple[int, str]]:
        transport = httpx.ASGITransport(Table(ROUTES))
        asked = [("GET", "/plain"), ("POST", "/plain"), ("GET", "/things/mine"), ("PUT", "/plain"), ("GET", "/none")]
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            found = [await client.request(method, path) for method, path in asked]
        return [(one.status_code, one.text) for one in found]

    assert set(named(ROUTES)) == {("GET", "/plain"), ("HEAD", "/plain"), ("POST", "/plain")}
    told = asyncio.run(answers())
    assert told[:3] == [(200, "plain"), (200, "posted"), (200, "any")]
    assert [status for status, _ in told[3:]] == [405, 404]
