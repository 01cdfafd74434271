"""A store that another program holds, that is newer, foreign or out of reach: the cell starts all the same."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

from trackbook.core import tags
from trackbook.tracking.session import close_session, current_session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Notebook

AT_ONCE_S = 0.5
SLACK_S = 0.7
"""For a busy machine: without a limit it would be 30 s."""


@contextmanager
def held(database: Path, how: str = "BEGIN IMMEDIATE") -> Iterator[None]:
    """Another program's lock."""
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute(how)
        try:
            yield
        finally:
            other.execute("ROLLBACK")


def test_a_locked_database_does_not_hold_a_cell_and_its_run_comes_later(notebook: Notebook) -> None:
    notebook.ran("%%track first --cell a --quiet\nx = 1")
    assert len(notebook.runs) == 1
    notebook.ran("import time")
    database = notebook.home / "trackbook.db"
    with held(database):
        for name in ("second", "second", "first"):
            asked = time.time()
            ran = notebook.run(f"%%track {name} --cell a --quiet\nstarted = time.time()\nC = 2")
            assert (ran.error, ran.stderr) == (None, "")
            assert notebook.shell.user_ns["started"] - asked < AT_ONCE_S + SLACK_S
    assert current_session().flush(40)
    experiments = current_session().store.experiments
    names = [experiments.get(run.info.experiment_id).name for run in notebook.runs]
    assert names == ["first", "second", "second", "first"]
    assert [notebook.cell(run).version for run in notebook.runs] == [1, 2, 3, 4]
    assert all(run.info.status == "FINISHED" and tags.WARNINGS not in run.data.tags for run in notebook.runs)
    notebook.ran("%%track second --cell a --quiet\nx = 1")
    assert notebook.last.info.experiment_id == notebook.runs[1].info.experiment_id


def test_a_lock_that_keeps_readers_out_holds_no_cell_either(notebook: Notebook) -> None:
    notebook.ran("%%track first --quiet\nx = 1")
    assert len(notebook.runs) == 1
    current_session().store.close()
    with closing(sqlite3.connect(notebook.home / "trackbook.db", isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        asked = time.time()
        ran = notebook.run("import time")
        ran = notebook.run("%%track other --quiet\nstarted = time.time()")
        assert (ran.error, ran.stderr) == (None, "")
        assert notebook.shell.user_ns["started"] - asked < AT_ONCE_S + SLACK_S
        other.execute("ROLLBACK")
    assert current_session().flush(40)
    assert len(notebook.runs) == 2


def _newer(database: Path) -> None:
    with closing(sqlite3.connect(database)) as other, other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")


def _foreign(database: Path) -> None:
    database.unlink()
    with closing(sqlite3.connect(database)) as other, other:
        other.execute("CREATE TABLE cats (name TEXT)")


@pytest.mark.parametrize(("change", "remedy"), [(_newer, "pip install -U trackbook"), (_foreign, "name another")])
def test_a_newer_or_foreign_database_is_told_in_one_line(bare: Notebook, change: object, remedy: str) -> None:
    bare.ran("%load_ext trackbook")
    bare.ran("%%track --quiet\nx = 1")
    assert len(bare.runs) == 1
    bare.ran("%unload_ext trackbook")
    close_session()
    database = bare.home / "trackbook.db"
    assert callable(change)
    change(database)
    said = bare.run("%load_ext trackbook").stdout
    assert said.count("\n") == 2
    assert f"cells will run untracked: {database}" in said
    assert remedy in said
    said = bare.run("%track status").stdout
    (line,) = [line for line in said.splitlines() if line.startswith("  store ")]
    assert str(database) in line
    assert remedy in line
    ran = bare.run("%%track --quiet\ny = 2\ny")
    assert ran.value == 2
    assert ran.stderr.count("\n") == 1
    assert str(database) in ran.stderr
    assert remedy in ran.stderr
    database.unlink()


def test_a_server_out_of_reach_is_told_in_one_line(bare: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    import_module("psycopg")  # on a busy machine that alone may take longer than a cell waits
    monkeypatch.setenv("TRACKBOOK_TRACKING_URI", "postgresql://me:secret@127.0.0.1:1/runs")
    close_session()
    began = time.perf_counter()
    bare.ran("%load_ext trackbook")
    assert time.perf_counter() - began < 2
    ran = bare.run("%%track --quiet\ny = 2\ny")
    assert ran.value == 2
    assert ran.stderr.count("\n") == 1
    assert "postgresql://me:***@127.0.0.1:1/runs" in ran.stderr
    assert "check that the database server runs" in ran.stderr
    status = bare.run("%track status").stdout
    assert f"untracked: {ran.stderr.partition('untracked: ')[2]}" in status
    assert "secret" not in ran.stderr + status
