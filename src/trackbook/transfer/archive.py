"""Our archive: runs with history, artifacts and registered models as one zip file, readable without trackbook.

    manifest.json                     {"format": "trackbook-archive", "version": 3, "created_ms", "runs": [ids],
                                       "files": {member: sha256}}; written last, covers every other member
    runs/<run id>/run.json            info, experiment, params, tags, inputs, cell, metric keys in metrics.npz's order
    runs/<run id>/metrics.npz         NumPy arrays `<n>.steps`, `<n>.times` (ms), `<n>.values` for the n-th metric key
    runs/<run id>/artifacts/<path>    the files, as they are
    registry.json                     {"models": [{"name", "description", "tags", "aliases": {alias: version number},
                                       "versions": [{"version", "source", "location", "run_id", "description", "tags",
                                       "stage", "run_link", "model_id", "user_id"}]}]}: the versions of these runs
    models/<model id>/model.json      a logged model that these runs made or read: name, experiment, status, params,
                                       tags, metrics, made_by [[run id, step]], read_by [run id]
    models/<model id>/artifacts/<path>   its files

Version 1 had no `registry.json`, version 2 no `models/`.  Every version stays readable for ever; a reader refuses a
newer one by name.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import numpy as np

from trackbook.core.clock import now_ms
from trackbook.core.entities import CellVersion, Dataset, DatasetInput, RunInfo
from trackbook.core.events import Points
from trackbook.core.names import check_artifact_path, check_run_id
from trackbook.core.ports import walk_files
from trackbook.errors import InvalidValue, NotFound
from trackbook.transfer import logged, registered
from trackbook.transfer.records import FileRecord, RunRecord

if TYPE_CHECKING:
    from trackbook.core.entities import Run
    from trackbook.core.ports import Store
    from trackbook.transfer.logged import LoggedRecord
    from trackbook.transfer.registered import ModelRecord

FORMAT, VERSION = "trackbook-archive", 3
MANIFEST, REGISTRY, MODELS = "manifest.json", "registry.json", "models"
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Exported:
    """What an archive got."""

    runs: int
    models: int
    """Registered models that have versions of these runs."""
    versions: int


def export_runs(store: Store, runs: Iterable[Run], target: Path) -> Exported:
    """Write runs and the model versions made of them into an archive, under a temporary name until it is whole."""
    unfinished = target.with_name(target.name + ".partial")
    ids: list[str] = []
    taken: list[Run] = []
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
            digests: dict[str, str] = {}
            for run in runs:
                whole = store.runs.get(run.info.run_id)
                _write_run(store, whole, archive, digests)
                ids.append(run.info.run_id)
                if whole.outputs.model_outputs or whole.inputs.model_inputs:
                    taken.append(whole)
            _write_logged(store, taken, archive, digests)
            models = registered.of_runs(store.registry, set(ids))
            text = json.dumps({"models": [model.to_json() for model in models]}, indent=1)
            _add(archive, digests, REGISTRY, io.BytesIO(text.encode()))
            manifest = {"format": FORMAT, "version": VERSION, "created_ms": now_ms(), "runs": ids, "files": digests}
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return Exported(len(ids), len(models), sum(len(model.versions) for model in models))


def _write_run(store: Store, run: Run, archive: zipfile.ZipFile, digests: dict[str, str]) -> None:
    run_id = run.info.run_id
    keys = sorted(run.data.metrics)
    columns: dict[str, Any] = {}
    for number, key in enumerate(keys):
        points = store.metrics.history(run_id, key)
        columns |= {f"{number}.steps": points.steps, f"{number}.times": points.times, f"{number}.values": points.values}
    cell = store.cells.of_run(run_id)
    fields = {
        "info": asdict(run.info),
        "experiment": store.experiments.get(run.info.experiment_id).name,
        "params": dict(run.data.params),
        "tags": dict(run.data.tags),
        "inputs": [asdict(entry) for entry in run.inputs.dataset_inputs],
        "cell": asdict(cell) if cell is not None else None,
        "metrics": keys,
    }
    buffer = io.BytesIO()
    np.savez(buffer, **columns)
    _add(archive, digests, f"runs/{run_id}/run.json", io.BytesIO(json.dumps(fields, indent=1).encode()))
    _add(archive, digests, f"runs/{run_id}/metrics.npz", io.BytesIO(buffer.getvalue()))
    for entry in walk_files(store.artifacts, run_id):
        with store.artifacts.open(run_id, entry.path) as file:
            _add(archive, digests, f"runs/{run_id}/artifacts/{entry.path}", file)


def _write_logged(store: Store, runs: Sequence[Run], archive: zipfile.ZipFile, digests: dict[str, str]) -> None:
    kept = logged.rooms(store)
    if kept is None:
        return
    for record in logged.of_runs(store, runs):
        text = json.dumps(record.to_json(), indent=1)
        _add(archive, digests, f"{MODELS}/{record.model_id}/model.json", io.BytesIO(text.encode()))
        for path in [one.path for one in walk_files(kept[1], record.model_id)]:
            with kept[1].open(record.model_id, path) as file:
                _add(archive, digests, f"{MODELS}/{record.model_id}/artifacts/{path}", file)


def _add(archive: zipfile.ZipFile, digests: dict[str, str], member: str, source: BinaryIO) -> None:
    digest = hashlib.sha256()
    with archive.open(member, "w", force_zip64=True) as target:
        while block := source.read(BLOCK):
            digest.update(block)
            target.write(block)
    digests[member] = digest.hexdigest()


class Archive:
    """An archive open for reading, checked whole first: raises `InvalidValue` naming the member that is off."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise NotFound("archive", str(path), "give the path of a file made by `trackbook export`")
        try:
            self._zip = zipfile.ZipFile(path)
            manifest = json.loads(self._zip.read(MANIFEST))
        except (zipfile.BadZipFile, KeyError, ValueError) as error:
            raise InvalidValue(f"{path} is no trackbook archive ({error}): make one with `trackbook export`") from error
        if manifest.get("format") != FORMAT or not isinstance(manifest.get("version"), int):
            raise InvalidValue(f"{path} is no trackbook archive: its manifest names {manifest.get('format')!r}")
        if manifest["version"] > VERSION:
            raise InvalidValue(
                f"{path} has archive version {manifest['version']}, this trackbook reads up to {VERSION}: upgrade it"
            )
        self.path = path
        self.run_ids: Sequence[str] = [check_run_id(run_id) for run_id in manifest["runs"]]
        self._members = set(self._zip.namelist())
        self._check(manifest["files"])

    def _check(self, digests: dict[str, str]) -> None:
        stray = self._members - set(digests) - {MANIFEST}
        missing = set(digests) - self._members
        if stray or missing:
            raise InvalidValue(f"{self.path} is damaged: {min(stray | missing)!r} does not fit its manifest")
        for member, expected in digests.items():
            digest = hashlib.sha256()
            try:
                with self._zip.open(member) as file:
                    while block := file.read(BLOCK):
                        digest.update(block)
            except (zipfile.BadZipFile, OSError, EOFError) as error:
                raise InvalidValue(f"{self.path} is damaged at {member!r}: {error}; export it again") from error
            if digest.hexdigest() != expected:
                raise InvalidValue(f"{self.path} is damaged at {member!r}: its checksum differs; export it again")

    def records(self) -> Iterator[RunRecord]:
        """The runs, one at a time."""
        for run_id in self.run_ids:
            yield self._record(run_id)

    def models(self) -> Sequence[ModelRecord]:
        """The registered models; none in an archive of version 1.  Raises `InvalidValue` for a damaged list."""
        return registered.from_json(self._zip.read(REGISTRY)) if REGISTRY in self._members else []

    def logged_models(self) -> Iterator[LoggedRecord]:
        """None in an archive before version 3.  Raises `InvalidValue` for a damaged one."""
        for member in sorted(self._members):
            parts = member.split("/")
            if len(parts) == 3 and (parts[0], parts[2]) == (MODELS, "model.json"):
                files = list(self._files(f"{MODELS}/{parts[1]}/artifacts/"))
                record = logged.parsed(json.loads(self._zip.read(member)), files)
                if record.model_id != parts[1]:
                    raise InvalidValue(f"{self.path} is damaged: {member!r} is of another model")
                yield record

    def _record(self, run_id: str) -> RunRecord:
        fields = json.loads(self._zip.read(f"runs/{run_id}/run.json"))
        if fields["info"]["run_id"] != run_id:  # else it would be put among the files and tags of another run
            raise InvalidValue(f"{self.path} is damaged: the run.json of run {run_id!r} is of another run")
        cell = fields.get("cell")
        return RunRecord(
            info=RunInfo(**fields["info"]),
            experiment=fields["experiment"],
            params=fields["params"],
            tags=fields["tags"],
            inputs=[DatasetInput(Dataset(**entry["dataset"]), entry["tags"]) for entry in fields["inputs"]],
            cell=CellVersion(**cell) if cell else None,
            points=self._points(run_id, fields["metrics"]),
            files=list(self._files(f"runs/{run_id}/artifacts/")),
        )

    def _points(self, run_id: str, keys: Sequence[str]) -> Iterator[Points]:
        try:
            with np.load(io.BytesIO(self._zip.read(f"runs/{run_id}/metrics.npz")), allow_pickle=False) as arrays:
                for number, key in enumerate(keys):
                    columns = (arrays[f"{number}.{name}"] for name in ("steps", "times", "values"))
                    yield Points(run_id, key, *columns)
        except (ValueError, KeyError, zipfile.BadZipFile) as error:  # a pickle among them
            raise InvalidValue(f"{self.path} is damaged: the metrics of run {run_id!r} cannot be read") from error

    def _files(self, prefix: str) -> Iterator[FileRecord]:
        for member in sorted(self._members):
            if member.startswith(prefix):
                path = check_artifact_path(member[len(prefix) :])
                yield FileRecord(path, partial(self._member, member))

    def _member(self, name: str) -> AbstractContextManager[BinaryIO]:
        return cast("AbstractContextManager[BinaryIO]", self._zip.open(name))

    def close(self) -> None:
        self._zip.close()
