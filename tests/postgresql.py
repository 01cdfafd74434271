"""PostgreSQL servers of our own."""

from __future__ import annotations

import itertools
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ATTEMPTS = 4
"""pgserver gives a server ten seconds to start, which a busy machine may not have."""
_numbers = itertools.count()


@contextmanager
def serving() -> Iterator[Any]:
    """A server, whose files are not below pytest's folder: another pytest shuts that to all users but its own."""
    with tempfile.TemporaryDirectory(prefix="trackbook-postgresql-") as name, _running(Path(name)) as running:
        yield running


@contextmanager
def _running(folder: Path) -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pgserver  # type: ignore[import-untyped]

        for attempt in range(ATTEMPTS):
            try:
                running = pgserver.get_server(folder / str(attempt), cleanup_mode="stop")
                break
            except subprocess.TimeoutExpired:
                if attempt == ATTEMPTS - 1:
                    raise
    for setting in ("fsync", "full_page_writes"):  # no test survives the machine
        running.psql(f"ALTER SYSTEM SET {setting} = off;")
    running.psql("SELECT pg_reload_conf();")
    try:
        yield running
    finally:
        running.cleanup()


def new_database(server: Any) -> str:
    """The address of an empty database."""
    name = f"store{next(_numbers)}"
    server.psql(f"CREATE DATABASE {name};")
    return str(server.get_uri(database=name))
