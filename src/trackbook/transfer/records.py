"""A run on its way: what every source gives and the store takes."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from trackbook.core import events
from trackbook.core.entities import LifecycleStage, RunStatus
from trackbook.core.names import check_artifact_path
from trackbook.errors import NotFound

if TYPE_CHECKING:
    from trackbook.core.entities import CellVersion, DatasetInput, RunInfo
    from trackbook.core.events import Event, Points
    from trackbook.core.ports import Store


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One artifact: its path within the run, and how to read it."""

    path: str
    open: Callable[[], AbstractContextManager[BinaryIO]]


@dataclass(frozen=True, slots=True)
class RunRecord:
    info: RunInfo
    experiment: str
    """The experiment's name; the one of that name is used, or made."""
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    inputs: Sequence[DatasetInput] = ()
    cell: CellVersion | None = None
    points: Iterable[Points] = ()
    files: Iterable[FileRecord] = ()


@dataclass(frozen=True, slots=True)
class Transferred:
    """What an import did."""

    runs: int = 0
    """Runs that were new here."""
    known: int = 0
    """Runs that were here already; only artifacts that were missing were added."""
    points: int = 0
    files: int = 0
    versions: int = 0
    """Model versions that were new here."""
    logged_models: int = 0
    """Logged models that were new here."""
    notes: Sequence[str] = ()
    """What could not be taken over, a sentence each."""


def put(store: Store, records: Iterable[RunRecord]) -> Transferred:
    """Apply records to a store.  A run that is there already keeps its data; its missing artifacts are added."""
    runs = known = points = files = 0
    notes: list[str] = []
    experiments: dict[str, str] = {}
    for record in records:
        run_id = record.info.run_id
        if record.experiment not in experiments:
            experiments[record.experiment] = experiment_id(store, record.experiment)
        if _has(store, run_id):
            known += 1
        else:
            points += _apply(store, record, experiments[record.experiment])
            runs += 1
        files += _adopt(store, record, notes)
        if record.info.lifecycle_stage == LifecycleStage.DELETED:
            store.runs.delete(run_id)
    return Transferred(runs=runs, known=known, points=points, files=files, notes=notes)


def experiment_id(store: Store, name: str, tags: Mapping[str, str] | None = None) -> str:
    """The id of the active experiment of this name, made where there is none."""
    found = store.experiments.get_by_name(name)
    if found is not None and found.lifecycle_stage == LifecycleStage.ACTIVE:
        return found.experiment_id
    return store.experiments.create(name, None, tags)


def _has(store: Store, run_id: str) -> bool:
    try:
        store.runs.get(run_id)
    except NotFound:
        return False
    return True


def _apply(store: Store, record: RunRecord, experiment: str) -> int:
    """One batch a run: all of it is there, or nothing.  The number of points."""
    points = list(record.points)
    journal_id = f"import-{record.info.run_id}"
    store.recording.apply(events.Batch(journal_id, list(_events(record, experiment)), points, {"imported": 1}))
    store.recording.forget(journal_id)
    return sum(len(series.steps) for series in points)


def _events(record: RunRecord, experiment: str) -> Iterable[Event]:
    info = record.info
    yield events.RunStarted(info.run_id, experiment, info.run_name, info.start_time, info.user_id, record.tags)
    if record.params:
        yield events.ParamsLogged(info.run_id, record.params)
    for entry in record.inputs:
        data = entry.dataset
        yield events.InputLogged(
            info.run_id,
            data.name,
            data.digest,
            data.source_type,
            data.source,
            data.schema,
            data.profile,
            entry.tags,
        )
    cell = record.cell
    if cell is not None:
        yield events.CellRecorded(
            info.run_id, cell.line, cell.source, cell.cell_id, cell.notebook, cell.guessed, cell.execution_count
        )
    # A run that was open elsewhere has no process here that could go on with it.
    status = info.status if RunStatus(info.status).ended else RunStatus.KILLED
    yield events.RunEnded(info.run_id, status, info.end_time if info.end_time is not None else info.start_time)


def _adopt(store: Store, record: RunRecord, notes: list[str]) -> int:
    taken = 0
    present: dict[str, set[str]] = {}
    with tempfile.TemporaryDirectory(prefix="trackbook-import-") as folder:
        for file in record.files:
            path = check_artifact_path(file.path)
            parent = path.rpartition("/")[0]
            if parent not in present:
                present[parent] = {entry.path for entry in store.artifacts.list(record.info.run_id, parent)}
            if path in present[parent]:
                continue
            local = Path(folder) / "file"
            try:
                with file.open() as source, local.open("wb") as target:
                    shutil.copyfileobj(source, target)
            except OSError as error:
                notes.append(f"artifact {path} of run {record.info.run_id} could not be read: {error}")
                continue
            store.artifacts.adopt(record.info.run_id, path, local)
            taken += 1
    return taken
