"""Users and tokens over HTTP: users as MLflow's AuthServiceClient manages them, and everyone's own API tokens.

A token is never able to make another, nor to set a password: else a stolen one would outlive its revocation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool

from trackbook.core.access import Role, User
from trackbook.core.clock import now_ms
from trackbook.errors import NotAllowed, NotFound, Unauthenticated
from trackbook.server.access.gate import Caller, Gate, caller_of
from trackbook.server.access.secrets import digest_of, new_token
from trackbook.server.access.signing import sent_token
from trackbook.server.answers import said
from trackbook.server.bodies import json_body, query_of
from trackbook.wire import codec
from trackbook.wire import users as wire
from trackbook.wire.endpoints import PREFIXES
from trackbook.wire.messages import Message, Nothing

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from trackbook.core.access import Access
    from trackbook.server.access.gate import Answer, Read
    from trackbook.server.options import Options

DAY_MS = 86_400_000
OWN_PREFIX = "/api/2.0/trackbook"


def make_token(access: Access, user: str, name: str, days: float) -> tuple[str, Any]:
    """A new token, which is nowhere kept, and what is kept of it."""
    token, now = new_token(), now_ms()
    return token, access.add_token(user, name, digest_of(token), now, now + int(days * DAY_MS))


class _Work:
    """What each route does; they block."""

    def __init__(self, gate: Gate) -> None:
        assert gate.signing is not None  # noqa: S101 - these routes are made only where there are users
        self.access, self.passwords = gate.access, gate.signing.passwords
        self.signing = gate.signing

    def create_user(self, caller: Caller, asked: wire.NewUser) -> wire.FoundUser:
        hashed = self.passwords.hashed(asked.username, asked.password)
        return self._found(self.access.add_user(asked.username, Role.NONE, hashed))

    def get_user(self, caller: Caller, asked: wire.Named) -> wire.FoundUser:
        return self._found(self.access.user(asked.username))

    def current_user(self, caller: Caller, asked: Nothing) -> wire.FoundUser:
        return self._found(user_of(caller))

    def list_users(self, caller: Caller, asked: Nothing) -> wire.Users:
        grants = self.access.grants()
        return wire.Users(users=[wire.user(one, grants) for one in self.access.users()])

    def _found(self, user: User) -> wire.FoundUser:
        return wire.FoundUser(user=wire.user(user, self.access.grants(holder=user.name)))

    def update_user_password(self, caller: Caller, asked: wire.NewPassword) -> Nothing:
        """Users give their old password again, where they have one; admins set a new one for others."""
        if caller.is_named(asked) and self.access.user(asked.username).password_hash is not None:
            self.signing.of_password(asked.username, asked.current_password, "")
        self.access.change_user(asked.username, password_hash=self.passwords.hashed(asked.username, asked.password))
        return Nothing()

    def update_user_admin(self, caller: Caller, asked: wire.MadeAdmin) -> Nothing:
        if asked.is_admin != (self.access.user(asked.username).role is Role.ADMIN):
            self.access.change_user(asked.username, role=Role.ADMIN if asked.is_admin else Role.NONE)
        return Nothing()

    def delete_user(self, caller: Caller, asked: wire.Named) -> Nothing:
        self.access.delete_user(asked.username)
        return Nothing()

    def list_tokens(self, caller: Caller, asked: Nothing) -> wire.Tokens:
        return wire.Tokens(tokens=[wire.token(one) for one in self.access.tokens(user_of(caller).name)])

    def create_token(self, caller: Caller, asked: wire.NewToken) -> wire.MadeToken:
        token, made = make_token(self.access, user_of(caller).name, asked.name, asked.days)
        return wire.MadeToken(token=token, info=wire.token(made))

    def revoke_token(self, caller: Caller, asked: wire.OneToken) -> Nothing:
        mine = {one.id for one in self.access.tokens(user_of(caller).name)}
        if asked.id not in mine and caller.rights.everywhere < Role.ADMIN:
            raise NotFound("token", asked.id)
        self.access.revoke(asked.id)
        return Nothing()


def routes(gate: Gate, options: Options) -> list[Route]:
    work = _Work(gate)

    def of(name: str, method: str, path: str, request: type[Message]) -> list[Route]:
        answer = answering(getattr(work, name), personal=name in ("create_token", "update_user_password"))
        prefixes = PREFIXES if path.startswith("/users") else (OWN_PREFIX,)
        return [gate.route(prefix + path, name, method, reading(request, options), answer) for prefix in prefixes]

    return [
        *of("create_user", "POST", "/users/create", wire.NewUser),
        *of("get_user", "GET", "/users/get", wire.Named),
        *of("current_user", "GET", "/users/current", Nothing),
        *of("list_users", "GET", "/users/list", Nothing),
        *of("update_user_password", "PATCH", "/users/update-password", wire.NewPassword),
        *of("update_user_admin", "PATCH", "/users/update-admin", wire.MadeAdmin),
        *of("delete_user", "DELETE", "/users/delete", wire.Named),
        *of("list_tokens", "GET", "/tokens", Nothing),
        *of("create_token", "POST", "/tokens", wire.NewToken),
        *of("revoke_token", "DELETE", "/tokens", wire.OneToken),
    ]


def user_of(caller: Caller) -> User:
    if caller.user is None:
        raise Unauthenticated("nobody is signed in")
    return caller.user


def reading(kind: type[Message], options: Options) -> Read:
    async def read(request: Request) -> Message:
        if request.method == "GET":
            return codec.from_query(kind, query_of(request))
        return codec.from_body(kind, await json_body(request, options))

    return read


def answering(work: Callable[[Caller, Any], Message], *, personal: bool = False) -> Answer:
    async def answer(request: Request, asked: Message) -> Response:
        caller = caller_of(request)
        if personal and sent_token(request) and caller.rights.everywhere < Role.ADMIN:
            raise NotAllowed("an API token makes no tokens and sets no passwords: sign in with your password")
        response = said(await run_in_threadpool(work, caller, asked))
        response.headers["cache-control"] = "no-store"
        return response

    return answer
