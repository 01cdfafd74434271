"""Users and groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from trackbook.core.access import Group, Role, User
from trackbook.core.clock import now_ms
from trackbook.core.names import check_principal_name
from trackbook.errors import AlreadyExists, NotFound
from trackbook.store import schema
from trackbook.store.engine import Database

if TYPE_CHECKING:
    from sqlalchemy import Connection

USER, GROUP = "user", "group"
_principals, _members, _tokens = schema.principals.c, schema.members.c, schema.access_tokens.c


class Principals:
    _database: Database

    def add_user(
        self, name: str, role: Role = Role.NONE, password_hash: str | None = None, subject: str | None = None
    ) -> User:
        self._add(USER, name, role, password=password_hash, subject=subject)
        return self.user(name)

    def user(self, name: str) -> User:
        with self._database.read() as connection:
            return loaded(connection, [found(connection, USER, name)])[0]

    def user_of_subject(self, subject: str) -> User | None:
        with self._database.read() as connection:
            rows = connection.execute(select(schema.principals).where(_principals.subject == subject)).all()
            return next(iter(loaded(connection, rows)), None)

    def users(self) -> Sequence[User]:
        with self._database.read() as connection:
            return loaded(connection, self._rows(connection, USER))

    def change_user(
        self, name: str, *, role: Role | None = None, password_hash: str | None = None, disabled: bool | None = None
    ) -> User:
        given = {"role": role, "password": password_hash, "disabled": disabled}
        values = {column: value for column, value in given.items() if value is not None}
        with self._database.write() as connection:
            row = found(connection, USER, name)
            if values:
                connection.execute(update(schema.principals).where(_principals.id == row.id).values(**values))
            if disabled or password_hash is not None:
                of_user = [_tokens.user == row.id, _tokens.revoked_ms.is_(None)]
                kinds = [] if disabled else [_tokens.is_session.is_(True)]
                ended = update(schema.access_tokens).where(*of_user, *kinds).values(revoked_ms=now_ms())
                connection.execute(ended)
        return self.user(name)

    def delete_user(self, name: str) -> None:
        self._delete(USER, name)

    def add_group(self, name: str, role: Role = Role.NONE) -> Group:
        self._add(GROUP, name, role)
        with self._database.read() as connection:
            return Group(name, role, id=found(connection, GROUP, name).id)

    def groups(self) -> Sequence[Group]:
        groups, users = schema.principals.alias(), schema.principals.alias()
        query = (
            select(groups.c.id, groups.c.name, groups.c.role, users.c.name)
            .select_from(groups)
            .outerjoin(schema.members, _members.group == groups.c.id)
            .outerjoin(users, _members.user == users.c.id)
            .where(groups.c.kind == GROUP)
            .order_by(groups.c.name, users.c.name)
        )
        members: dict[tuple[int, str, int], list[str]] = {}
        with self._database.read() as connection:
            for number, name, role, member in connection.execute(query):
                members.setdefault((number, name, role), []).extend([] if member is None else [member])
        return [Group(name, Role(role), tuple(names), number) for (number, name, role), names in members.items()]

    def change_group(self, name: str, role: Role) -> Group:
        with self._database.write() as connection:
            row = found(connection, GROUP, name)
            connection.execute(update(schema.principals).where(_principals.id == row.id).values(role=role))
        return next(group for group in self.groups() if group.name == name)

    def rename_group(self, name: str, new_name: str) -> None:
        values = {"name": check_principal_name(GROUP, new_name)}
        try:
            with self._database.write() as connection:
                row = found(connection, GROUP, name)
                connection.execute(update(schema.principals).where(_principals.id == row.id).values(**values))
        except IntegrityError as error:
            raise AlreadyExists(GROUP, new_name) from error

    def delete_group(self, name: str) -> None:
        self._delete(GROUP, name)

    def join(self, group: str, user: str) -> None:
        with self._database.write() as connection:
            row = {"group": found(connection, GROUP, group).id, "user": found(connection, USER, user).id}
            connection.execute(self._database.dialect.insert(schema.members).on_conflict_do_nothing(), row)

    def leave(self, group: str, user: str) -> None:
        with self._database.write() as connection:
            one, other = found(connection, GROUP, group), found(connection, USER, user)
            connection.execute(delete(schema.members).where(_members.group == one.id, _members.user == other.id))

    def _add(self, kind: str, name: str, role: Role, **values: Any) -> None:
        row = {"kind": kind, "name": check_principal_name(kind, name), "role": role, "creation_ms": now_ms(), **values}
        try:
            with self._database.write() as connection:
                connection.execute(insert(schema.principals).values(disabled=False, **row))
        except IntegrityError as error:
            raise AlreadyExists(kind, name) from error

    def _delete(self, kind: str, name: str) -> None:
        with self._database.write() as connection:
            row = found(connection, kind, name)
            connection.execute(delete(schema.principals).where(_principals.id == row.id))

    def _rows(self, connection: Connection, kind: str) -> Sequence[Any]:
        query = select(schema.principals).where(_principals.kind == kind).order_by(_principals.name)
        return connection.execute(query).all()


def found(connection: Connection, kind: str, name: str) -> Any:
    """The row.  Raises `NotFound`."""
    query = select(schema.principals).where(_principals.kind == kind, _principals.name == name)
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(kind, name)
    return row


def loaded(connection: Connection, rows: Sequence[Any]) -> list[User]:
    """Users of rows of `principals`, with the names of their groups."""
    if not rows:
        return []
    query = (
        select(_members.user, _principals.name)
        .join_from(schema.members, schema.principals, _members.group == _principals.id)
        .order_by(_principals.name)
    )
    if len(rows) == 1:
        query = query.where(_members.user == rows[0].id)
    groups: dict[int, list[str]] = {}
    for user, group in connection.execute(query):
        groups.setdefault(user, []).append(group)
    return [
        User(
            id=row.id,
            name=row.name,
            role=Role(row.role),
            creation_time=row.creation_ms,
            disabled=row.disabled,
            subject=row.subject,
            groups=tuple(groups.get(row.id, ())),
            password_hash=row.password,
        )
        for row in rows
    ]
