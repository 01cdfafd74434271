"""The gate: every route is made by it, so that none is served without its policy.

It asks who sends a request before a byte of the body is read, looks at what the request names, and lets in or not.
What is answered then is on the user's behalf: searches see what the user may see, and the audit trail has the name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from trackbook.core.access import Access, Rights, Role, User, seeing
from trackbook.core.acting import Act, Actor, acting
from trackbook.core.serving import Serving, serve
from trackbook.errors import NotAllowed
from trackbook.server.access.policies import POLICIES, Policy, Who
from trackbook.server.access.signing import COOKIE, Signing
from trackbook.server.backend import SCHEME, Backend

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

MOST_NAMED = 200
"""Characters of a name or a place in the audit trail."""
SAFE = ("GET", "HEAD", "OPTIONS")
Read = Callable[["Request"], Awaitable[Any]]
"""What a request asks: a message, or fields by name."""
Answer = Callable[["Request", Any], Awaitable["Response"]]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request.  `user` None: the server has no users, or nobody has signed in."""

    user: User | None
    rights: Rights

    def is_named(self, asked: Any) -> bool:
        return self.user is not None and getattr(asked, "username", None) == self.user.name


class Gate:
    def __init__(self, backend: Backend, signing: Signing | None, default_role: Role = Role.NONE) -> None:
        """`signing` None: there are no users.  `default_role` is everyone's who is signed in, everywhere."""
        self._backend, self.signing, self._default = backend, signing, default_role

    def route(self, path: str, name: str, method: str, read: Read, answer: Answer) -> Route:
        """Raises `KeyError` for a name without a policy."""
        policy = POLICIES[name]

        async def endpoint(request: Request) -> Response:
            caller = await self._caller(request, policy)
            request.scope["trackbook.caller"] = caller
            asked = await read(request)
            if not may_all(caller, policy):
                await run_in_threadpool(self.check, caller, policy, asked)
            user = "" if caller.user is None else caller.user.name
            with seeing(caller.rights.sight()), serve(Serving(user, SCHEME)):
                response = await answer(request, asked)
            if policy.made is not None and caller.user is not None and response.status_code < 400:
                await run_in_threadpool(self.give, caller.user, policy, asked)
            return response

        endpoint.__name__ = name  # what the figures call it
        endpoint.policy = policy  # type: ignore[attr-defined]
        return Route(path, endpoint, methods=[method], name=name)

    async def _caller(self, request: Request, policy: Policy) -> Caller:
        if self.signing is None:
            return Caller(None, Rights(Role.ADMIN))
        if policy.who is Who.EVERYONE:
            return Caller(None, Rights())
        if not request.headers.get("authorization") and request.method not in SAFE:
            _check_origin(request)
        return await run_in_threadpool(self._signed_in, self.signing, request)

    def _signed_in(self, signing: Signing, request: Request) -> Caller:
        user = signing.user_of(request)
        rights = signing.access.rights(user)
        return Caller(user, Rights(max(rights.everywhere, self._default), rights.grants))

    def check(self, caller: Caller, policy: Policy, asked: Any) -> None:
        """Raises `NotAllowed`; `NotFound` for what a role would have to be on and is not there."""
        if may_all(caller, policy):
            return
        if policy.who is Who.HIMSELF and caller.is_named(asked):
            return
        if policy.who is not Who.HOLDERS or policy.needs is None:
            raise NotAllowed(f"this needs the role {policy.role.word} on the whole server: ask an admin for it")
        for role, resource in policy.needs(self._backend, asked):
            if resource is None:
                if caller.rights.anywhere() < role:
                    raise NotAllowed(f"this needs the role {role.word} on something: ask an admin for it")
            elif caller.rights.on(resource) < role:
                raise NotAllowed(f"this needs the role {role.word} on {resource}: ask one of its managers for it")

    def give(self, user: User, policy: Policy, asked: Any) -> None:
        """Whoever made it is its manager."""
        assert policy.made is not None  # noqa: S101 - the caller asked
        assert self.signing is not None  # noqa: S101 - there is a user
        self.signing.access.grant(policy.made(self._backend, asked), user.name, Role.MANAGER)

    @property
    def access(self) -> Access:
        assert self.signing is not None  # noqa: S101 - only routes of servers with users ask
        return self.signing.access


def may_all(caller: Caller, policy: Policy) -> bool:
    """Whether it is allowed whatever the request names, so that nothing needs to be looked up."""
    return policy.who in (Who.EVERYONE, Who.USERS) or caller.rights.everywhere >= policy.role


def is_gated(route: Route) -> bool:
    return isinstance(getattr(route.endpoint, "policy", None), Policy)


def caller_of(request: Request) -> Caller:
    found: Caller = request.scope["trackbook.caller"]
    return found


@contextmanager
def on_behalf(request: Request, said: Actor | None = None, seen: int | None = None) -> Iterator[Act]:
    """Within it, changes of the registry are the caller's; what a client `said` of itself counts but for the user."""
    user = caller_of(request).user
    given = said or Actor(client=request.headers.get("user-agent", ""))
    name = user.name if user is not None else given.user
    place = given.place or (request.client.host if request.client is not None else "")
    actor = Actor(name[:MOST_NAMED], given.client[:MOST_NAMED], place[:MOST_NAMED], given.reason)
    with acting(actor, seen) as done:
        yield done


def _check_origin(request: Request) -> None:
    """A cookie goes along with whatever a page sends, so that the page has to be this server's own."""
    if COOKIE not in request.cookies:
        return
    origin = request.headers.get("origin")
    own = urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower() if origin else False
    if not own and request.headers.get("sec-fetch-site") != "same-origin":
        raise NotAllowed("a signed-in browser changes things from this server's own pages alone")
