"""Taking a run's notebook out of the store again."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.core import tags
from trackbook.errors import InvalidValue, NotFound

if TYPE_CHECKING:
    from trackbook.core.ports import Store

STDOUT = "-"


class Moment(StrEnum):
    """Which snapshot."""

    START = "start"
    END = "end"


def write_snapshot(store: Store, run_id: str, moment: Moment, target: str) -> None:
    """Write the notebook as it was to a new file, or to standard output for `-`.

    Raises `NotFound` where no such snapshot was kept, `InvalidValue` where the file is there already.
    """
    data = _read(store, run_id, _file(store, run_id, moment))
    if target == STDOUT:
        sys.stdout.buffer.write(data)
        return
    path = Path(target)
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError:
        raise InvalidValue(f"{target} is there already: name a new file") from None


def _file(store: Store, run_id: str, moment: Moment) -> str:
    """The one snapshot stands for both where only one was kept."""
    rows = json.loads(_read(store, run_id, tags.NOTEBOOK_ABOUT_FILE)).get("snapshots", [])
    named = {row.get("when"): row.get("file") for row in rows if isinstance(row, dict)}
    if named.get(moment) == tags.NOTEBOOK_START_FILE.rpartition("/")[2]:
        return tags.NOTEBOOK_START_FILE
    return tags.NOTEBOOK_FILE


def _read(store: Store, run_id: str, path: str) -> bytes:
    try:
        with store.artifacts.open(run_id, path) as file:
            return file.read()
    except NotFound:
        raise NotFound("notebook", f"of run {run_id}", "none was known when its cell ran") from None
