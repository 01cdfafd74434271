"""The database: opening it, transactions on it, and staying right when the process forks or the file is deleted.

Opening is lazy: the first transaction makes the file (0600, in folders 0700), checks its schema, and migrates it
where it is old.  SQLite runs in WAL mode with synchronous=NORMAL: a commit survives the death of the process; after a
power cut the last ones may be missing, which the journal's cursor then shows, so that they are applied again.
On a network file system, where WAL is unsafe, it runs with a rollback journal and says so once.

A forked child must not touch its parent's connections: it drops them without closing (a close in the child could
write to the file) and opens its own.  A file that was deleted or replaced under us is noticed at the next
transaction, since writing to the unlinked one would lose what the journal then gives back.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import urllib.parse
import warnings
import weakref
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from trackbook.core import forks, warningfilters
from trackbook.errors import StoreReadOnly
from trackbook.store import journal_mode, keys, migrate, mounts
from trackbook.store.dialect import Dialect, dialect_of
from trackbook.store.faults import folder_fault, translated

BUSY_TIMEOUT_S = 30.0
MOST_CONNECTIONS = 20
"""Of one process to a database server, which has some 100 for all."""
_KEPT_CONNECTIONS = 8
_OPTIONS: Mapping[str, Any] = {"pool_size": _KEPT_CONNECTIONS, "pool_use_lifo": True, "hide_parameters": True}
"""Parameters stay out of the driver's errors, which end in logs: hashes of passwords are among them."""
TENDED_LOG_BYTES = 16 * 2**20
"""Of a log that is checkpointed by a thread (`tending`): it is begun anew once it has grown to that."""
_PRAGMAS = (
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-32000",
    "PRAGMA secure_delete=OFF",
)
_LOCAL_PRAGMAS = (
    "PRAGMA synchronous=NORMAL",
    "PRAGMA mmap_size=268435456",
)
# The log stays as long as a kernel runs: 1 MiB of it, where SQLite would keep 4 (measured: as fast).
_OWN_CHECKPOINTS = ("PRAGMA wal_autocheckpoint=256", "PRAGMA journal_size_limit=1048576")
_NO_CHECKPOINTS = ("PRAGMA wal_autocheckpoint=0", f"PRAGMA journal_size_limit={TENDED_LOG_BYTES}")
# A rollback journal can damage the file at a power cut unless it is synced in full.
_NETWORK_PRAGMAS = ("PRAGMA synchronous=FULL", "PRAGMA mmap_size=0")
_databases: weakref.WeakSet[Database] = weakref.WeakSet()
_warned: set[Path] = set()
"""Files on network file systems of which the user was told."""
_inherited: list[object] = []
"""Pools of the parent, kept so that no collector closes their connections in the child."""


