"""What a server says of itself: health, version, what it can do, figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from trackbook.server.figures import Together
from trackbook.wire.calls import INFO_KEY, VERSION
from trackbook.wire.endpoints import INFO_PATHS
from trackbook.wire.openapi import PATH, described

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from trackbook.server.access.gate import Gate

SPOKEN_VERSION = "3.17.2"
"""The MLflow whose protocol is spoken here: clients compare it with their own."""
CAPABILITIES = {
    "store_type": "SqlStore",
    "workspaces_enabled": False,
    "trace_archival_enabled": False,
    "presigned_upload_run_id_supported": False,
    "presigned_upload_model_id_supported": False,
    INFO_KEY: VERSION,
}


async def nothing(request: Request) -> None:
    """Asked by routes that take no fields."""


def routes(gate: Gate, figures: Together, *, direct: bool) -> list[Route]:
    parts = {"multipart_uploads_enabled": direct, "multipart_downloads_enabled": direct}

    async def health(request: Request, asked: object) -> Response:
        return PlainTextResponse("OK")

    async def version(request: Request, asked: object) -> Response:
        return PlainTextResponse(SPOKEN_VERSION)

    async def server_info(request: Request, asked: object) -> Response:
        return JSONResponse(CAPABILITIES | parts)

    async def openapi(request: Request, asked: object) -> Response:
        return JSONResponse(described(SPOKEN_VERSION))

    async def metrics(request: Request, asked: object) -> Response:
        return PlainTextResponse(figures.text(), media_type="text/plain; version=0.0.4")

    return [
        gate.route("/health", "health", "GET", nothing, health),
        gate.route("/version", "version", "GET", nothing, version),
        gate.route("/metrics", "metrics", "GET", nothing, metrics),
        gate.route(PATH, "openapi", "GET", nothing, openapi),
        *(gate.route(path, "server_info", "GET", nothing, server_info) for path in INFO_PATHS),
    ]
