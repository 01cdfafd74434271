"""Opening a database, and what is said where it cannot be opened or written."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import sqlite3
import stat
import threading
from pathlib import Path

import numpy as np
import pytest

from trackbook.connect import connect
from trackbook.core.events import Batch, Points, RunStarted
from trackbook.errors import StoreBusy, StoreReadOnly, StoreUnreadable
from trackbook.store.engine import Database


def started(run_id: str) -> Batch:
    return Batch(run_id, [RunStarted(run_id, "0", run_id, 1)], [], {"n": 0})


def test_files_and_folders_are_for_their_owner_alone(tmp_path: Path) -> None:
    store = connect(tmp_path / "a" / ".trackbook")
    store.recording.apply(started("r"))
    (tmp_path / "x").write_text("x")
    store.artifacts.adopt("r", "a/x", tmp_path / "x")
    for path in (tmp_path / "a" / ".trackbook").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert stat.S_IMODE((tmp_path / "a" / ".trackbook").stat().st_mode) == 0o700


def test_it_is_a_wal_database(tmp_path: Path) -> None:
    connect(tmp_path).runs.keys()
    with sqlite3.connect(tmp_path / "trackbook.db") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_its_log_stays_small_while_it_is_open(tmp_path: Path) -> None:
    store = connect(tmp_path)
    for number in range(150):
        (tmp_path / "x").write_bytes(random.Random(number).randbytes(20_000).hex().encode())
        store.recording.apply(started(f"r{number}"))
        store.artifacts.adopt(f"r{number}", "trackbook/x", tmp_path / "x")
    assert (tmp_path / "trackbook.db").stat().st_size > 3_000_000
    assert (tmp_path / "trackbook.db-wal").stat().st_size < 2_000_000


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "trackbook.db").write_text("this is a letter, not a database, and long enough to be read " * 20)
    with pytest.raises(StoreUnreadable, match=r"trackbook\.db.*not a database.*move the file away"):
        connect(tmp_path).runs.keys()


def test_the_database_of_another_program(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "trackbook.db") as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.execute("INSERT INTO alembic_version VALUES ('0a1b2c3d')")
    with pytest.raises(StoreUnreadable, match="another program"):
        connect(tmp_path).runs.keys()


def test_tables_that_are_not_ours_are_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "trackbook.db") as connection:
        connection.execute("CREATE TABLE letters (text TEXT)")
    with pytest.raises(StoreUnreadable, match="another program"):
        connect(tmp_path).recording.apply(started("r"))
    with sqlite3.connect(tmp_path / "trackbook.db") as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("letters",)]


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    store = connect(tmp_path / "home")
    with pytest.raises(StoreUnreadable, match="home"):
        store.runs.keys()
    with pytest.raises(StoreUnreadable):
        store.recording.apply(started("r"))


def test_a_folder_where_the_file_should_be(tmp_path: Path) -> None:
    (tmp_path / "trackbook.db").mkdir()
    with pytest.raises(StoreUnreadable, match=r"trackbook\.db"):
        connect(tmp_path).runs.keys()


def test_a_store_open_for_reading_reads_and_says_why_it_does_not_write(tmp_path: Path) -> None:
    connect(tmp_path).recording.apply(started("r"))
    readable = connect(f"sqlite:///{tmp_path}/trackbook.db?mode=ro")
    assert readable.runs.get("r").info.run_name == "r"
    with pytest.raises(StoreReadOnly, match=r"trackbook\.db"):
        readable.recording.apply(started("s"))


def test_a_missing_store_is_not_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(StoreUnreadable):
        connect(f"sqlite:///{tmp_path}/trackbook.db?mode=ro").runs.keys()
    assert list(tmp_path.iterdir()) == []


def test_a_database_nobody_can_be_writing_is_read_without_its_log(tmp_path: Path) -> None:
    store = connect(tmp_path)
    store.recording.apply(started("r"))
    store.close()
    database = Database(path=tmp_path / "trackbook.db", mode="immutable")
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT run_id FROM runs").scalars().all() == ["r"]
    assert not (tmp_path / "trackbook.db-wal").exists()


def test_writing_goes_on_once_the_folder_can_be_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(tmp_path).recording.apply(started("r"))
    store = connect(tmp_path)
    with monkeypatch.context() as patch:
        # Modes do not bind root, who may be running this.
        patch.setattr(os, "access", lambda path, mode: False)
        assert store.runs.get("r").info.run_name == "r"
        with pytest.raises(StoreReadOnly):
            store.recording.apply(started("s"))
    store.recording.apply(started("s"))
    assert store.runs.get("s").info.run_name == "s"


def test_a_lock_that_is_held_too_long(tmp_path: Path) -> None:
    database = Database(path=tmp_path / "trackbook.db", busy_timeout_s=0.1)
    with database.read():
        pass
    blocker = sqlite3.connect(tmp_path / "trackbook.db", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy, match="lock"), database.write():
        pass
    blocker.execute("ROLLBACK")
    blocker.close()
    with database.write():
        pass


def test_a_full_disk_is_told_and_what_was_there_stays(tmp_path: Path) -> None:
    from trackbook.errors import StoreUnavailable

    store = connect(tmp_path)
    store.recording.apply(started("r"))
    database = store.database  # type: ignore[attr-defined]
    with database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    values = np.random.default_rng(0).random(400_000)
    points = Points("r", "m", np.arange(400_000), np.arange(400_000), values)
    with database.write() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 5}")
    with pytest.raises(StoreUnavailable, match="disk"):
        store.recording.apply(Batch("r", [], [points], {"n": 1}))
    assert store.runs.get("r").data.metrics == {}
    store.close()
    store.recording.apply(Batch("r", [], [points], {"n": 1}))
    assert store.runs.get("r").data.aggregates["m"].count == 400_000


def test_a_home_deleted_under_us_is_made_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    store = connect(home)
    store.recording.apply(started("r"))
    shutil.rmtree(home)
    store.recording.apply(started("s"))
    assert [run.info.run_id for run in store.runs.search(_everything()).items] == ["s"]
    assert connect(home).runs.get("s").info.run_name == "s"


def _everything() -> object:
    from trackbook.core.ports import RunQuery

    return RunQuery()


def _write_in_child(home: str, name: str, batches: int) -> None:
    store = connect(home)
    store.recording.apply(started(name))
    for n in range(batches):
        points = Points(name, "m", np.array([n]), np.array([n]), np.array([1.0]))
        store.recording.apply(Batch(name, [], [points], {"n": n + 1}))


def test_processes_write_at_once_from_an_empty_folder(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    children = [context.Process(target=_write_in_child, args=(str(tmp_path), f"r{n}", 30)) for n in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0, 0, 0]
    store = connect(tmp_path)
    assert [store.runs.get(f"r{n}").data.aggregates["m"].count for n in range(3)] == [30, 30, 30]


def test_threads_write_at_once(tmp_path: Path) -> None:
    store = connect(tmp_path)
    threads = [threading.Thread(target=_write_in_thread, args=(store, f"r{n}")) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [store.runs.get(f"r{n}").data.aggregates["m"].count for n in range(4)] == [20] * 4


def _write_in_thread(store: object, name: str) -> None:
    store.recording.apply(started(name))  # type: ignore[attr-defined]
    for n in range(20):
        points = Points(name, "m", np.array([n]), np.array([n]), np.array([1.0]))
        store.recording.apply(Batch(name, [], [points], {"n": n + 1}))  # type: ignore[attr-defined]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_child_has_connections_of_its_own(tmp_path: Path) -> None:
    store = connect(tmp_path)
    store.recording.apply(started("before"))
    with store.database.read() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("SELECT 1")
        child = os.fork()
        if child == 0:
            code = 1
            try:
                store.recording.apply(started("child"))
                code = 0 if store.runs.get("before").info.run_name == "before" else 2
            finally:
                os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    store.recording.apply(started("after"))
    assert {run.info.run_id for run in store.runs.search(_everything()).items} == {"before", "child", "after"}
    with sqlite3.connect(tmp_path / "trackbook.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
