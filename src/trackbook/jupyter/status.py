"""What `%track status` and the line at loading say: where runs are kept, what is captured, what went wrong."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook import __version__
from trackbook.jupyter.defaults import shown
from trackbook.jupyter.options import NO_OPTIONS
from trackbook.settings import without_credentials
from trackbook.store.revisions import OWN_TABLE, REVISIONS
from trackbook.tracking.session import chosen_experiment

if TYPE_CHECKING:
    from trackbook.jupyter.guard import Guard
    from trackbook.jupyter.options import TrackOptions
    from trackbook.jupyter.place import Place
    from trackbook.settings import Settings

CAPTURED = "code, params, metrics, models, data, outputs, history, notebook, environment and git"
DATABASE = "trackbook.db"
PLACE = "TRACKBOOK_TRACKING_URI"
SQLITE_MAGIC = b"SQLite format 3\0"


def loaded_line(settings: Settings, folder: Path) -> str:
    """The one line at loading."""
    return f"trackbook: runs are kept in {shown_place(settings, folder)}; %%track captures {CAPTURED}"


def status_text(
    settings: Settings,
    place: Place,
    guard: Guard,
    *,
    recording: bool,
    training: bool = False,
    executed: int,
    defaults: TrackOptions = NO_OPTIONS,
) -> str:
    """Several lines."""
    state = (
        "off, but for cells with %%track"
        if not recording
        else "on for %%track cells and all that train"
        if training
        else "on for %%track cells"
    )
    if guard.off:
        state = f"off after {len(guard.failures)} errors (%track on switches it on)"
    notebook = f"{place.path} (by {place.found_by})" if place.path else "unknown to this kernel"
    chosen = chosen_experiment()
    origin = "set_experiment" if chosen else settings.origin.get("experiment", "")
    if defaults.experiment:
        chosen, origin = defaults.experiment, "%track set"
    lines = [
        f"trackbook {__version__}: recording is {state}",
        f"  runs are kept in  {without_credentials(settings.tracking_uri)} ({settings.origin.get('tracking_uri', '')})",
        f"  experiment        {chosen or settings.experiment} ({origin})",
        f"  notebook          {notebook}",
        f"  history           {executed} executed cells",
        f"  %%track captures  {CAPTURED}",
    ]
    if defaults != NO_OPTIONS:
        lines.append(f"  set for all cells {shown(defaults)}")
    lines += [f"  error             {failure}" for failure in guard.failures]
    problem = store_problem(settings)
    if problem:
        lines.append(f"  store             {problem}")
    return "\n".join(lines)


def shown_place(settings: Settings, folder: Path) -> str:
    """Where runs are kept: relative to the folder where that is short, else the whole address."""
    if settings.tracking_uri != str(settings.home):
        return without_credentials(settings.tracking_uri)
    near = os.path.relpath(settings.home, folder)
    return near if near.count("..") <= 3 else str(settings.home)


def store_problem(settings: Settings) -> str | None:
    """What would keep a local store from being opened, in one line with its path and the remedy; None for nothing.

    A quick look at the files that imports no database library; what it cannot see is said when a run opens.
    """
    uri = settings.tracking_uri
    if "://" in uri:
        return None
    home = Path(uri)
    existing = home
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    if not existing.is_dir():
        return f"{existing} is no folder: move it away, or name another place with {PLACE}"
    if not os.access(existing, os.W_OK | os.X_OK):
        return f"{existing} cannot be written to: make it writable, or name another place with {PLACE}"
    database = home / DATABASE
    try:
        head = database.read_bytes()[: len(SQLITE_MAGIC)] if not database.is_file() else _head(database)
    except FileNotFoundError:
        return None
    except OSError as error:
        return f"{database} cannot be read ({error.strerror}): make it readable, or move it away"
    if head and head != SQLITE_MAGIC:
        return f"{database} is no database of trackbook: move it away, and a new one is made"
    return _schema_problem(database) if head else None


def _schema_problem(database: Path) -> str | None:
    """What is seen of the schema without a database library; nothing where another program holds the file."""
    import sqlite3

    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=0)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not tables:
                return None
            stamped = OWN_TABLE in tables and "alembic_version" in tables
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if stamped else None
    except sqlite3.Error:
        return None
    if not stamped:
        return f"{database} is the database of another program: move it away, or name another with {PLACE}"
    if row is not None and row[0] not in REVISIONS:
        return f"{database} is of a newer trackbook (schema {row[0]}): update with pip install -U trackbook"
    return None


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(SQLITE_MAGIC))
