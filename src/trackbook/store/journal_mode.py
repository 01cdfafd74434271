"""How SQLite keeps a transaction until it is whole: in a write-ahead log (WAL), or in a rollback journal.

The mode is a property of the file.  Switching needs the file alone for a moment.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

_WAL = 2
"""Both version numbers in the header of a file in WAL mode (https://www.sqlite.org/fileformat2.html, 1.3.3)."""


def is_wal(path: Path) -> bool:
    """What the file's header says; nothing is opened."""
    with path.open("rb") as file:
        return file.read(20)[18:] == bytes((_WAL, _WAL))


def use_wal(engine: Engine, patience_s: float = 30.0) -> None:
    """Switch on; SQLite does not wait for others by itself here."""
    deadline = time.monotonic() + patience_s
    with closing(engine.raw_connection()) as connection:
        while True:
            try:
                connection.cursor().execute("PRAGMA journal_mode=WAL")
                return
            except sqlite3.OperationalError as error:
                is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not is_busy or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)


def leave_wal(path: Path, timeout_s: float) -> None:
    """Switch off, where it is on, without the shared memory that WAL needs.  Raises `sqlite3.OperationalError`."""
    if not is_wal(path):
        return
    with closing(sqlite3.connect(path, timeout=timeout_s, isolation_level=None)) as connection:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("PRAGMA journal_mode=DELETE")
