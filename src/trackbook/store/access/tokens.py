"""API tokens and the sessions of browsers: only digests are kept, so that whoever reads the database has none."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, insert, select, update

from trackbook.core.access import Token, User
from trackbook.core.clock import now_ms
from trackbook.errors import InvalidState, NotFound
from trackbook.store import schema
from trackbook.store.access import principals
from trackbook.store.engine import Database

MOST_TOKENS = 100
"""Of a user that are valid; as many others are kept to be looked at."""
_tokens, _principals = schema.access_tokens.c, schema.principals.c


class Tokens:
    _database: Database

    def add_token(
        self, user: str, name: str, digest: str, creation_time: int, expires: int, *, is_session: bool = False
    ) -> Token:
        with self._database.write() as connection:
            holder = principals.found(connection, principals.USER, user)
            old = (_tokens.user == holder.id, _tokens.is_session.is_(True), _tokens.expires_ms < creation_time)
            connection.execute(delete(schema.access_tokens).where(*old))
            if not is_session:
                _make_room(connection, holder.id, creation_time)
            row = {
                "user": holder.id,
                "name": name,
                "digest": digest,
                "creation_ms": creation_time,
                "expires_ms": expires,
                "is_session": is_session,
            }
            made = insert(schema.access_tokens).values(**row).returning(_tokens.id)
            number = connection.execute(made).scalar_one()
        return Token(number, user, name, creation_time, expires, is_session=is_session)

    def user_of_token(self, digest: str, now: int, *, is_session: bool = False) -> User | None:
        valid = (
            _tokens.digest == digest,
            _tokens.is_session.is_(is_session),
            _tokens.expires_ms > now,
            _tokens.revoked_ms.is_(None),
        )
        query = select(schema.principals).join(schema.access_tokens, _tokens.user == _principals.id)
        with self._database.read() as connection:
            rows = connection.execute(query.where(*valid, _principals.disabled.is_(False))).all()
            return next(iter(principals.loaded(connection, rows)), None)

    def tokens(self, user: str | None = None) -> Sequence[Token]:
        query = select(schema.access_tokens, _principals.name.label("holder")).join(
            schema.principals, _tokens.user == _principals.id
        )
        query = query.where(_tokens.is_session.is_(False)).order_by(_tokens.id.desc())
        if user is not None:
            query = query.where(_principals.name == user)
        with self._database.read() as connection:
            return [
                Token(row.id, row.holder, row.name, row.creation_ms, row.expires_ms, row.revoked_ms is not None)
                for row in connection.execute(query)
            ]

    def revoke(self, token_id: int) -> None:
        with self._database.write() as connection:
            revoked = update(schema.access_tokens).where(_tokens.id == token_id).values(revoked_ms=now_ms())
            if connection.execute(revoked).rowcount == 0:
                raise NotFound("token", token_id)

    def revoke_digest(self, digest: str) -> None:
        with self._database.write() as connection:
            connection.execute(update(schema.access_tokens).where(_tokens.digest == digest).values(revoked_ms=now_ms()))


def _make_room(connection: Connection, holder: int, now: int) -> None:
    """For another token.  Raises `InvalidState` where there are too many; forgets the oldest that have ended."""
    own = (_tokens.user == holder, _tokens.is_session.is_(False))
    is_valid = _tokens.revoked_ms.is_(None) & (_tokens.expires_ms > now)
    if connection.execute(select(func.count()).where(*own, is_valid)).scalar_one() >= MOST_TOKENS:
        raise InvalidState(f"a user has at most {MOST_TOKENS} API tokens that are valid: revoke one that is not needed")
    ended = select(_tokens.id).where(*own, ~is_valid).order_by(_tokens.id.desc()).offset(MOST_TOKENS)
    over = connection.execute(ended).scalars().all()
    connection.execute(delete(schema.access_tokens).where(_tokens.id.in_(over)))
