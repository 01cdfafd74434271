"""`trackbook import`: finds out what a path is, and takes it in."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from trackbook.errors import InvalidName, InvalidValue, NotFound, TrackbookError
from trackbook.transfer.foreign import ForeignFiles
from trackbook.transfer.logged import put_logged
from trackbook.transfer.records import RunRecord, Transferred, experiment_id, put
from trackbook.transfer.registered import put_models

if TYPE_CHECKING:
    from trackbook.core.ports import Store


class MlflowSource(Protocol):
    files: ForeignFiles

    def experiments(self) -> Iterator[tuple[str, Mapping[str, str], bool]]: ...
    def records(self) -> Iterator[RunRecord]: ...
    def models(self) -> Iterator[dict[str, Any]]: ...
    def close(self) -> None: ...


def import_from(store: Store, path: Path, artifacts: Sequence[Path] = ()) -> Transferred:
    """Take in an archive of ours, an MLflow database or an MLflow folder; a second time adds nothing.

    Of MLflow's stores files are taken from their own folders (`mlruns`, `mlartifacts`) and from `artifacts` alone,
    whatever places they name.
    Raises `NotFound`, `InvalidValue` for a damaged archive, `StoreUnreadable` for what is none of the three.
    """
    if not path.exists():
        raise NotFound("file or folder", str(path), "give an archive, an MLflow database or an mlruns folder")
    if path.is_dir():
        from trackbook.transfer.mlflow_files import MlflowFolder

        return _take(store, MlflowFolder(path, artifacts))
    if path.read_bytes()[:15] == b"SQLite format 3":
        from trackbook.transfer.mlflow_sqlite import MlflowDatabase

        return _take(store, MlflowDatabase(path, artifacts))
    if artifacts:
        raise InvalidValue(f"{path} is no store of MLflow's: --artifacts is for those, an archive has its files inside")
    from trackbook.transfer.archive import Archive

    archive = Archive(path)
    try:
        models = archive.models()
        done = put(store, archive.records())
        notes = list(done.notes)
        logged = put_logged(store, archive.logged_models(), notes)
        versions = put_models(store.registry, models, notes)
        return dataclasses.replace(done, logged_models=logged, versions=versions, notes=notes)
    finally:
        archive.close()


def _take(store: Store, source: MlflowSource) -> Transferred:
    try:
        deleted = [name for name, tags, gone in source.experiments() if _experiment(store, name, tags) and gone]
        done = put(store, source.records())
        notes = [*done.notes, *source.files.notes()]
        versions = sum(_model(store, model, notes) for model in source.models())
        for name in deleted:
            found = store.experiments.get_by_name(name)
            if found is not None and found.lifecycle_stage == "active":
                store.experiments.delete(found.experiment_id)
        return dataclasses.replace(done, versions=versions, notes=notes)
    finally:
        source.close()


def _experiment(store: Store, name: str, tags: Mapping[str, str]) -> str:
    found = experiment_id(store, name)
    for key, value in tags.items():
        store.experiments.set_tag(found, key, value)
    return found


def _model(store: Store, model: Mapping[str, Any], notes: list[str]) -> int:
    """Take one registered model over; the number of versions that were new."""
    registry = store.registry
    name = model["name"]
    try:
        registry.get_model(name)
    except NotFound:
        try:
            registry.create_model(name, model["description"], model["tags"])
        except InvalidName as error:
            notes.append(str(error))
            return 0
    else:
        notes.append(f"registered model {name!r} is here already: its versions were left as they are")
        return 0
    for version in model["versions"]:
        registry.create_version(
            name,
            version["source"] or "",
            version.get("run_id"),
            version.get("description") or "",
            version["tags"],
            int(version["version"]),
        )
    for alias, number in model["aliases"].items():
        try:
            registry.set_alias(name, alias, number)
        except TrackbookError as error:
            notes.append(str(error))
    return len(model["versions"])
