"""Large files past the server, where clients reach the object store: `mlflow-artifacts/mpu/*` and `presigned`.

What is signed is one file, for some hours; the gate has looked at its run before.  Elsewhere the answer is the genuine
server's before a store that signs nothing, upon which clients send and fetch files whole.
"""

from __future__ import annotations

import posixpath
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool

from trackbook.core.direct import DirectFiles, Part
from trackbook.errors import NotSupported
from trackbook.server.answers import said
from trackbook.server.backend import Backend
from trackbook.server.bodies import json_body
from trackbook.server.files import files_of
from trackbook.server.options import Options
from trackbook.server.paths import Place, place_of
from trackbook.wire import codec
from trackbook.wire import parts as wire
from trackbook.wire.endpoints import PARTS_PREFIXES
from trackbook.wire.messages import Message, Nothing

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from trackbook.server.access.gate import Answer, Gate

Asked = dict[str, Any]


class _Refused(NotSupported):
    """In the words that MLflow's client waits for."""

    def __init__(self, words: str) -> None:
        Exception.__init__(self, f"{words}: send and fetch files whole")


def begin(files: DirectFiles, place: Place, asked: wire.Begin) -> wire.Begun:
    begun = files.begin_parts(place.owner, place.path, asked.num_parts)
    credentials = [wire.Credential(url=url, part_number=number) for number, url in enumerate(begun.urls, 1)]
    return wire.Begun(upload_id=begun.upload_id, credentials=credentials)


def end(files: DirectFiles, place: Place, asked: wire.End) -> Nothing:
    sent = [Part(one.part_number, one.etag) for one in asked.parts]
    files.end_parts(place.owner, place.path, asked.upload_id, sent)
    return Nothing()


def drop(files: DirectFiles, place: Place, asked: wire.Drop) -> Nothing:
    files.drop_parts(place.owner, place.path, asked.upload_id)
    return Nothing()


def signed(files: DirectFiles, place: Place, asked: object) -> wire.Signed:
    found = files.signed(place.owner, place.path)
    return wire.Signed(url=found.url, headers={}, file_size=found.size_bytes)


def routes(gate: Gate, backend: Backend, options: Options) -> list[Route]:
    def answering(work: Callable[[DirectFiles, Place, Any], Message], words: str) -> Answer:
        async def answer(request: Request, asked: Asked) -> Response:
            if not options.direct:
                raise _Refused(words)
            place = place_of(asked["path"])
            try:
                return said(await run_in_threadpool(work, files_of(backend.store, place), place, asked["message"]))
            except NotSupported as error:
                raise _Refused(words) from error

        return answer

    uploads = [
        gate.route(
            f"{prefix}/mpu/{name}/{{path:path}}",
            "file_in_parts",
            "POST",
            _named(kind, options),
            answering(work, wire.NO_UPLOAD),
        )
        for prefix in PARTS_PREFIXES
        for name, kind, work in (("create", wire.Begin, begin), ("complete", wire.End, end), ("abort", wire.Drop, drop))
    ]
    downloads = [
        gate.route(
            f"{prefix}/presigned/{{path:path}}", "download_file", "GET", _given, answering(signed, wire.NO_DOWNLOAD)
        )
        for prefix in PARTS_PREFIXES
    ]
    return [*uploads, *downloads]


def _named(kind: type[Message], options: Options) -> Callable[[Request], Awaitable[Asked]]:
    """The message, and the file's path: the folder in the request's path and the last part of the client's own path."""

    async def read(request: Request) -> Asked:
        message: Any = codec.from_body(kind, await json_body(request, options))
        name = posixpath.basename(message.path.replace("\\", "/"))
        return {"path": posixpath.join(request.path_params["path"], name), "message": message}

    return read


async def _given(request: Request) -> Asked:
    return {"path": request.path_params["path"], "message": None}
