"""From a request's headers to a user: an API token (Bearer, or the password of Basic), a password, a session.

MLflow's client sends what MLFLOW_TRACKING_USERNAME and _PASSWORD, or _TOKEN, hold with every request.  Argon2 is slow
on purpose, so a password that fitted is known by a keyed digest for a while, together with the hash that it fitted: a
new password ends that at once.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from trackbook.core.access import Access, User
from trackbook.core.clock import now_ms
from trackbook.errors import NotFound, Unauthenticated
from trackbook.server.access.attempts import Attempts
from trackbook.server.access.passwords import AT_ONCE, Passwords
from trackbook.server.access.secrets import PREFIX, digest_of

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

COOKIE = "trackbook_session"
KNOWN_S, MOST_KNOWN = 300.0, 10_000


class Signing:
    def __init__(self, access: Access, passwords: Passwords, attempts: Attempts | None = None) -> None:
        self.access, self.passwords = access, passwords
        self._attempts = attempts or Attempts(access)
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        """Of those who give a password: looked at together, none would know of the others' failures."""
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, float] = OrderedDict()

    def user_of(self, request: HTTPConnection) -> User:
        """Blocks.  Raises `Unauthenticated`."""
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        address = request.client.host if request.client is not None else ""
        match kind.lower():
            case "basic":
                return self._of_pair(*_decoded(given.strip()), address)
            case "bearer":
                return self.of_token(given.strip())
            case "":
                if session := request.cookies.get(COOKIE):
                    return self.of_token(session, is_session=True)
        raise Unauthenticated("this server knows its users: sign in, or send a user and a password or an API token")

    def of_token(self, token: str, *, is_session: bool = False) -> User:
        """Uncounted, as 256 random bits are not guessed.  Raises `Unauthenticated`."""
        is_one = token.startswith(PREFIX)
        user = self.access.user_of_token(digest_of(token), now_ms(), is_session=is_session) if is_one else None
        if user is None:
            raise Unauthenticated("the token is unknown, expired or revoked: make a new one")
        return user

    def _of_pair(self, name: str, password: str, address: str) -> User:
        """A token may stand for the password, and then the name may be left out."""
        if not password.startswith(PREFIX):
            return self.of_password(name, password, address)
        user = self.of_token(password)
        if name not in (user.name, "", "token"):
            raise Unauthenticated("the token is another user's")
        return user

    def of_password(self, name: str, password: str, address: str) -> User:
        """Of a password alone: whoever has got hold of a token gets no session for it.  Raises `Unauthenticated`."""
        if password.startswith(PREFIX):
            raise Unauthenticated("an API token is for programs: give the password")
        found = self._found(name)
        stored = found.password_hash if found is not None and not found.disabled else None
        mark = hmac.digest(self._key, f"{name}\0{stored}\0{password}".encode("utf-8", "replace"), hashlib.sha256)
        if stored is None or self._known.get(mark, 0.0) < time.monotonic():
            with self._turns:
                self._check_patience(name, address)
                if not self.passwords.fits(stored, password) or found is None:
                    self._attempts.failed(name, address)
                    raise Unauthenticated("user or password are wrong")
                self._attempts.passed(name, address)
            self._known[mark] = time.monotonic() + KNOWN_S
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
        assert found is not None  # noqa: S101 - a hash is of a user
        return found

    def _found(self, name: str) -> User | None:
        try:
            return self.access.user(name)
        except NotFound:
            return None

    def _check_patience(self, name: str, address: str) -> None:
        """401 and not 429, which MLflow's client repeats for minutes."""
        wait_s = self._attempts.wait_s(name, address)
        if wait_s > 0:
            raise Unauthenticated(f"too many failed attempts: wait {wait_s:.0f} s", wait_s=wait_s)


def sent_token(request: HTTPConnection) -> bool:
    """Whether it came with an API token, and not with a password or from a browser that signed in."""
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        return _decoded(given.strip())[1].startswith(PREFIX)
    return bool(kind)


def _decoded(given: str) -> tuple[str, str]:
    try:
        name, mark, password = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        name = mark = password = ""
    if not mark:
        raise Unauthenticated("the Authorization header cannot be read: Basic is base64 of user:password")
    return name, password
