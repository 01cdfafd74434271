"""Files themselves: `PUT`, `GET`, `DELETE` and listings below `mlflow-artifacts/artifacts`.

A path is `<experiment>/<run>/artifacts/<path>`, or `<experiment>/models/<id>/artifacts/<path>` of a logged model; the
id finds the place, and the store's port guards it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from trackbook.errors import NotFound
from trackbook.server.answers import said
from trackbook.server.backend import Backend
from trackbook.server.files import files_of, sent, taken
from trackbook.server.options import Options
from trackbook.server.paths import place_of
from trackbook.wire import artifacts as wire
from trackbook.wire.endpoints import PROXY_PREFIXES
from trackbook.wire.messages import Nothing

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import Route

    from trackbook.server.access.gate import Gate

Asked = dict[str, str]


def routes(gate: Gate, backend: Backend, options: Options) -> list[Route]:
    store = backend.store

    async def list_files(request: Request, asked: Asked) -> Response:
        try:
            place = place_of(asked["path"])
            found = await run_in_threadpool(files_of(store, place).list, place.owner, place.path)
        except NotFound:
            found = []  # as the genuine server: a folder that is not there is an empty one
        return said(wire.Listed(files=[wire.file(one, base_name=True) for one in found]))

    async def download(request: Request, asked: Asked) -> Response:
        return await sent(store, place_of(asked["path"]))

    async def upload(request: Request, asked: Asked) -> Response:
        await taken(store, place_of(asked["path"]), request, options)
        return said(Nothing())

    async def delete(request: Request, asked: Asked) -> Response:
        place = place_of(asked["path"])
        await run_in_threadpool(files_of(store, place).delete, place.owner, place.path)
        return said(Nothing())

    return [
        gate.route(prefix + ending, name, method, read, answer)
        for prefix in PROXY_PREFIXES
        for ending, name, method, read, answer in (
            ("", "list_files", "GET", _of_query, list_files),
            ("/{path:path}", "download_file", "GET", _of_path, download),
            ("/{path:path}", "upload_file", "PUT", _of_path, upload),
            ("/{path:path}", "delete_file", "DELETE", _of_path, delete),
        )
    ]


async def _of_query(request: Request) -> Asked:
    return {"path": request.query_params.get("path", "")}


async def _of_path(request: Request) -> Asked:
    return {"path": request.path_params["path"]}
