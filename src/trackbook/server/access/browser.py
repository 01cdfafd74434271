"""Signing in with a browser: a form, and a session in a cookie that no script reads.

A session is a token of its own kind, so that signing out, a new password and disabling a user end it at once, for all
workers.  Forms are guarded by the Origin that browsers send (`guarding`), and sessions again by the gate.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse

from trackbook.core.clock import now_ms
from trackbook.errors import InvalidValue, Unauthenticated
from trackbook.server.access.secrets import digest_of, new_token
from trackbook.server.access.signing import COOKIE
from trackbook.server.answers import PLAIN
from trackbook.server.basics import nothing
from trackbook.server.bodies import small_body

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from trackbook.server.access.gate import Gate
    from trackbook.server.options import Options

PATH, OUT, OPENID, BACK = "/sign-in", "/sign-out", "/sign-in/openid", "/sign-in/openid/back"
SESSION_S = 12 * 3600
MOST_FORM_BYTES = 16_384
PAGE = {
    **PLAIN,
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'",
    "referrer-policy": "same-origin",
}
_STYLE = """
:root { color-scheme: light dark; --paper: light-dark(#fff, #16181c); --ink: light-dark(#0b0d10, #f2f4f7);
  --edge: color-mix(in srgb, var(--ink) 48%, var(--paper)); --accent: light-dark(#1565c0, #64a8f0);
  --bad: light-dark(#b3261e, #f2a19c);
  font: 13px / 20px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif }
* { box-sizing: border-box }
body { width: min(320px, 100% - 32px); margin: 16vh auto 32px; background: var(--paper); color: var(--ink) }
h1 { margin: 0 0 24px; font-size: 20px; line-height: 28px; letter-spacing: -.01em }
label, input, button { display: block; width: 100% }
label { margin-bottom: 16px }
input, button { height: 32px; margin-top: 4px; padding: 0 8px; border: 1px solid var(--edge); border-radius: 4px;
  background: var(--paper); color: var(--ink); font: inherit }
button { margin-top: 24px; border-color: var(--accent); background: var(--accent); color: var(--paper);
  font-weight: 600; cursor: pointer }
a { color: var(--accent) }
[role=alert] { margin: -8px 0 16px; color: var(--bad); overflow-wrap: anywhere }
[role=alert]::first-letter { text-transform: uppercase }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px }
"""
"""The colours of the page itself, which a browser without a session may have too but need not fetch for a form."""
_HTML = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in to trackbook</title>
<meta name="viewport" content="width=device-width"><style>{style}</style>
<main><h1>trackbook</h1>{message}<form method="post" action="{action}"><label>User<input name="user"
value="{user}" autocomplete="username" autocapitalize="none" spellcheck="false" required{first}></label><label>Password
<input name="password" type="password" autocomplete="current-password" required{second}></label>
<button>Sign in</button></form>{openid}</main></html>"""


def routes(gate: Gate, options: Options) -> list[Route]:
    signing = gate.signing
    assert signing is not None  # noqa: S101 - these routes are made only where there are users
    has_openid = options.provider is not None

    async def page(request: Request, asked: object) -> Response:
        return _page(own_path(request.query_params.get("next", "")), has_openid)

    async def sign_in(request: Request, asked: dict[str, str]) -> Response:
        there = own_path(request.query_params.get("next", ""))
        address = request.client.host if request.client is not None else ""
        try:
            user = await run_in_threadpool(
                signing.of_password, asked.get("user", ""), asked.get("password", ""), address
            )
        except Unauthenticated as error:
            return _page(there, has_openid, f"{error}.", asked.get("user", ""))
        return await begun(gate, request, user.name, there)

    async def form(request: Request) -> dict[str, str]:
        return _form(await small_body(request, options, MOST_FORM_BYTES))

    async def sign_out(request: Request, asked: object) -> Response:
        if session := request.cookies.get(COOKIE):
            await run_in_threadpool(gate.access.revoke_digest, digest_of(session))
        response = RedirectResponse(PATH, 303)
        response.delete_cookie(COOKIE)
        return response

    found = [
        gate.route(PATH, "sign_in_page", "GET", nothing, page),
        gate.route(PATH, "sign_in", "POST", form, sign_in),
        gate.route(OUT, "sign_out", "POST", nothing, sign_out),
    ]
    if options.provider is not None:
        from trackbook.server.access import oidc

        found += oidc.routes(gate, options.provider)
    return found


async def begun(gate: Gate, request: Request, user: str, there: str) -> Response:
    """A session, and on to where its user wanted to go."""
    session, now = new_token(), now_ms()
    await run_in_threadpool(
        lambda: gate.access.add_token(user, "", digest_of(session), now, now + SESSION_S * 1000, is_session=True)
    )
    response = RedirectResponse(there, 303)
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, session, SESSION_S, httponly=True, samesite="lax", secure=secure)
    return response


def own_path(path: str) -> str:
    """A path of this server; anything that could lead to another one is its root."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path if is_own else "/"


def _page(there: str, has_openid: bool, message: str = "", user: str = "") -> Response:
    """The form; `user` was given before, so that only the password is typed again."""
    onward = f"?next={quote(there)}"
    text = _HTML.format(
        style=_STYLE,
        message=f'<p role="alert">{escape(message)}</p>' if message else "",
        action=escape(PATH + onward),
        user=escape(user),
        first="" if user else " autofocus",
        second=" autofocus" if user else "",
        openid=f'<p><a href="{escape(OPENID + onward)}">Sign in with your organisation</a></p>' if has_openid else "",
    )
    return HTMLResponse(text, 401 if message else 200, PAGE)


def _form(body: bytes) -> dict[str, str]:
    """Raises `InvalidValue` for more fields than any form of ours has."""
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
    except ValueError as error:
        raise InvalidValue(f"this is no form: {error}") from None
    return {name: values[-1] for name, values in fields.items()}
