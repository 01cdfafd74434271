"""Single files at the addresses that MLflow's page and scripts without its library use, beside the proxy.

A path is looked at as in the proxy, and what is sent is always bytes to be saved.  A model version's files lie among
those of a run or a logged model; where a version has its source in an object store, only its client goes there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from trackbook.errors import InvalidValue, shown
from trackbook.server.answers import said
from trackbook.server.backend import Backend
from trackbook.server.bodies import query_of
from trackbook.server.files import sent, taken
from trackbook.server.options import MEBIBYTE, Options
from trackbook.server.paths import Place, checked
from trackbook.server.sources import place_of_version
from trackbook.wire import artifacts as wire
from trackbook.wire import codec
from trackbook.wire.messages import Message, Nothing

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from trackbook.server.access.gate import Gate, Read

OF_RUN, OF_VERSION = "/get-artifact", "/model-versions/get-artifact"
OF_LOGGED_MODEL = "/ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/files"
UPLOAD = "/ajax-api/2.0/mlflow/upload-artifact"
MOST_UPLOAD = 10 * MEBIBYTE


def routes(gate: Gate, backend: Backend, options: Options) -> list[Route]:
    store = backend.store

    async def of_run(request: Request, asked: wire.FileOfRun) -> Response:
        return await sent(store, Place(asked.run, checked(asked.path)))

    async def of_logged_model(request: Request, asked: wire.FileOfLoggedModel) -> Response:
        return await sent(store, Place(asked.model_id, checked(asked.artifact_file_path), is_model=True))

    async def of_version(request: Request, asked: wire.FileOfVersion) -> Response:
        path = checked(asked.path)
        place = await run_in_threadpool(place_of_version, backend, asked.name, asked.version)
        if place is None:
            raise InvalidValue(
                f"version {shown(asked.version)} of {shown(asked.name)} lies in an object store: ask for its address "
                "(get-download-uri) and fetch it from there"
            )
        return await sent(store, Place(place.owner, f"{place.path}/{path}".lstrip("/"), place.is_model))

    async def upload(request: Request, asked: wire.FileOfRun) -> Response:
        if request.headers.get("content-length", "0") == "0":
            raise InvalidValue("the request has no data: send the file as its body")
        await taken(store, Place(asked.run, checked(asked.path)), request, options, MOST_UPLOAD)
        return said(Nothing())

    return [
        gate.route(OF_RUN, "file_of_run", "GET", _of_query(wire.FileOfRun), of_run),
        gate.route(OF_VERSION, "file_of_version", "GET", _of_query(wire.FileOfVersion), of_version),
        gate.route(OF_LOGGED_MODEL, "file_of_model", "GET", _of_query(wire.FileOfLoggedModel), of_logged_model),
        gate.route(UPLOAD, "upload_of_page", "POST", _of_query(wire.FileOfRun), upload),
    ]


def _of_query(kind: type[Message]) -> Read:
    async def read(request: Request) -> Message:
        return codec.from_query(kind, query_of(request))

    return read
