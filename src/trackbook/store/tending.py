"""A served SQLite database, whose log a thread brings into the file.

A commit appends to the log (WAL).  By whom the log grows long, that one has to bring it into the file, which is synced
twice: some ten milliseconds, or hundreds on a busy disk, in which all other writers wait.  A server writes on and on,
so that here a thread does it, beside the writers.  The log is begun anew only where all of it is in the file at the
moment of a commit; where writers never pause, they are kept waiting for what came while the most was brought over.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from trackbook.errors import TrackbookError
from trackbook.store.engine import TENDED_LOG_BYTES, Database

logger = logging.getLogger(__name__)
EVERY_S = 1.0


@contextmanager
def tended(database: Database) -> Iterator[None]:
    """While this lasts; nothing to do for a database server, which has such processes of its own."""
    if database.path is None or database.mode != "rw" or database.network is not None:
        yield
        return
    stop = threading.Event()
    thread = threading.Thread(target=_tend, args=(database, stop), name="trackbook-checkpoints", daemon=True)
    database.is_tended = True
    database.close()  # the next connections leave the log alone
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        database.is_tended = False
        database.close()


def _tend(database: Database, stop: threading.Event) -> None:
    while not stop.wait(EVERY_S):
        try:
            with database.unbound() as connection:
                if _checkpoint(connection) >= TENDED_LOG_BYTES:
                    with database.alone():
                        _checkpoint(connection)
        except TrackbookError as error:
            logger.warning("the log of %s is left as it is for now: %s", database.location, error)


def _checkpoint(connection: Connection) -> int:
    """Bring over what no reader needs in the log, waiting for nobody; the bytes of the log that are in use."""
    _, pages, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)").one()
    size: int = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
    return int(pages) * size
