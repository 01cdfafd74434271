"""The page itself: one document for all of its addresses, and the files that it is made of.

The document holds nothing of the store's, so that everybody may have it; what it shows it asks for.  Its policy lets
no script, frame or address in but this server's own files: whatever was stored, nothing of it runs.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse, Response

from trackbook.errors import InvalidState, NotFound
from trackbook.server.answers import PLAIN, faulty
from trackbook.server.basics import nothing
from trackbook.server.lacking import lacking
from trackbook.widgets.code import STATIC

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import Route

    from trackbook.server.access.gate import Gate

PATHS = ("/", "/experiments/{experiment_id}", "/runs", "/runs/{run_id}", "/compare", "/models", "/models/{path:path}")
FILES = "/static"
KINDS = {"page.js": "text/javascript", "page.css": "text/css"}
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PAGE = {
    **PLAIN,
    "content-security-policy": CSP,
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-cache",
}
FOR_EVER = "public, max-age=31536000, immutable"
_HTML = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>trackbook</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,"><link rel="stylesheet" href="{css}"><script type="module" src="{js}"></script></head>
<body><noscript>This page is drawn by its script: allow scripts of this server.</noscript></body></html>
"""


@dataclass(frozen=True, slots=True)
class File:
    data: bytes
    digest: str


@lru_cache
def file_of(name: str) -> File:
    """A file of the page, read once.  Raises `NotFound`; `InvalidState` where it was not built."""
    if name not in KINDS:
        raise NotFound("file", name)
    try:
        data = (STATIC / name).read_bytes()
    except OSError:
        raise InvalidState(
            f"the page was not built into this installation: install trackbook from a wheel, or run "
            f"`npm install && npm run build:widget` in js/ ({name} is missing)"
        ) from None
    return File(data, hashlib.sha256(data).hexdigest()[:16])


async def nowhere(request: Request, error: Exception) -> Response:
    """An address of nothing: who comes with a browser gets the page, which says so and leads on, and a client that asks
    for a part of MLflow's protocol that is not here is told which."""
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return _document(404)
    if reason := lacking(request.url.path):
        return faulty(404, "ENDPOINT_NOT_FOUND", reason)
    return PlainTextResponse("Not Found", 404)


def _document(status: int) -> Response:
    try:
        css, js = (f"{FILES}/{name}?{file_of(name).digest}" for name in ("page.css", "page.js"))
    except InvalidState as error:
        return PlainTextResponse(str(error), 503, PLAIN)
    return Response(_HTML.format(css=css, js=js), status, PAGE, "text/html")


def routes(gate: Gate) -> list[Route]:
    async def page(request: Request, asked: object) -> Response:
        return _document(200)

    async def one_file(request: Request, asked: object) -> Response:
        name = request.path_params["name"]
        found = file_of(name)
        tag = f'"{found.digest}"'
        kept = FOR_EVER if request.url.query == found.digest else "no-cache"
        headers = {**PLAIN, "etag": tag, "cache-control": kept, "cross-origin-resource-policy": "same-origin"}
        if request.headers.get("if-none-match") == tag:
            return Response(None, 304, headers)
        return Response(found.data, 200, headers, KINDS[name])

    return [
        *(gate.route(path, "page", "GET", nothing, page) for path in PATHS),
        gate.route(f"{FILES}/{{name}}", "page_file", "GET", nothing, one_file),
    ]
