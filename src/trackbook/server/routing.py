"""A router that looks most paths up in a table.

The protocol has some 250 routes, and trying their patterns one after the other takes longer than many an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from starlette.routing import BaseRoute, Match, Route, Router

if TYPE_CHECKING:
    from starlette.types import Lifespan, Receive, Scope, Send


class Table(Router):
    """Answers as `Router` does: a path with parameters, or with another method, is searched for as ever."""

    def __init__(self, routes: Sequence[BaseRoute], lifespan: Lifespan[Any] | None = None) -> None:
        super().__init__(routes, lifespan=lifespan)
        self._named = named(self.routes)

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope.get("root_path"):
            route = self._named.get((scope["method"], scope["path"]))
            if route is not None:
                match, found = route.matches(scope)
                if match == Match.FULL:
                    scope.setdefault("router", self)
                    scope.update(found)
                    await route.handle(scope, receive, send)
                    return
        await super().app(scope, receive, send)


def named(routes: Sequence[BaseRoute]) -> dict[tuple[str, str], Route]:
    """Routes by method and path, where the path is that of one route and no pattern before it takes it."""
    table: dict[tuple[str, str], Route] = {}
    patterns: list[BaseRoute] = []
    for route in routes:
        if not isinstance(route, Route) or route.param_convertors:
            patterns.append(route)
            continue
        for method in route.methods or ():
            scope = {"type": "http", "method": method, "path": route.path, "root_path": ""}
            if all(one.matches(scope)[0] != Match.FULL for one in patterns):
                table.setdefault((method, route.path), route)
    return table
