"""Driver errors made ours, in one place.

| driver says                                   | raised            |
|-----------------------------------------------|-------------------|
| locked, busy (past the time-out)              | StoreBusy         |
| read-only database or folder                  | StoreReadOnly     |
| not a database, malformed, cannot open        | StoreUnreadable   |
| disk full, input/output error, no connection  | StoreUnavailable  |
| a value that it cannot take (NUL in a text)   | InvalidValue      |

A constraint that was broken stays as it is: who inserts knows what it means.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from trackbook.errors import InvalidValue, StoreBusy, StoreReadOnly, StoreUnavailable, StoreUnreadable, TrackbookError

_READ_ONLY = "make it writable, or name another store with TRACKBOOK_TRACKING_URI"
_UNREADABLE = "move the file away, or name another store with TRACKBOOK_TRACKING_URI"
_BUSY = "wait for the other program, or close it"


@contextmanager
def translated(location: str) -> Iterator[None]:
    """Raise what the body raises as a leaf of `StoreUnavailable`, where it is about the store itself."""
    try:
        yield
    except (TrackbookError, IntegrityError):
        raise
    except DataError as error:
        raise InvalidValue(f"a value cannot be kept in this store: {error.orig}") from error
    except DBAPIError as error:
        fault = _fault(location, error.orig)
        if fault is None:
            raise
        raise fault from error
    except sqlite3.Error as error:
        raise _fault(location, error) or StoreUnavailable(location, str(error), "try again") from error
    except OSError as error:
        raise folder_fault(location, error) from error


def folder_fault(location: str, error: OSError) -> StoreUnavailable:
    """What it means that a folder or file of the store cannot be made or opened."""
    reason = error.strerror or str(error)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreReadOnly(location, reason, _READ_ONLY)
    if error.errno in (errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ENAMETOOLONG):
        return StoreUnreadable(location, f"{reason} ({error.filename})", _UNREADABLE)
    return StoreUnavailable(location, reason, "free the disk or name another store with TRACKBOOK_TRACKING_URI")


def _fault(location: str, error: BaseException | None) -> StoreUnavailable | None:
    if isinstance(error, sqlite3.Error):
        return _sqlite_fault(location, error)
    state = getattr(error, "sqlstate", None)
    text = " ".join(str(error).split())  # a driver's has several lines
    if state in ("55P03", "40P01", "57014"):
        return StoreBusy(location, text, _BUSY)
    if state in ("25006", "42501"):
        return StoreReadOnly(location, text, _READ_ONLY)
    if state is None or state[:2] in ("08", "53", "57", "28", "3D"):
        return StoreUnavailable(location, text, "check that the database server runs and can be reached")
    return None


def _sqlite_fault(location: str, error: sqlite3.Error) -> StoreUnavailable | None:
    text = str(error)
    # The primary code is the low byte; errors raised by Python's own layer have none.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy(location, "another program holds its lock", _BUSY)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return StoreReadOnly(location, text, _READ_ONLY)
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_CANTOPEN):
        return StoreUnreadable(location, text, _UNREADABLE)
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return StoreUnavailable(location, text, "free some disk space and try again")
    return None
