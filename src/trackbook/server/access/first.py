"""The first admin: where none can sign in, a token for an hour."""

from __future__ import annotations

from trackbook.core.access import Access, Role
from trackbook.core.clock import now_ms
from trackbook.server.access.users import make_token

NAME = "admin"
LABEL = "first sign-in"
DAYS = 1 / 24


def first_token(access: Access) -> str | None:
    """None where an admin can sign in.  Tokens of an earlier start are revoked."""
    users, now = access.users(), now_ms()
    can = [user for user in users if user.role is Role.ADMIN and not user.disabled]
    if any(user.password_hash is not None or user.subject is not None for user in can):
        return None
    tokens = [one for user in can for one in access.tokens(user.name) if not one.revoked and one.expires > now]
    if any(one.name != LABEL for one in tokens):
        return None
    for old in tokens:
        access.revoke(old.id)
    if all(user.name != NAME for user in users):
        access.add_user(NAME, Role.ADMIN)
    elif all(user.name != NAME for user in can):
        return None  # somebody has taken the name, and means it
    return make_token(access, NAME, LABEL, DAYS)[0]
