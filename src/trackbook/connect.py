"""From an address to a store.

| address                                  | store                                                                |
|------------------------------------------|----------------------------------------------------------------------|
| a folder (`.trackbook`, `file:///...`)   | `trackbook.db`, `artifacts/` and `journal/` in it                    |
| `sqlite:///file.db` (`?mode=ro` to read) | that file; `artifacts/` beside it                                    |
| `postgresql://user@host/name`            | that database; artifacts beside the journal's folder                 |
| `http://...`, `https://...`              | that server, a trackbook server or one that speaks MLflow's protocol |
"""

from __future__ import annotations

import os
import urllib.parse
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.errors import InvalidValue
from trackbook.settings import HOME_NAME, without_credentials

if TYPE_CHECKING:
    from trackbook.core.ports import Store

DATABASE_NAME = "trackbook.db"
ARTIFACTS_NAME = "artifacts"
JOURNAL_NAME = "journal"


def connect(uri: str | os.PathLike[str], *, journal: Path | None = None, artifact_root: str | None = None) -> Store:
    """The store at an address; nothing is opened before its first call.

    `journal` is the folder of this process's journals: where the address is a database server, artifacts are kept
    beside it.  A folder gets its sub-folders here, with mode 0700, where it can be written.
    `artifact_root` is a folder or URL (`s3://bucket/prefix`, `gs://`, `az://`, what fsspec can write to) for the
    artifacts instead, else the environment's TRACKBOOK_ARTIFACT_ROOT; it is not stored, so whoever opens the store
    has to give the same one.  An experiment's own location goes before it.
    Raises `InvalidValue` for an address of an unknown kind.
    """
    address = os.fspath(uri)
    artifacts = artifact_root or os.environ.get("TRACKBOOK_ARTIFACT_ROOT") or None
    scheme = urllib.parse.urlsplit(address).scheme.lower()
    if is_remote(address):
        return _remote(address)
    if scheme == "sqlite":
        return _sqlite(address, artifacts)
    if scheme in ("postgresql", "postgres"):
        return _server(address, journal, artifacts)
    if scheme == "file":
        return _folder(Path(urllib.parse.unquote(urllib.parse.urlsplit(address).path)), artifacts)
    if scheme == "" or len(scheme) == 1 or "://" not in address:
        return _folder(Path(address), artifacts)
    raise InvalidValue(
        f"tracking address {without_credentials(address)!r} is of an unknown kind: "
        "give a folder, sqlite:///file.db or postgresql://host/name"
    )


def is_remote(address: str) -> bool:
    """Whether it is a server's, which cannot see this process's journal."""
    return address.lower().startswith(("http://", "https://"))


def _remote(address: str) -> Store:
    from trackbook.remote.store import RemoteStore

    return RemoteStore(address)


def _folder(folder: Path, artifacts: str | None) -> Store:
    from trackbook.store.engine import Database
    from trackbook.store.sql import SqlStore

    folder = folder.expanduser().absolute()
    for name in ("", ARTIFACTS_NAME, JOURNAL_NAME):
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            (folder / name).mkdir(mode=0o700, exist_ok=True)
        except OSError:
            break  # what can be read is read; the first write says what is wrong
    _hide_from_git(folder)
    return SqlStore(str(folder), Database(path=folder / DATABASE_NAME), artifacts or folder / ARTIFACTS_NAME)


def _hide_from_git(home: Path) -> None:
    """Recorded runs are no source: a home ignores itself, so that `git add .` leaves it out."""
    if home.name == HOME_NAME:
        try:
            number = os.open(home / ".gitignore", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(number, "w") as file:
                file.write("*\n")
        except OSError:
            pass  # there already, or nothing can be written here


def _sqlite(address: str, artifacts: str | None) -> Store:
    from trackbook.store.engine import Database
    from trackbook.store.sql import SqlStore

    parts = urllib.parse.urlsplit(address)
    # As SQLAlchemy counts: three slashes and a relative path, four and an absolute one.
    path = urllib.parse.unquote(parts.path.removeprefix("/"))
    if not path or path == ":memory:" or parts.netloc:
        raise InvalidValue(f"{address!r} names no file: write sqlite:///relative.db or sqlite:////absolute/path.db")
    file = Path(path).expanduser().absolute()
    mode = urllib.parse.parse_qs(parts.query).get("mode", ["rw"])[0]
    if mode not in ("rw", "ro"):
        raise InvalidValue(f"mode={mode} is unknown in {address!r}: write mode=ro or leave it out")
    return SqlStore(address, Database(path=file, mode=mode), artifacts or file.parent / ARTIFACTS_NAME)


def _server(address: str, journal: Path | None, artifacts: str | None) -> Store:
    from trackbook.store.engine import Database
    from trackbook.store.sql import SqlStore

    url = "postgresql://" + address.split("://", 1)[1]
    home = journal.parent if journal is not None else Path(HOME_NAME)
    return SqlStore(url, Database(url=url), artifacts or home.absolute() / ARTIFACTS_NAME)