class Database:
    """One database; every method may be called from any thread."""

    def __init__(
        self,
        *,
        path: Path | None = None,
        url: str = "",
        mode: str = "rw",
        busy_timeout_s: float = BUSY_TIMEOUT_S,
        mount_table: str | None = None,
    ) -> None:
        """`path` of an SQLite file, with `mode` "rw" or "ro", or the `url` of a server.

        `mount_table` is the text of the machine's, which is read where it is None.
        """
        self.path, self.busy_timeout_s = path, busy_timeout_s
        self.wanted_mode = mode
        self.mode = mode
        """How it is open: what was wanted, or "ro" or "immutable" where it cannot be written now."""
        self.location = str(path) if path is not None else _without_password(url)
        self.dialect: Dialect = dialect_of("sqlite" if path is not None else "postgresql")
        self._url = url
        self._mount_table = mount_table
        self.network: str | None = None
        """The type of the network file system that the file lies on, once it is open."""
        self.is_tended = False
        """Whether a thread brings the log into the file; else the writer does by whom it grew long."""
        self._engine: Engine | None = None
        self._file: tuple[int, int] | None = None
        self._lock = threading.Lock()
        self._turn = threading.RLock()
        _databases.add(self)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One snapshot: statements in it see the same state."""
        with translated(self.location), self._ready().connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, the only writer where the database knows but one; committed when the body ends well."""
        engine = self._ready()
        if self.mode != self.wanted_mode and self.path is not None and _prepared(self.path, self.wanted_mode) == "rw":
            self.close()  # it can be written again
            engine = self._ready()
        if self.mode != "rw":
            raise StoreReadOnly(self.location, "it is open for reading only", "open it where it can be written")
        with translated(self.location), self.alone(), engine.connect() as connection:
            connection = connection.execution_options(trackbook_write=True)
            try:
                with connection.begin():
                    yield connection
            except BaseException:
                keys.forget(connection)
                raise

    def alone(self) -> AbstractContextManager[Any]:
        """SQLite lets writers wait by sleeping longer and longer: those of this process wait for each other here."""
        return self._turn if self.path is not None else nullcontext()

    @contextmanager
    def unbound(self) -> Iterator[Connection]:
        """A connection without a transaction, for what cannot run in one."""
        with translated(self.location), self._ready().connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT", trackbook_unbound=True)

    def close(self) -> None:
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
        self._engine = None

    def _ready(self) -> Engine:
        if self._engine is not None and self._is_same_file():
            return self._engine
        with self._lock:
            if self._engine is None or not self._is_same_file():
                self._drop()
                with translated(self.location):
                    self._engine = self._opened()
            return self._engine

    def _is_same_file(self) -> bool:
        return self.path is None or _identity(self.path) == self._file

    def _opened(self) -> Engine:
        if self.path is not None:
            self.mode = _prepared(self.path, self.wanted_mode)
            self._choose_journal(self.path)
        engine = self._sqlite_engine(self.path) if self.path is not None else _server_engine(self._url)
        event.listen(engine, "begin", self._begin)
        try:
            migrate.prepare(engine, self.location, self.path if self.mode == "rw" else None, wal=self.network is None)
        except BaseException:
            engine.dispose()
            raise
        self._file = _identity(self.path) if self.path is not None else None
        return engine

    def _choose_journal(self, path: Path) -> None:
        table = mounts.mount_table() if self._mount_table is None else self._mount_table
        self.network = mounts.network_filesystem(path.resolve(), table)
        if self.network is None:
            return
        if self.mode == "rw":
            journal_mode.leave_wal(path, self.busy_timeout_s)
        if path not in _warned:
            _warned.add(path)
            with warningfilters.aloud():
                warnings.warn(
                    f"{path} lies on a network file system ({self.network}), where SQLite's write-ahead log is unsafe: "
                    "it is kept without one, which is slower; a local folder or PostgreSQL serves several machines "
                    "better",
                    RuntimeWarning,
                    stacklevel=2,
                )

    def _begin(self, connection: Connection) -> None:
        options = connection.get_execution_options()
        write, bound = bool(options.get("trackbook_write")), not options.get("trackbook_unbound")
        self.dialect.begin(connection, write=write, bound=bound)

    def _sqlite_engine(self, path: Path) -> Engine:
        address = f"file:{urllib.parse.quote(str(path))}?mode={'rw' if self.mode == 'rw' else 'ro'}"
        if self.mode == "immutable":
            address += "&immutable=1"

        def connected() -> sqlite3.Connection:
            connection = sqlite3.connect(
                address,
                uri=True,
                timeout=self.busy_timeout_s,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=256,
            )
            checkpoints = _NO_CHECKPOINTS if self.is_tended else _OWN_CHECKPOINTS
            for pragma in _PRAGMAS + (_LOCAL_PRAGMAS + checkpoints if self.network is None else _NETWORK_PRAGMAS):
                connection.execute(pragma)
            connection.create_function("tb_lower", 1, _lower, deterministic=True)
            return connection

        return create_engine(
            "sqlite+pysqlite://",
            creator=connected,
            poolclass=QueuePool,
            max_overflow=-1,
            query_cache_size=1000,
            **_OPTIONS,
        )

    def _forked(self) -> None:
        """In the child: forget what belongs to the parent."""
        self._lock, self._turn = threading.Lock(), threading.RLock()
        if self._engine is not None:
            _inherited.append(self._engine.pool)
            self._engine.dispose(close=False)


def _server_engine(url: str) -> Engine:
    url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    return create_engine(url, max_overflow=MOST_CONNECTIONS - _KEPT_CONNECTIONS, **_OPTIONS)


def _without_password(url: str) -> str:
    parts = urllib.parse.urlsplit(url)
    if parts.password is None:
        return url
    return parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", ":***@", 1)).geturl()


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _prepared(path: Path, mode: str) -> str:
    """See that the file is there, and say how it can be opened: "rw", "ro" or "immutable"."""
    if mode == "rw" and not path.exists():
        try:
            path.parent.parent.mkdir(parents=True, exist_ok=True)
            path.parent.mkdir(mode=0o700, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise folder_fault(str(path), error) from error
    if mode == "rw" and os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        return "rw"
    # Reading a WAL database needs its index beside it; where that cannot be made, nobody can be writing either.
    if mode == "immutable":
        return mode
    has_log = path.with_name(path.name + "-wal").exists()
    return "ro" if has_log or os.access(path.parent, os.W_OK) else "immutable"


@forks.in_child
def _after_fork() -> None:
    for database in list(_databases):
        database._forked()  # noqa: SLF001 - the same module's own
