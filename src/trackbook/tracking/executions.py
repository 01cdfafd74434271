"""The executions of one run: the first, and each that went on with it (`--resume RUN`, `start_run(run_id=...)`).

Params, metrics, inputs, origins and warnings are those of the run, of all its executions together.  The record (source,
outputs, notebook, program, environment, traceback ...) is that of one execution.  The first keeps its files in
`trackbook/`, each later one in a folder of its own, `trackbook/resumed-2-1a2b/`; so that nothing is written over, also
where two processes go on with a run at the same time.  The tag `trackbook.execution` names the folder of the last, and
the tags that tell of one execution (`OF_ONE`) tell of that; those which they replace stand in `execution.json` of the
new folder.

An execution that makes no record (`TRACKBOOK_SCRIPTS=0`, within a cell that is tracked) is none here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from trackbook.core import tags
from trackbook.core.clock import new_id, now_ms
from trackbook.errors import NotFound, TrackbookError

if TYPE_CHECKING:
    from trackbook.core.entities import Run
    from trackbook.core.ports import Store
    from trackbook.tracking.run import ActiveRun

FILE = "execution.json"
OF_ONE = (
    tags.STATE,
    tags.PROGRAM_LABEL,
    tags.LEFT_OUT,
    tags.SEED,
    tags.ARGUMENTS,
    tags.TRAINED,
    tags.ERROR_TYPE,
    tags.ERROR_MESSAGE,
)
"""Tags that tell of the last execution."""
OF_GIT = (tags.GIT_DIRTY, tags.GIT_COMMIT, tags.GIT_BRANCH, tags.GIT_REPOSITORY)
"""And these, where they are ours: the first says so."""
MOST_BYTES = 1_000_000
_NAME = re.compile(r"resumed-([1-9][0-9]{0,8})-[0-9a-f]{4}")


@dataclass(frozen=True, slots=True)
class Execution:
    number: int
    """1 is the first."""
    folder: str
    """Where its record lies: `trackbook`, `trackbook/resumed-2-1a2b`."""
    source: str = ""
    """The notebook or script."""
    start_ms: int | None = None
    end_ms: int | None = None
    status: str = ""
    """As it ended; "" where nobody noted it: another went on with the run at the same time."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """The run's, as they stood in its end."""

    def path(self, file: str) -> str:
        """Where this execution has a file of the record, which is named as the first one has it."""
        return moved(file, self.folder)


def moved(file: str, folder: str) -> str:
    """A path below `trackbook/` as one below another folder; other paths stay."""
    below = f"{tags.FOLDER}/"
    return f"{folder}/{file.removeprefix(below)}" if file.startswith(below) else file


def figures_folder(folder: str) -> str:
    """Where the execution with this folder has its figures."""
    return f"{tags.FIGURES_FOLDER}{folder.removeprefix(tags.FOLDER)}"


def last_folder(run_tags: Mapping[str, str]) -> str:
    """Where the record of a run's last execution lies."""
    name = run_tags.get(tags.EXECUTION, "")
    return f"{tags.FOLDER}/{name}" if _NAME.fullmatch(name) else tags.FOLDER


def last(run_tags: Mapping[str, str], file: str) -> str:
    """Where the last execution of a run has a file of the record."""
    return moved(file, last_folder(run_tags))


def number_of(folder: str) -> int:
    """The execution whose folder this is."""
    found = _NAME.fullmatch(folder.rpartition("/")[2])
    return int(found[1]) if found else 1


def begin_another(run: ActiveRun, source: str | None) -> None:
    """Give a run that is gone on with a folder for the record of this execution; nothing for a new run.

    `source` is the notebook or script that goes on with it.  On the thread that resumes it, before anything is kept.
    """
    before = run.resumed
    if before is None:
        return
    known = before.data.tags
    name = f"resumed-{number_of(last_folder(known)) + 1}-{new_id()[:4]}"
    run.record_folder = f"{tags.FOLDER}/{name}"
    about = {
        "schema": 1,
        "start_ms": now_ms(),
        "source": source,
        "before": {
            "folder": last_folder(known),
            "status": str(before.info.status),
            "end_ms": before.info.end_time,
            "tags": dict(known),
        },
    }
    run.log_text(json.dumps(about, ensure_ascii=False), f"{tags.FOLDER}/{FILE}")
    for key in (*OF_ONE, *(OF_GIT if tags.GIT_DIRTY in known else ())):
        if key in run.tags:
            run.delete_tag(key)
    run.set_tag(tags.EXECUTION, name)


def executions(store: Store, run: Run, folders: Collection[str] | None = None) -> list[Execution]:
    """All of a stored run, the first one first; `folders` are those below its `trackbook/`, where they are known."""
    if tags.EXECUTION not in run.data.tags:
        return [
            _ended_with(run, Execution(1, tags.FOLDER, run.data.tags.get(tags.SOURCE_NAME, ""), run.info.start_time))
        ]
    if folders is None:
        folders = [one.path for one in store.artifacts.list(run.info.run_id, tags.FOLDER) if one.is_dir]
    later = sorted(
        (one for one in folders if _NAME.fullmatch(one.rpartition("/")[2])), key=lambda one: (number_of(one), one)
    )
    begun = {folder: _note(store, run.info.run_id, f"{folder}/{FILE}") for folder in later}
    ends = {_text(end.get("folder")): end for note in begun.values() if isinstance(end := note.get("before"), dict)}
    made = [Execution(1, tags.FOLDER, run.data.tags.get(tags.SOURCE_NAME, ""), run.info.start_time)]
    for number, (folder, note) in enumerate(begun.items(), start=2):
        made.append(Execution(number, folder, _text(note.get("source")), _whole(note.get("start_ms"))))
    newest = last_folder(run.data.tags)
    return [
        _ended_with(run, one) if one.folder == newest else _ended_before(one, ends.get(one.folder, {})) for one in made
    ]


def execution(store: Store, run: Run, number: int | None = None) -> Execution:
    """One of them, the last without a `number`.  Raises `NotFound`."""
    found = executions(store, run)
    if number is None:
        return next(one for one in found if one.folder == last_folder(run.data.tags))
    if not 1 <= number <= len(found):
        count = "one execution" if len(found) == 1 else f"{len(found)} executions"
        raise NotFound("execution", str(number), f"run {run.info.run_id} has {count}")
    return found[number - 1]


def _ended_with(run: Run, begun: Execution) -> Execution:
    return replace(begun, end_ms=run.info.end_time, status=str(run.info.status), tags=run.data.tags)


def _ended_before(begun: Execution, end: Mapping[str, Any]) -> Execution:
    """As the one that came after it found the run."""
    noted = end.get("tags")
    known = {str(key): str(text) for key, text in noted.items()} if isinstance(noted, dict) else {}
    return replace(begun, end_ms=_whole(end.get("end_ms")), status=_text(end.get("status")), tags=known)


def _note(store: Store, run_id: str, path: str) -> dict[str, Any]:
    """What anyone may have written."""
    try:
        with store.artifacts.open(run_id, path) as file:
            found = json.loads(file.read(MOST_BYTES))
    except (TrackbookError, OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53 else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
