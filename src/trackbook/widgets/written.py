"""The files that a run wrote: offered as its artifacts, and kept when the user says so.

What `files.json` says was written by whoever wrote the store.  So a file is kept only where it lies as the list has it,
with the very size and time of change: nothing is copied that the run has not written, and nothing that changed since.
"""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from trackbook.core import tags
from trackbook.core.names import check_artifact_path
from trackbook.errors import InvalidState, InvalidValue, NotFound, UnsafePath, shown
from trackbook.tracking.calls.base import Calls
from trackbook.tracking.executions import last
from trackbook.widgets import files
from trackbook.widgets.record_payloads import WrittenFile

if TYPE_CHECKING:
    from trackbook.core.entities import FileInfo
    from trackbook.core.ports import Store
    from trackbook.tracking.session import Session

MAX_WRITTEN = 60
FOLDER = "files"
"""Among the artifacts: where they are kept."""
NAMES = ("path", "size_bytes", "mtime_ns")
AGAIN = "run the cell again, then keep it"


class Row(NamedTuple):
    """A file as it was when the run had ended."""

    path: str
    """Below the project's folder with `/`, else the whole path."""
    size_bytes: int
    mtime_ns: int


class _Writing(Calls):
    """What writes into a run by its id."""

    def __init__(self, session: Session) -> None:
        self._session = session


def rows(found: Any) -> list[Row]:
    """What the content of a `files.json` says was written; what has another shape is left out."""
    listed = found.get("written") if isinstance(found, dict) else None
    made = []
    for one in listed if isinstance(listed, list) else []:
        path, size, changed = (one.get(name) if isinstance(one, dict) else None for name in NAMES)
        if isinstance(path, str) and isinstance(size, int) and isinstance(changed, int):
            made.append(Row(path, size, changed))
    return made


def offered(found: Sequence[Row], artifacts: Sequence[FileInfo]) -> list[WrittenFile]:
    """The first `MAX_WRITTEN`; `artifacts` are what the run keeps, kept from here or logged by the cell."""
    paths = {one.path for one in artifacts}
    alike: dict[tuple[str, int | None], list[str]] = {}
    for one in artifacts:
        alike.setdefault((_name(one.path), one.file_size), []).append(one.path)
    often = Counter((_name(row.path), row.size_bytes) for row in found)
    made = []
    for row in found[:MAX_WRITTEN]:
        about, place = (_name(row.path), row.size_bytes), _place(row.path)
        kept = place if place in paths else _logged(row.path, alike.get(about, []), alone=often[about] == 1)
        made.append(WrittenFile(path=row.path, size=row.size_bytes, kept=kept))
    return made


def _logged(path: str, artifacts: Sequence[str], *, alone: bool) -> str | None:
    """Of artifacts with the file's name and size the one that it is: `alone` there is no other such file to be it."""
    same = next((one for one in artifacts if f"/{one}".endswith(f"/{path}")), None)
    return same or (artifacts[0] if alone and artifacts else None)


def keep(session: Session, store: Store, run_id: str, path: object) -> WrittenFile:
    """Keep a file that the run wrote as its artifact, also when it has ended.

    Raises `InvalidValue` for a path that is not of the run's list, `NotFound` for a file that is gone, `InvalidState`
    for one that has changed since.
    """
    listed = files.read_json(store, run_id, last(store.runs.get(run_id).data.tags, tags.FILES_FILE))
    row = next((one for one in rows(listed) if one.path == path), None)
    if row is None:
        raise InvalidValue(f"{shown(path)} is none of the files that this run wrote")
    local = _local(session.settings.home.parent.resolve(), row)
    target = PurePosixPath(check_artifact_path(_place(row.path)))
    _check_unchanged(local, row)
    _Writing(session).writer(run_id).log_artifact(local, str(target.parent))
    return WrittenFile(path=row.path, size=row.size_bytes, kept=str(target))


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _place(path: str) -> str:
    return f"{FOLDER}/{path.lstrip('/')}"


def _local(root: Path, row: Row) -> Path:
    if "\0" in row.path or ".." in row.path.split("/"):
        raise UnsafePath(row.path)
    return root / row.path


def _check_unchanged(local: Path, row: Row) -> None:
    try:
        about = local.stat()
    except (OSError, ValueError):
        raise NotFound("file", row.path, f"it was there when the run had ended; {AGAIN}") from None
    if not stat.S_ISREG(about.st_mode) or (about.st_size, about.st_mtime_ns) != (row.size_bytes, row.mtime_ns):
        raise InvalidState(f"{shown(row.path)} has changed since the run wrote it: {AGAIN}")
