"""Who may do what: users, groups, roles and API tokens, and the port behind which they are kept.

A role counts everywhere (a user's own, a group's) or on one experiment or registered model (a grant); of all that a
user has, the greatest counts, and where there is none nothing may be done.  Runs, their metrics and files follow their
experiment, versions their model.  Secrets are never kept: a password as an Argon2 hash, a token as its SHA-256.

`seeing` is what a server says for the time of one request: the store's searches then find only that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Protocol

from trackbook.errors import InvalidValue


class Role(IntEnum):
    """Each may do what the one before may."""

    NONE = 0
    READER = 1
    EDITOR = 2
    """Logs, makes runs and versions, changes them."""
    MANAGER = 3
    """Deletes and renames, and gives roles to others."""
    ADMIN = 4
    """Manages users too; a role of users and groups, not of a grant."""

    @property
    def word(self) -> str:
        return self.name.lower()


def role_of(word: str) -> Role:
    """Raises `InvalidValue`."""
    try:
        return Role[word.upper()]
    except KeyError:
        known = ", ".join(role.word for role in Role)
        raise InvalidValue(f"role {word!r} is unknown: use one of {known}") from None


class Kind(StrEnum):
    """What a grant is on."""

    EXPERIMENT = "experiment"
    MODEL = "registered_model"


@dataclass(frozen=True, slots=True)
class Resource:
    """An experiment by id, or a registered model by name."""

    kind: Kind
    id: str

    def __str__(self) -> str:
        return f"{'experiment' if self.kind is Kind.EXPERIMENT else 'registered model'} {self.id!r}"


@dataclass(frozen=True, slots=True)
class User:
    id: int
    name: str
    role: Role
    creation_time: int
    disabled: bool = False
    subject: str | None = None
    """Issuer and subject of OIDC, where the user comes from there."""
    groups: Sequence[str] = ()
    password_hash: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    role: Role
    members: Sequence[str] = ()
    id: int = 0
    """Stays when it is renamed."""


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token; the token itself was shown once.  Times are ms since the epoch."""

    id: int
    user: str
    name: str
    creation_time: int
    expires: int
    revoked: bool = False
    is_session: bool = False
    """Of a browser that signed in."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role of a user, or of a group, on one thing."""

    holder: str
    is_group: bool
    resource: Resource
    role: Role


@dataclass(frozen=True, slots=True)
class Rights:
    """All that one user may do."""

    everywhere: Role = Role.NONE
    grants: Mapping[Resource, Role] = field(default_factory=dict)

    def on(self, resource: Resource) -> Role:
        return max(self.everywhere, self.grants.get(resource, Role.NONE))

    def anywhere(self) -> Role:
        """The greatest there is, on whatever."""
        return max([self.everywhere, *self.grants.values()])

    def sight(self) -> Sight:
        if self.everywhere >= Role.READER:
            return ALL
        readable = [one for one, role in self.grants.items() if role >= Role.READER]
        return Sight(
            frozenset(one.id for one in readable if one.kind is Kind.EXPERIMENT),
            frozenset(one.id for one in readable if one.kind is Kind.MODEL),
        )


@dataclass(frozen=True, slots=True)
class Sight:
    """The ids of experiments and the names of models that may be found; None: all."""

    experiments: frozenset[str] | None = None
    models: frozenset[str] | None = None


ALL = Sight()
_sight: ContextVar[Sight] = ContextVar("trackbook_sight", default=ALL)


def sight() -> Sight:
    return _sight.get()


@contextmanager
def seeing(only: Sight) -> Iterator[None]:
    """Within it, searches find only this."""
    token = _sight.set(only)
    try:
        yield
    finally:
        _sight.reset(token)


class Access(Protocol):
    """Where users are kept: part of a store in SQL, and of no remote one.  Raises `NotFound` for what is not there."""

    def add_user(
        self, name: str, role: Role = Role.NONE, password_hash: str | None = None, subject: str | None = None
    ) -> User:
        """Raises `AlreadyExists`, `InvalidName`."""

    def user(self, name: str) -> User: ...

    def user_of_subject(self, subject: str) -> User | None: ...

    def users(self) -> Sequence[User]:
        """By name."""

    def change_user(
        self, name: str, *, role: Role | None = None, password_hash: str | None = None, disabled: bool | None = None
    ) -> User:
        """A new password, and being disabled, ends all sessions; being disabled revokes all tokens, too."""

    def delete_user(self, name: str) -> None:
        """With tokens, memberships and grants; what the user made stays."""

    def add_group(self, name: str, role: Role = Role.NONE) -> Group: ...

    def groups(self) -> Sequence[Group]: ...

    def change_group(self, name: str, role: Role) -> Group: ...

    def rename_group(self, name: str, new_name: str) -> None:
        """Raises `AlreadyExists`, `InvalidName`."""

    def delete_group(self, name: str) -> None: ...

    def join(self, group: str, user: str) -> None:
        """Nothing happens where the user is a member."""

    def leave(self, group: str, user: str) -> None: ...

    def add_token(
        self, user: str, name: str, digest: str, creation_time: int, expires: int, *, is_session: bool = False
    ) -> Token: ...

    def user_of_token(self, digest: str, now: int, *, is_session: bool = False) -> User | None:
        """None for one that is unknown, of the other kind, expired, revoked, or of a disabled user."""

    def tokens(self, user: str | None = None) -> Sequence[Token]:
        """Without sessions; newest first."""

    def revoke(self, token_id: int) -> None: ...

    def revoke_digest(self, digest: str) -> None:
        """Nothing where there is none."""

    def add_failure(self, name: str, address: str, now: int, since: int) -> None:
        """A sign-in that failed at `now`; those up to `since` are forgotten.  Times are ms since the epoch."""

    def failure(self, name: str | None, address: str | None, since: int, number: int) -> int | None:
        """When the last but `number - 1` of the failures after `since` was, None for fewer.  None: whichever."""

    def drop_failures(self, name: str, address: str) -> None: ...

    def grant(self, resource: Resource, holder: str, role: Role, *, is_group: bool = False) -> None:
        """Replaces the holder's role on it; `Role.NONE` takes it away."""

    def grants(self, resource: Resource | None = None, holder: str | None = None) -> Sequence[Grant]: ...

    def rights(self, user: User) -> Rights: ...

    def experiment_of(self, run_id: str) -> str:
        """The id of a run's experiment, also of a deleted run, whatever may be seen."""

    def experiment_of_model(self, model_id: str) -> str:
        """The same of a logged model."""

    def model_of_request(self, request_id: int) -> str:
        """The name of the registered model that a request for approval is about."""
