"""What a connection remembers of keys, and what it must not."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import event

from trackbook.store import keys, schema
from trackbook.store.engine import Database


@pytest.fixture
def database(tmp_path: Path) -> Database:
    found = Database(path=tmp_path / "trackbook.db")
    with found.write() as connection:
        keys.define(connection, found.dialect, {(schema.METRIC, "loss")})
    return found


def test_a_key_is_read_once_by_a_connection(database: Database) -> None:
    asked: list[str] = []
    with database.read() as connection:
        event.listen(connection, "before_cursor_execute", lambda *given: asked.append(given[2]))
        first = keys.find(connection, {(schema.METRIC, "loss"), (schema.PARAM, "loss")})
        assert set(first) == {(schema.METRIC, "loss")}
        asked.clear()
        assert keys.find(connection, {(schema.METRIC, "loss")}) == first
        assert keys.names_of(connection, first.values())[first[schema.METRIC, "loss"]] == "loss"
        assert len([one for one in asked if "keys" in one]) == 1


def test_what_a_broken_off_transaction_made_is_no_key(database: Database) -> None:
    """Its id goes to the next key that is made."""

    def broken_off() -> None:
        with database.write() as connection:
            keys.names_of(connection, keys.define(connection, database.dialect, {(schema.METRIC, "gone")}).values())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken_off()
    with database.write() as connection:
        assert keys.find(connection, {(schema.METRIC, "gone")}) == {}
        made = keys.define(connection, database.dialect, {(schema.METRIC, "accuracy")})
        assert keys.names_of(connection, made.values())[made[schema.METRIC, "accuracy"]] == "accuracy"
