"""Nobody edits the audit trail, not with SQL either."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from trackbook.connect import connect


@pytest.mark.parametrize("statement", ["UPDATE registry_audit SET user_id = 'x'", "DELETE FROM registry_audit"])
def test_an_entry_cannot_be_edited(tmp_path: Path, statement: str) -> None:
    store = connect(tmp_path)
    store.registry.create_model("churn")
    with (
        closing(sqlite3.connect(tmp_path / "trackbook.db")) as connection,
        pytest.raises(sqlite3.IntegrityError, match="cannot be edited"),
    ):
        connection.execute(statement)
    assert len(store.registry.audit("churn")) == 1
