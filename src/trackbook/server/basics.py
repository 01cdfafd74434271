"""What a server says of itself: health, version, what it can do, figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from trackbook.server.watching import Figures
from trackbook.wire.calls import INFO_KEY, VERSION
from trackbook.wire.endpoints import INFO_PATHS

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

SPOKEN_VERSION = "3.17.2"
"""The MLflow whose protocol is spoken here: clients compare it with their own."""
CAPABILITIES = {
    "store_type": "SqlStore",
    "workspaces_enabled": False,
    "trace_archival_enabled": False,
    "multipart_uploads_enabled": False,
    "multipart_downloads_enabled": False,
    "presigned_upload_run_id_supported": False,
    "presigned_upload_model_id_supported": False,
    INFO_KEY: VERSION,
}


def routes(figures: Figures) -> list[Route]:
    async def health(request: Request) -> Response:
        return PlainTextResponse("OK")

    async def version(request: Request) -> Response:
        return PlainTextResponse(SPOKEN_VERSION)

    async def server_info(request: Request) -> Response:
        return JSONResponse(CAPABILITIES)

    async def metrics(request: Request) -> Response:
        return PlainTextResponse(figures.text(), media_type="text/plain; version=0.0.4")

    return [
        Route("/health", health),
        Route("/version", version),
        Route("/metrics", metrics),
        *(Route(path, server_info) for path in INFO_PATHS),
    ]
