"""The ports served to trackbook's own clients (`wire.calls`): one route a method, all made from that table.

What a journal's process has checked before it wrote is checked here again, since whoever speaks the protocol can send
it: names and ids of a batch, places of artifacts, sources of models.  Places on this machine are told as in MLflow's
protocol.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from trackbook.core.access import User
from trackbook.core.acting import Actor
from trackbook.core.entities import Experiment, Page, Run, RunInfo
from trackbook.core.events import Batch, Event, ParamsLogged, Points, RunStarted, TagsSet
from trackbook.core.names import check_key, check_run_id
from trackbook.core.ports import RunColumns
from trackbook.errors import InvalidName, InvalidValue
from trackbook.server.access.gate import Answer, Gate, Read, caller_of, on_behalf
from trackbook.server.answers import PLAIN
from trackbook.server.backend import Backend
from trackbook.server.bodies import json_body
from trackbook.server.handlers.experiments import own_location
from trackbook.server.options import Options
from trackbook.server.sources import location_of
from trackbook.wire.calls import CALLS, Call
from trackbook.wire.packing import MEDIA_TYPE, built, packed, unpacked

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import Route

logger = logging.getLogger(__name__)
MOST_JOURNAL_ID, MOST_NUMBER = 200, 2**53
LAST_MS = 253_402_300_799_999
"""The end of the year 9999, beyond which Python has no dates."""
Arguments = dict[str, Any]
T = TypeVar("T")


def routes(gate: Gate, backend: Backend, options: Options) -> list[Route]:
    return [
        gate.route(call.path, call.name, "POST", _read(call, options), _answer(call, backend))
        for call in CALLS.values()
    ]


def _read(call: Call, options: Options) -> Read:
    """The arguments by name; what the client says of itself is left with the request."""

    async def read(request: Request) -> Arguments:
        asked = unpacked(await json_body(request, options, MEDIA_TYPE))
        arguments = _arguments(call, asked)
        request.state.said = asked
        return arguments

    return read


def _answer(call: Call, backend: Backend) -> Answer:
    async def answer(request: Request, arguments: Arguments) -> Response:
        asked = request.state.said
        actor: Actor = built(Actor, asked.get("actor") or {})
        with on_behalf(request, actor, built(int | None, asked.get("seen"))) as done:
            found = await run_in_threadpool(answered, call, backend, _own(caller_of(request).user, arguments))
        if call.is_acted:
            found = {"answer": found, "seen": done.seen}
        return Response(packed(found), 200, PLAIN, MEDIA_TYPE)

    return answer


def answered(call: Call, backend: Backend, arguments: Arguments) -> Any:
    """What a method of the store's port gives, as clients may see it."""
    checked = _CHECKED.get(call.name)
    if checked is not None:
        arguments = checked(backend, arguments)
    if call.name == "artifacts.uri":
        return _uri(backend, **arguments)
    return _seen(backend, getattr(getattr(backend.store, call.port), call.method)(**arguments))


def _own(user: User | None, arguments: Arguments) -> Arguments:
    """A journal is its user's: nobody sees, moves or drops another's cursor, whose records would then be left out."""
    if user is None:
        return arguments
    if "journal_id" in arguments:
        return arguments | {"journal_id": _of_user(user, arguments["journal_id"])}
    if "batch" in arguments:
        batch: Batch = arguments["batch"]
        return arguments | {"batch": replace(batch, journal_id=_of_user(user, batch.journal_id))}
    return arguments


def _of_user(user: User, journal_id: str) -> str:
    if len(journal_id) > MOST_JOURNAL_ID:
        raise InvalidValue(f"a journal's id has at most {MOST_JOURNAL_ID} characters")
    return f"user-{user.id}/{journal_id}"


