"""Users and tokens on the wire: what MLflow's AuthServiceClient says of users, and trackbook's own of tokens."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from trackbook.core import access
from trackbook.core.access import Role
from trackbook.wire.messages import Message, Text

MOST_DAYS = 3660


class Named(Message):
    username: Text


class NewUser(Message):
    username: Text
    password: Text


class NewPassword(Message):
    username: Text
    password: Text
    current_password: str = ""


class MadeAdmin(Message):
    username: Text
    is_admin: bool


class User(Message):
    id: int
    username: str
    is_admin: bool
    role: str
    groups: list[str] = []


class FoundUser(Message):
    user: User


class Users(Message):
    users: list[User] = []


class NewToken(Message):
    name: str = ""
    days: Annotated[int, Meta(ge=1, le=MOST_DAYS)] = 90


class OneToken(Message):
    id: int


class Token(Message):
    """Without the token itself, which is told once."""

    id: int
    name: str
    creation_timestamp: int
    expires: int
    revoked: bool = False


class MadeToken(Message):
    token: str
    info: Token


class Tokens(Message):
    tokens: list[Token] = []


def user(one: access.User) -> User:
    return User(
        id=one.id,
        username=one.name,
        is_admin=one.role is Role.ADMIN,
        role=one.role.word,
        groups=list(one.groups),
    )


def token(one: access.Token) -> Token:
    return Token(
        id=one.id, name=one.name, creation_timestamp=one.creation_time, expires=one.expires, revoked=one.revoked
    )
