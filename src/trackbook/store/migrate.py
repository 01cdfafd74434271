"""Bringing a database to the present schema.

A fresh database is made from `schema` in one go and stamped with the newest revision; an old one is copied beside
itself, then migrated step by step by Alembic, which is imported only then.  A test proves that both ways give the
same tables.  A database stamped by a newer trackbook is left alone.
"""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from trackbook.core.clock import now_ms
from trackbook.errors import SchemaTooNew, StoreReadOnly, StoreUnreadable
from trackbook.settings import DEFAULT_EXPERIMENT
from trackbook.store import journal_mode, schema
from trackbook.store.revisions import HEAD, OWN_TABLE, REVISIONS

logger = logging.getLogger(__name__)

_SCRIPTS = Path(__file__).parent / "migrations"
_FIGURES = (
    ("runs", "runs_recent", "100000 100000 2"),
    ("runs", "runs_of_experiment", "100000 10000 10000 2"),
    ("runs", "sqlite_autoindex_runs_1", "100000 1"),
    ("params", "params", "1000000 10 1"),
    ("params", "params_value", "1000000 100000 1000 1"),
    ("tags", "tags", "1000000 10 1"),
    ("tags", "tags_value", "1000000 100000 1000 1"),
    ("metrics", "metrics", "1000000 10 1"),
    ("metrics", "metrics_last", "1000000 100000 2 1"),
)
_STAMP = (
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
    "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)


def prepare(engine: Engine, location: str, file: Path | None, *, wal: bool = True) -> None:
    """Create or migrate where needed.  `file` is the SQLite file, None where there is none or it is read-only; `wal`
    says whether a new one may use the write-ahead log.

    Raises `SchemaTooNew`, `StoreUnreadable` for another program's database, `StoreReadOnly` where it would have to
    be written and cannot.
    """
    revision = _revision(engine)
    if revision == HEAD:
        return
    is_sqlite = engine.dialect.name == "sqlite"
    if is_sqlite and file is None:
        raise StoreReadOnly(location, "its schema has to be made or migrated", "open it once where it can be written")
    if revision is None:
        _create(engine, location, wal=wal)
    elif revision in REVISIONS:
        _upgrade(engine, file, revision)
    elif _is_ours(engine):
        raise SchemaTooNew(
            location, f"its schema is {revision}, newer than {HEAD}", "update with: pip install -U trackbook"
        )
    else:
        raise _foreign(location)


def _revision(engine: Engine) -> str | None:
    """The stamp; None where there is no such table."""
    with engine.connect() as connection:
        if not _has_table(connection, "alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


def _has_table(connection: Connection, name: str) -> bool:
    if connection.dialect.name == "sqlite":
        query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :name"
    else:
        query = "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = :name"
    return connection.execute(text(query), {"name": name}).first() is not None


def _is_ours(engine: Engine) -> bool:
    with engine.connect() as connection:
        return _has_table(connection, OWN_TABLE)


def _foreign(location: str) -> StoreUnreadable:
    return StoreUnreadable(location, "it is the database of another program", "name another file or database")


def _create(engine: Engine, location: str, *, wal: bool) -> None:
    if engine.dialect.name == "sqlite" and wal:
        journal_mode.use_wal(engine)
    with engine.connect().execution_options(trackbook_write=True) as connection, connection.begin():
        _wait_for_others(connection)
        if _has_table(connection, "alembic_version"):
            return  # another process was faster
        if inspect(connection).get_table_names():
            raise _foreign(location)
        schema.metadata.create_all(connection, checkfirst=False)
        add_default_experiment(connection)
        connection.execute(text(_STAMP))
        connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": HEAD})
        if engine.dialect.name == "sqlite":
            _advise(connection)
    # Connections read the figures when they open.
    engine.dispose()


def _wait_for_others(connection: Connection) -> None:
    """One process at a time makes or migrates the tables; SQLite's transaction has seen to that."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(7594891)"))


def _advise(connection: Connection) -> None:
    """Tell SQLite's planner what the tables will be like, since measuring is left to nobody and costs a full scan.

    Without figures it takes any two conditions on an index for alike, and begins with `metrics.x > 0.5`, which keeps
    half of all runs, where `params.k = 'v'` keeps few.  Rows per distinct prefix of each index, for some 100,000 runs.
    """
    connection.exec_driver_sql("ANALYZE sqlite_schema")
    connection.execute(text("DELETE FROM sqlite_stat1"))
    figures = [{"tbl": table, "idx": index, "stat": stat} for table, index, stat in _FIGURES]
    connection.execute(text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:tbl, :idx, :stat)"), figures)


def add_default_experiment(connection: Connection) -> None:
    now = now_ms()
    table = schema.experiments
    connection.execute(
        table.insert().values(id=schema.DEFAULT_EXPERIMENT_ID, name=DEFAULT_EXPERIMENT, creation_ms=now, update_ms=now)
    )


def _upgrade(engine: Engine, file: Path | None, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    if file is not None:
        backup = backed_up(file, revision)
        logger.warning("store %s is migrated from schema %s to %s; a copy is kept in %s", file, revision, HEAD, backup)
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    with engine.connect().execution_options(trackbook_write=True) as connection, connection.begin():
        _wait_for_others(connection)  # Alembic looks at the stamp after it, and finds nothing to do where they did it
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if engine.dialect.name == "sqlite":
            _advise(connection)
    engine.dispose()


def backed_up(file: Path, revision: str) -> Path:
    """Copy an SQLite file beside itself, consistently, also while others have it open."""
    backup = file.with_name(f"{file.name}.before-{HEAD}-from-{revision}")
    backup.touch(mode=0o600)
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(backup)) as target:
        source.backup(target)
    return backup
