"""Taking a run's notebook, or its minimal program, out of the store again."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.core import tags
from trackbook.errors import InvalidValue, NotFound
from trackbook.tracking.executions import last

if TYPE_CHECKING:
    from trackbook.core.ports import Store
    from trackbook.tracking.records import Record

STDOUT = "-"


class Moment(StrEnum):
    """Which snapshot."""

    START = "start"
    END = "end"


def write_snapshot(store: Store, record: Record, moment: Moment, target: str) -> None:
    """Write the notebook as it was to a new file, or to standard output for `-`.

    Raises `NotFound` where no such snapshot was kept, `InvalidValue` where the file is there already.
    """
    about = json.loads(_read(store, record, tags.NOTEBOOK_ABOUT_FILE, "notebook"))
    named = {row.get("when"): row.get("file") for row in about.get("snapshots", []) if isinstance(row, dict)}
    # The one snapshot stands for both where only one was kept.
    starts = named.get(moment) == tags.NOTEBOOK_START_FILE.rpartition("/")[2]
    file = tags.NOTEBOOK_START_FILE if starts else tags.NOTEBOOK_FILE
    _write(_read(store, record, file, "notebook"), target)


def write_program(store: Store, record: Record, target: str) -> None:
    """Write the minimal program as a script, or as a notebook where the file is named so; raises as above."""
    file = tags.PROGRAM_NOTEBOOK_FILE if target.endswith(".ipynb") else tags.PROGRAM_FILE
    _write(_read(store, record, file, "minimal program"), target)


def _read(store: Store, record: Record, file: str, kind: str) -> bytes:
    run = record.run
    try:
        with store.artifacts.open(run.info.run_id, last(run.data.tags, file)) as opened:
            return opened.read()
    except NotFound:
        remedy = "none was kept, `trackbook show` lists what was"
        raise NotFound(f"{kind} with run", run.info.run_name, remedy) from None


def _write(data: bytes, target: str) -> None:
    if target == STDOUT:
        sys.stdout.buffer.write(data)
        return
    try:
        with Path(target).open("xb") as file:
            file.write(data)
    except FileExistsError:
        raise InvalidValue(f"{target} is there already: name a new file") from None
