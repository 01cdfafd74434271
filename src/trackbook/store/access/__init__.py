"""Users, groups, roles and tokens in SQL: the port `core.access.Access`, one file per noun.

    principals.py   users and groups, and who belongs to which
    tokens.py       API tokens and sessions, by their digests
    failures.py     sign-ins that failed
    grants.py       roles on single experiments and models; what a user may do in all

A principal is a user or a group, so that a grant needs one reference; the foreign keys take a deleted experiment's,
model's or user's grants away, and let those of a renamed model follow it.
"""

from __future__ import annotations

from trackbook.core.access import Access
from trackbook.store.access.failures import Failures
from trackbook.store.access.grants import Grants
from trackbook.store.access.principals import Principals
from trackbook.store.access.tokens import Tokens
from trackbook.store.engine import Database


class SqlAccess(Principals, Tokens, Failures, Grants):
    def __init__(self, database: Database) -> None:
        self._database = database


def _fits(access: SqlAccess) -> Access:
    return access
