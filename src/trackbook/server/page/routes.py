"""A route for each question of the page, all made from the tables of questions."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from trackbook.core.acting import Actor
from trackbook.errors import InvalidValue, TrackbookError
from trackbook.server.access.gate import Answer, Gate, Read, caller_of, on_behalf
from trackbook.server.answers import JSON, PLAIN
from trackbook.server.basics import nothing
from trackbook.server.bodies import json_body
from trackbook.server.page import shell
from trackbook.server.page.changes import ACTS, PageWriting
from trackbook.server.page.questions import QUESTIONS
from trackbook.server.page.store import Seeing, seen_store
from trackbook.widgets.stored import VIEWS

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import Route

    from trackbook.server.access.gate import Caller
    from trackbook.server.backend import Backend
    from trackbook.server.options import Options

PREFIX = "/page"
CLIENT = "web page"
"""What the registry's audit trail says a change was made with."""
PRIVATE = {**PLAIN, "cache-control": "no-store"}
Asked = dict[str, Any]
Work = Callable[["Caller", Asked], Any]


def routes(gate: Gate, backend: Backend, options: Options) -> list[Route]:
    def of_page(name: str) -> Work:
        return lambda caller, _: QUESTIONS[name](backend, caller)

    def of_view(view: str, method: str) -> Work:
        return lambda caller, asked: VIEWS[view][method](seen_store(Seeing(gate, backend, caller)), asked, asked)

    def of_act(view: str, method: str) -> Work:
        def act(caller: Caller, asked: Asked) -> Any:
            seeing = Seeing(gate, backend, caller)
            return ACTS[view][method](PageWriting(seeing, seen_store(seeing)), asked)

        return act

    return [
        *shell.routes(gate),
        *(gate.route(f"{PREFIX}/{name}", f"page.{name}", "GET", nothing, _answer(of_page(name))) for name in QUESTIONS),
        *(
            gate.route(f"{PREFIX}/{view}/{one}", f"page.{view}.{one}", "POST", _read(options), _answer(work(view, one)))
            for table, work in ((VIEWS, of_view), (ACTS, of_act))
            for view, methods in table.items()
            for one in methods
        ),
    ]


def _read(options: Options) -> Read:
    """What the view is about and the question's params, as one object."""

    async def read(request: Request) -> Asked:
        try:
            asked = json.loads(await json_body(request, options) or b"{}")
        except (ValueError, RecursionError):
            raise InvalidValue("the question is no JSON") from None
        if not isinstance(asked, dict):
            raise InvalidValue("a question is a JSON object")
        return asked

    return read


def _answer(work: Work) -> Answer:
    async def answer(request: Request, given: Asked | None) -> Response:
        asked = given or {}
        actor = Actor(client=CLIENT, reason=str(asked.get("reason") or "").strip())
        seen = str(asked.get("seen", ""))
        with on_behalf(request, actor, int(seen) if seen.isdecimal() else None):
            text = await run_in_threadpool(_answered, work, caller_of(request), asked)
        return Response(text, 200, PRIVATE, JSON)

    return answer


def _answered(work: Work, caller: Caller, asked: Asked) -> str:
    """As JSON; params of a wrong type are the asker's mistake."""
    try:
        return json.dumps(work(caller, asked))
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        if isinstance(error, TrackbookError):
            raise
        raise InvalidValue(f"the question cannot be read: {error}") from error
