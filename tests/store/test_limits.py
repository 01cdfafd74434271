"""What one user may have of what others pay for."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from trackbook.connect import connect
from trackbook.core.access import Role
from trackbook.core.clock import now_ms
from trackbook.core.events import Batch
from trackbook.errors import InvalidState
from trackbook.store import journals, schema
from trackbook.store.access import tokens
from trackbook.store.sql import SqlStore

DAY_MS = 86_400_000


@pytest.fixture
def store(tmp_path: Path) -> SqlStore:
    found = connect(tmp_path)
    assert isinstance(found, SqlStore)
    return found


def count(store: SqlStore, table) -> int:
    with store.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_a_user_has_so_many_valid_tokens(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST_TOKENS", 3)
    now = now_ms()

    def make(user: str, number: int, days: int = 1, *, is_session: bool = False) -> int:
        digest = f"{user}{number}{is_session}"
        return store.access.add_token(user, "", digest, now, now + days * DAY_MS, is_session=is_session).id

    for user in ("ann", "bob"):
        store.access.add_user(user, Role.NONE, None)
    made = [make("ann", number) for number in range(3)]
    with pytest.raises(InvalidState, match="at most 3 API tokens that are valid: revoke one"):
        make("ann", 3)
    make("bob", 0)
    make("ann", 0, is_session=True)
    store.access.revoke(made[0])
    make("ann", 4)
    for number in range(10, 20):
        store.access.revoke(store.access.tokens("ann")[0].id)
        make("ann", number, days=1)
    assert count(store, schema.access_tokens) == 3 + 3 + 1 + 1  # valid and ended ones, bob's, the session


def test_a_user_of_a_server_has_so_many_journals(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "MOST_OF_USER", 3)

    def apply(journal_id: str, at: int = 0) -> None:
        store.recording.apply(Batch(journal_id, [], (), {"at": at}))

    apply("user-1-2/0")
    for number in range(3):
        apply(f"user-1/{number}")
    with pytest.raises(InvalidState, match="at most 3 journals that are not taken in whole"):
        apply("user-1/3")
    apply("user-1/0", at=1)
    apply("user-10/0")
    for number in range(5):
        apply(f"own {number}")  # of this machine
    store.recording.forget("user-1/0")
    apply("user-1/3")
    monkeypatch.setattr(journals, "FORGOTTEN_AFTER_MS", -1)
    apply("user-1/4")
    assert count(store, schema.journals) == 1 + 2 + 5
