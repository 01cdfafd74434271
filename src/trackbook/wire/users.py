"""Users and tokens on the wire: what MLflow's AuthServiceClient says of users, and trackbook's own of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from trackbook.core import access
from trackbook.core.access import Grant, Kind, Role
from trackbook.wire.messages import Message, Text
from trackbook.wire.permissions import ExperimentPermission, ModelPermission, experiment_permission, model_permission

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
    """With the permissions that clients of MLflow 2 look for."""

    id: int
    username: str
    is_admin: bool
    role: str
    experiment_permissions: list[ExperimentPermission]
    registered_model_permissions: list[ModelPermission]
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


def user(one: access.User, grants: Sequence[Grant]) -> User:
    """`grants` of whomever, this user's among them."""
    own = [grant for grant in grants if not grant.is_group and grant.holder == one.name]
    return User(
        id=one.id,
        username=one.name,
        is_admin=one.role is Role.ADMIN,
        role=one.role.word,
        groups=list(one.groups),
        experiment_permissions=[
            experiment_permission(one, grant) for grant in own if grant.resource.kind is Kind.EXPERIMENT
        ],
        registered_model_permissions=[
            model_permission(one, grant) for grant in own if grant.resource.kind is Kind.MODEL
        ],
    )


def token(one: access.Token) -> Token:
    return Token(
        id=one.id, name=one.name, creation_timestamp=one.creation_time, expires=one.expires, revoked=one.revoked
    )
