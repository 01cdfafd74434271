"""Logged models on their way in an archive: those that its runs made or read, with their files, under their own ids.

One that is there already stays as it is and gets the files that it lacks, so that importing twice adds nothing.
Stores that keep no logged models (servers, whose clients cannot choose ids) take the runs without them.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.core.logged_models import LoggedModel, LoggedModels, ModelMetric, NewModel, is_model_id
from trackbook.core.ports import Artifacts, walk_files
from trackbook.errors import AlreadyExists, InvalidValue, NotFound, TrackbookError
from trackbook.transfer.records import experiment_id

if TYPE_CHECKING:
    from trackbook.core.entities import Run
    from trackbook.core.ports import Store
    from trackbook.transfer.records import FileRecord


@dataclass(frozen=True, slots=True)
class LoggedRecord:
    model_id: str
    name: str
    experiment: str
    """Its name."""
    status: str
    creation_timestamp: int
    model_type: str = ""
    source_run_id: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    metrics: Sequence[Mapping[str, Any]] = ()
    read_by: Sequence[str] = ()
    """Runs of the archive."""
    made_by: Sequence[tuple[str, int]] = ()
    """(run, step)"""
    files: Sequence[FileRecord] = ()

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "files"}


def rooms(store: Store) -> tuple[LoggedModels, Artifacts] | None:
    """Where a store keeps logged models and their files; None where it keeps none."""
    models, files = getattr(store, "logged_models", None), getattr(store, "model_files", None)
    return None if models is None or files is None else (models, files)


def of_runs(store: Store, runs: Iterable[Run]) -> list[LoggedRecord]:
    """Those that these runs made or read and that are not deleted; without files."""
    kept = rooms(store)
    made: dict[str, list[tuple[str, int]]] = {}
    read: dict[str, list[str]] = {}
    for run in runs:
        for output in run.outputs.model_outputs:
            made.setdefault(output.model_id, []).append((run.info.run_id, output.step))
        for source in run.inputs.model_inputs:
            read.setdefault(source.model_id, []).append(run.info.run_id)
    found: list[LoggedRecord] = []
    if kept is None:
        return []
    for model_id in sorted(made.keys() | read.keys()):
        try:
            model = kept[0].get(model_id)
        except NotFound:
            continue
        experiment = store.experiments.get(model.experiment_id).name
        found.append(_record(model, experiment, read.get(model_id, ()), made.get(model_id, ())))
    return found


def _record(
    model: LoggedModel, experiment: str, read_by: Sequence[str], made_by: Sequence[tuple[str, int]]
) -> LoggedRecord:
    return LoggedRecord(
        model_id=model.model_id,
        name=model.name,
        experiment=experiment,
        status=str(model.status),
        creation_timestamp=model.creation_timestamp,
        model_type=model.model_type,
        source_run_id=model.source_run_id,
        params=dict(model.params),
        tags=dict(model.tags),
        metrics=[asdict(one) for one in model.metrics],
        read_by=list(read_by),
        made_by=list(made_by),
    )


def parsed(fields: Mapping[str, Any], files: Sequence[FileRecord]) -> LoggedRecord:
    """Raises `InvalidValue` for what has another shape."""
    try:
        record = LoggedRecord(**{**fields, "files": files})
        if not is_model_id(record.model_id):
            raise ValueError("its id is none")
    except (TypeError, ValueError) as error:
        raise InvalidValue(f"the archive's logged models cannot be read ({error}): export it again") from error
    return record


def put_logged(store: Store, records: Iterable[LoggedRecord], notes: list[str]) -> int:
    """The number of models that were new.  What could not be done is added to `notes`."""
    kept, added = rooms(store), 0
    for record in records:
        if kept is None:
            notes.append(f"logged model {record.model_id} stays in the archive: {store.uri} takes none with its id")
            continue
        try:
            added += _put(store, *kept, record)
        except TrackbookError as error:
            notes.append(f"logged model {record.model_id}: {error}")
    return added


def _put(store: Store, models: LoggedModels, files: Artifacts, record: LoggedRecord) -> int:
    new = NewModel(
        experiment_id(store, record.experiment),
        record.name,
        record.model_type,
        record.source_run_id,
        record.params,
        record.tags,
        record.model_id,
        record.creation_timestamp,
    )
    try:
        models.create(new)
        is_new = True
    except AlreadyExists:
        models.get(record.model_id)
        is_new = False
    if is_new:
        models.log_metrics([ModelMetric(**one) for one in record.metrics])
    present = {file.path for file in walk_files(files, record.model_id)}
    with tempfile.TemporaryDirectory(prefix="trackbook-import-") as folder:
        for file in record.files:
            if file.path not in present:
                local = Path(folder) / "file"
                with file.open() as source, local.open("wb") as target:
                    shutil.copyfileobj(source, target)
                files.adopt(record.model_id, file.path, local)
    if is_new:
        models.finalize(record.model_id, record.status)
    for run_id in record.read_by:
        models.link(run_id, inputs=[record.model_id])
    for run_id, step in record.made_by:
        models.link(run_id, outputs=[(record.model_id, step)])
    return int(is_new)
