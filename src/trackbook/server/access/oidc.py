"""Signing in through an OpenID provider: authorization code with PKCE, state and nonce, by Authlib.

What has to be known when the browser comes back (state, nonce, verifier) goes with it in a short-lived cookie, so that
any worker can finish what another began.  A user is known by issuer and subject, never by a name or an address that
somebody could choose; groups that the provider tells and that are here, too, are joined, others left.
"""

from __future__ import annotations

import hmac
import secrets
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from authlib.common.errors import AuthlibBaseError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from trackbook.core.access import User
from trackbook.errors import AlreadyExists, Unauthenticated
from trackbook.server.access import browser
from trackbook.server.basics import nothing

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it would rather have the fork of httpx
    from authlib.integrations.httpx_client import AsyncOAuth2Client

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from trackbook.core.access import Access
    from trackbook.server.access.gate import Gate

COOKIE, COOKIE_S = "trackbook_openid", 600
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA"]
"""Signed by a key of the provider: not "none", and no secret that the client has, too."""
TIMEOUT_S = 10.0
LEEWAY_S = 60


@dataclass(frozen=True, slots=True)
class Provider:
    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    scope: str = "openid profile email"
    name_claim: str = "preferred_username"
    groups_claim: str = "groups"


def routes(gate: Gate, provider: Provider) -> list[Route]:
    async def begin(request: Request, asked: object) -> Response:
        metadata = await _metadata(provider)
        nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        async with _client(provider, request) as client:
            url, state = client.create_authorization_url(
                metadata["authorization_endpoint"], nonce=nonce, code_verifier=verifier
            )
        response = RedirectResponse(url, 303)
        there = browser.own_path(request.query_params.get("next", ""))
        _remember(response, request, f"{state}|{nonce}|{verifier}|{there}")
        return response

    async def end(request: Request, asked: object) -> Response:
        query = request.query_params
        state, nonce, verifier, there = _remembered(request)
        if not state or not hmac.compare_digest(state, query.get("state", "")):
            raise Unauthenticated("this sign-in was not begun here, or too long ago: begin again at /sign-in")
        if "code" not in query:
            raise Unauthenticated("the OpenID provider did not sign you in")
        try:
            claims = await _claims(provider, request, query["code"], nonce, verifier)
        except (AuthlibBaseError, JoseError, httpx.HTTPError, ValueError, KeyError) as error:
            raise Unauthenticated(f"the OpenID provider's answer is not accepted ({type(error).__name__})") from error
        user = await run_in_threadpool(_user, gate.access, provider, claims)
        response = await browser.begun(gate, request, user.name, browser.own_path(there))
        response.delete_cookie(COOKIE, path=browser.OPENID)
        return response

    return [
        gate.route(browser.OPENID, "oidc_begin", "GET", nothing, begin),
        gate.route(browser.BACK, "oidc_end", "GET", nothing, end),
    ]


def _client(provider: Provider, request: Request) -> Any:
    return AsyncOAuth2Client(
        provider.client_id,
        provider.client_secret or None,
        token_endpoint_auth_method="client_secret_basic" if provider.client_secret else "none",
        scope=provider.scope,
        redirect_uri=str(request.base_url).rstrip("/") + browser.BACK,
        code_challenge_method="S256",
        timeout=TIMEOUT_S,
    )


async def _metadata(provider: Provider) -> dict[str, Any]:
    """What the provider tells of itself.  Raises `Unauthenticated` where it cannot be asked, or is another."""
    address = provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
            found: dict[str, Any] = (await client.get(address)).raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise Unauthenticated(f"the OpenID provider cannot be asked ({type(error).__name__}): try again") from error
    if found.get("issuer") != provider.issuer:
        raise Unauthenticated("the OpenID provider tells another issuer than the one in this server's settings")
    return found


async def _claims(provider: Provider, request: Request, code: str, nonce: str, verifier: str) -> dict[str, Any]:
    """Of the ID token, checked: signature, issuer, audience, times, nonce."""
    metadata = await _metadata(provider)
    async with _client(provider, request) as client:
        tokens = await client.fetch_token(metadata["token_endpoint"], code=code, code_verifier=verifier)
    async with httpx.AsyncClient(timeout=TIMEOUT_S) as plain:
        keys = (await plain.get(metadata["jwks_uri"])).raise_for_status().json()
    token = jwt.decode(tokens["id_token"], KeySet.import_key_set(keys), algorithms=ALGORITHMS)
    registry = jwt.JWTClaimsRegistry(
        leeway=LEEWAY_S,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    registry.validate(token.claims)
    if token.claims.get("azp", provider.client_id) != provider.client_id:
        raise ValueError("the ID token is another client's")
    return dict(token.claims)


def _user(access: Access, provider: Provider, claims: dict[str, Any]) -> User:
    """The user of these claims, made where it is the first time."""
    subject = f"{provider.issuer}#{claims['sub']}"
    user = access.user_of_subject(subject)
    if user is None:
        name = str(claims.get(provider.name_claim) or claims.get("email") or claims["sub"])
        try:
            user = access.add_user(name, subject=subject)
        except AlreadyExists as error:
            raise Unauthenticated(
                f"the user {name!r} is here already and not of this provider: ask an admin"
            ) from error
    if user.disabled:
        raise Unauthenticated("this user is disabled: ask an admin")
    told = claims.get(provider.groups_claim)
    if isinstance(told, list):
        here = {group.name for group in access.groups()}
        for group in here & set(map(str, told)) - set(user.groups):
            access.join(group, user.name)
        for group in set(user.groups) - set(map(str, told)):
            access.leave(group, user.name)
    return user


def _remember(response: Response, request: Request, text: str) -> None:
    response.set_cookie(
        COOKIE,
        text.encode().hex(),
        COOKIE_S,
        path=browser.OPENID,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def _remembered(request: Request) -> list[str]:
    try:
        parts = bytes.fromhex(request.cookies.get(COOKIE, "")).decode().split("|", 3)
    except ValueError:
        parts = []
    return parts if len(parts) == 4 else ["", "", "", ""]
