"""MLflow's file store (`mlruns/`): a folder of folders, read as it is.

    mlruns/<experiment id>/meta.yaml, tags/<key>
    mlruns/<experiment id>/<run id>/meta.yaml, params/<key>, tags/<key>, artifacts/…
    mlruns/<experiment id>/<run id>/metrics/<key>      lines "timestamp value step"
    mlruns/<experiment id>/<run id>/inputs/…           which of mlruns/<experiment id>/datasets/… the run read
    mlruns/.trash/<experiment id>/…                    deleted experiments

Keys with `/` are sub-folders.  Source: `mlflow/store/tracking/file_store.py` (2.x).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from trackbook.core.entities import Dataset, DatasetInput, LifecycleStage, RunInfo, RunStatus
from trackbook.core.events import Points
from trackbook.errors import StoreUnreadable
from trackbook.transfer.foreign import ForeignFiles
from trackbook.transfer.records import RunRecord

STATUS_NUMBERS = {1: "RUNNING", 2: "SCHEDULED", 3: "FINISHED", 4: "FAILED", 5: "KILLED"}
"""`RunStatus` of `mlflow/protos/service.proto`; a file store writes the number."""


class MlflowFolder:
    """A file store open for reading."""

    def __init__(self, root: Path, artifacts: Sequence[Path] = ()) -> None:
        """`artifacts` are folders outside of it that its links may lead to."""
        self.root = root
        self.files = ForeignFiles(root, [root], artifacts)
        metas = [*root.glob("*/meta.yaml"), *root.glob(".trash/*/meta.yaml")]
        self._experiments = {meta.parent: self._yaml(meta) for meta in metas}
        if not self._experiments:
            raise StoreUnreadable(
                root, "has no MLflow experiment (no */meta.yaml)", "give the path of a folder such as mlruns"
            )

    def experiments(self) -> Iterator[tuple[str, Mapping[str, str], bool]]:
        """Name, tags, and whether it is deleted."""
        for folder, meta in self._experiments.items():
            yield meta["name"], self._texts(folder / "tags"), meta.get("lifecycle_stage") == LifecycleStage.DELETED

    def records(self) -> Iterator[RunRecord]:
        """Every run, deleted ones included."""
        for folder, experiment in self._experiments.items():
            for meta_file in sorted(folder.glob("*/meta.yaml")):
                if (meta_file.parent / "params").is_dir() or (meta_file.parent / "tags").is_dir():
                    yield self._record(meta_file.parent, self._yaml(meta_file), experiment)

    def _record(self, folder: Path, meta: Mapping[str, Any], experiment: Mapping[str, Any]) -> RunRecord:
        run_id = str(meta.get("run_id") or meta.get("run_uuid") or folder.name)
        tags = self._texts(folder / "tags")
        status = meta.get("status", RunStatus.FINISHED)
        return RunRecord(
            info=RunInfo(
                run_id=run_id,
                run_name=str(meta.get("run_name") or meta.get("name") or tags.get("mlflow.runName", "")),
                experiment_id=str(meta.get("experiment_id", "")),
                status=STATUS_NUMBERS.get(status, str(status)),
                start_time=int(meta.get("start_time") or 0),
                end_time=int(meta["end_time"]) if meta.get("end_time") is not None else None,
                user_id=str(meta.get("user_id") or ""),
                lifecycle_stage=str(meta.get("lifecycle_stage") or LifecycleStage.ACTIVE),
            ),
            experiment=str(experiment["name"]),
            params=self._texts(folder / "params"),
            tags=tags,
            inputs=self._inputs(folder),
            points=self._points(run_id, folder / "metrics"),
            files=self.files.below(str((folder / "artifacts").absolute())),
        )

    def models(self) -> Iterator[dict[str, Any]]:
        """Registered models, as `MlflowDatabase.models` gives them."""
        for meta_file in sorted((self.root / "models").glob("*/meta.yaml")):
            meta = self._yaml(meta_file)
            versions = [self._yaml(path) for path in meta_file.parent.glob("version-*/meta.yaml")]
            yield {
                "name": str(meta["name"]),
                "description": str(meta.get("description") or ""),
                "tags": self._texts(meta_file.parent / "tags"),
                "versions": [
                    version | {"tags": self._texts(meta_file.parent / f"version-{version['version']}" / "tags")}
                    for version in sorted(versions, key=lambda entry: int(entry["version"]))
                    if version.get("current_stage") != "Deleted_Internal"
                ],
                "aliases": {
                    alias: value.removeprefix("v") for alias, value in self._texts(meta_file.parent / "aliases").items()
                },
            }

    def _yaml(self, path: Path) -> dict[str, Any]:
        import yaml

        try:
            loaded = yaml.safe_load(self._inside(path).read_text("utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise StoreUnreadable(
                path, f"cannot be read as YAML ({error})", "repair or remove it, then import again"
            ) from error
        return loaded if isinstance(loaded, dict) else {}

    def _texts(self, folder: Path) -> dict[str, str]:
        if not folder.is_dir():
            return {}
        return {
            path.relative_to(folder).as_posix(): self._inside(path).read_text("utf-8", "replace")
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    def _inside(self, path: Path) -> Path:
        """Raises `StoreUnreadable` for a link to elsewhere: what it leads to would become a param or a tag."""
        if not self.files.holds(path):
            raise StoreUnreadable(path, f"leads out of {self.root}", "name the folder it leads to with --artifacts")
        return path

    def _inputs(self, folder: Path) -> list[DatasetInput]:
        """`<run>/inputs/<id>/meta.yaml` names a dataset below the experiment: `datasets/<id>/meta.yaml`."""
        found = []
        for meta_file in sorted((folder / "inputs").glob("*/meta.yaml")):
            entry = self._yaml(meta_file)
            described = folder.parent / "datasets" / Path(str(entry.get("source_id"))).name / "meta.yaml"
            if entry.get("source_type") == "DATASET" and described.is_file():
                fields = self._yaml(described)
                dataset = Dataset(**{name: str(fields.get(name) or "") for name in Dataset.__dataclass_fields__})
                found.append(DatasetInput(dataset, entry.get("tags") or {}))
        return found

    def _points(self, run_id: str, folder: Path) -> Iterator[Points]:
        for key, text in self._texts(folder).items():
            rows = [line.split(" ") for line in text.splitlines() if line.strip()]
            yield Points(
                run_id,
                key,
                np.array([int(row[2]) if len(row) > 2 else 0 for row in rows], dtype=np.int64),
                np.array([int(row[0]) for row in rows], dtype=np.int64),
                np.array([float(row[1]) for row in rows], dtype=np.float64),
            )

    def close(self) -> None:
        """Nothing is held open."""