def _arguments(call: Call, asked: Any) -> Arguments:
    given = asked.get("arguments") if isinstance(asked, dict) else None
    if not isinstance(given, dict):
        raise InvalidValue("The body must hold the call's arguments")
    for name, value in given.items():
        if name != "batch":
            _check_numbers(name, value)
    try:
        bound = call.bound((), given)
    except TypeError as error:
        raise InvalidValue(f"Invalid arguments of {call.name}: {error}") from None
    return {name: built(call.arguments[name], value) for name, value in bound.items()}


def _check_numbers(name: str, value: Any) -> None:
    """No port counts or dates beyond what a double holds, and no database takes more than 64 bits."""
    if isinstance(value, int) and abs(value) > MOST_NUMBER:
        raise InvalidValue(f"Invalid value for parameter {name!r}: {value} is out of range")
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            _check_numbers(name, one)


# -- what is checked before ----------------------------------------------------------------------------------------


def _located(backend: Backend, arguments: Arguments) -> Arguments:
    location = own_location(arguments.get("artifact_location") or "", backend.root)
    return arguments | {"artifact_location": location}


def _sourced(backend: Backend, arguments: Arguments) -> Arguments:
    run_id, model_id = arguments.get("run_id") or "", arguments.get("model_id") or ""
    return arguments | {"location": location_of(backend, arguments["source"], run_id, model_id)}


def _timed(backend: Backend, arguments: Arguments) -> Arguments:
    del backend
    if not 0 <= arguments["end_time"] <= LAST_MS:
        raise InvalidValue(f"end_time {arguments['end_time']} is no time: give ms since 1970")
    return arguments


def _named(backend: Backend, arguments: Arguments) -> Arguments:
    """A batch without what has names that lead elsewhere: told in the log, since the client's own journal has none."""
    del backend
    batch: Batch = arguments["batch"]
    events = [event for event in batch.events if _fits(_check_event, event)]
    points = [one for one in batch.points if _fits(_check_points, one)]
    return {"batch": replace(batch, events=events, points=points)}


def _fits(check: Callable[[T], None], one: T) -> bool:
    try:
        check(one)
    except InvalidName as error:
        logger.warning("%s of a batch is skipped: %s", type(one).__name__, error)
        return False
    return True


def _check_points(points: Points) -> None:
    check_run_id(points.run_id)
    check_key("metric", points.key)


def _check_event(event: Event) -> None:
    check_run_id(event.run_id)
    keyed: Any = {}
    if isinstance(event, ParamsLogged):
        keyed = event.params
    elif isinstance(event, TagsSet | RunStarted):
        keyed = event.tags
    for key in keyed if isinstance(keyed, Mapping) else ():
        check_key("param or tag", key)


_CHECKED: Mapping[str, Callable[[Backend, Arguments], Arguments]] = {
    "experiments.create": _located,
    "registry.create_version": _sourced,
    "recording.apply": _named,
    "recording.end_abandoned": _timed,
}


# -- what clients see ----------------------------------------------------------------------------------------------


def _seen(backend: Backend, found: Any) -> Any:
    """Without places on this machine."""
    if isinstance(found, Page):
        return replace(found, items=[_seen(backend, one) for one in found.items])
    if isinstance(found, Experiment):
        return replace(found, artifact_location=backend.experiment_uri(found))
    if isinstance(found, Run):
        return replace(found, info=replace(found.info, artifact_uri=backend.run_uri(found.info)))
    if isinstance(found, RunColumns):
        rows = zip(found.artifact_uris, found.experiment_ids, found.run_ids, strict=True)
        return replace(found, artifact_uris=[_run_uri(backend, *row) for row in rows])
    return found


def _run_uri(backend: Backend, uri: str, experiment_id: str, run_id: str) -> str:
    return backend.run_uri(RunInfo(run_id, "", experiment_id, "", 0, artifact_uri=uri))


def _uri(backend: Backend, run_id: str, path: str = "") -> str:
    info = backend.store.runs.get(run_id).info
    whole = backend.store.artifacts.uri(run_id, path)
    return backend.run_uri(info) + whole.removeprefix(info.artifact_uri)
