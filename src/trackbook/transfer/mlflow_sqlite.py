"""MLflow's SQLite database (`mlflow.db`), read as it is: runs, histories, inputs, artifacts, registry.

Reads the tables of MLflow 2 and 3 (`mlflow/store/tracking/dbmodels/models.py`, `store/model_registry/dbmodels`), and
asks each table for the columns it has, so that an older schema is read too.  The database is opened read-only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trackbook.core.entities import Dataset, DatasetInput, LifecycleStage, RunInfo
from trackbook.core.events import Points
from trackbook.errors import StoreUnreadable
from trackbook.transfer.foreign import ForeignFiles
from trackbook.transfer.records import RunRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

ARTIFACTS = ("mlruns", "mlartifacts")
"""Beside the database: where MLflow keeps artifacts if it is told nothing."""
REMEDY = "give the path of an MLflow database, such as mlflow.db"


class MlflowDatabase:
    """An MLflow database open for reading."""

    def __init__(self, path: Path, artifacts: Sequence[Path] = ()) -> None:
        """`artifacts` are folders to take files from, beside MLflow's own."""
        self.path = path.resolve()
        folder = self.path.parent
        self.files = ForeignFiles(folder, [folder / name for name in ARTIFACTS], artifacts)
        try:
            self._db = sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True)
            self._db.row_factory = sqlite3.Row
            self._tables = {row[0] for row in self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        except sqlite3.Error as error:
            raise StoreUnreadable(path, f"cannot be read as SQLite ({error})", REMEDY) from error
        if not {"experiments", "runs", "metrics", "params", "tags"} <= self._tables:
            raise StoreUnreadable(path, "has none of MLflow's tables", REMEDY)

    def _rows(self, table: str, where: str = "1", values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        if table not in self._tables:
            return []
        # Table names and conditions come from this module alone; values are bound.
        query = f"SELECT * FROM {table} WHERE {where}"  # noqa: S608
        return [dict(row) for row in self._db.execute(query, values)]

    def records(self) -> Iterator[RunRecord]:
        """Every run, deleted ones included."""
        names = {row["experiment_id"]: row["name"] for row in self._rows("experiments")}
        inputs = self._inputs()
        for row in self._rows("runs"):
            run_id = row["run_uuid"]
            tags = {tag["key"]: tag["value"] or "" for tag in self._rows("tags", "run_uuid = ?", [run_id])}
            yield RunRecord(
                info=RunInfo(
                    run_id=run_id,
                    run_name=row.get("name") or tags.get("mlflow.runName", ""),
                    experiment_id=str(row["experiment_id"]),
                    status=row["status"],
                    start_time=row["start_time"] or 0,
                    end_time=row["end_time"],
                    user_id=row.get("user_id") or "",
                    lifecycle_stage=row.get("lifecycle_stage") or LifecycleStage.ACTIVE,
                ),
                experiment=names[row["experiment_id"]],
                params={param["key"]: param["value"] for param in self._rows("params", "run_uuid = ?", [run_id])},
                tags=tags,
                inputs=inputs.get(run_id, ()),
                points=self._points(run_id),
                files=self.files.below(row.get("artifact_uri") or ""),
            )

    def _points(self, run_id: str) -> Iterator[Points]:
        for (key,) in self._db.execute("SELECT DISTINCT key FROM metrics WHERE run_uuid = ?", [run_id]).fetchall():
            rows = self._db.execute(
                "SELECT step, timestamp, CASE WHEN is_nan THEN NULL ELSE value END FROM metrics"
                " WHERE run_uuid = ? AND key = ? ORDER BY timestamp, step, value",
                [run_id, key],
            ).fetchall()
            values = np.array([np.nan if row[2] is None else row[2] for row in rows], dtype=np.float64)
            # MLflow's databases hold an infinity as the greatest float64.
            greatest = np.finfo(np.float64).max
            values[values >= greatest] = np.inf
            values[values <= -greatest] = -np.inf
            steps, times = (np.array([row[column] or 0 for row in rows], dtype=np.int64) for column in (0, 1))
            yield Points(run_id, key, steps, times, values)

    def _inputs(self) -> Mapping[str, list[DatasetInput]]:
        datasets = {row["dataset_uuid"]: row for row in self._rows("datasets")}
        tags: dict[str, dict[str, str]] = {}
        for row in self._rows("input_tags"):
            tags.setdefault(row["input_uuid"], {})[row["name"]] = row["value"]
        found: dict[str, list[DatasetInput]] = {}
        for row in self._rows("inputs", "source_type = 'DATASET' AND destination_type = 'RUN'"):
            data = datasets.get(row["source_id"])
            if data is not None:
                entity = Dataset(
                    name=data["name"],
                    digest=data["digest"],
                    source_type=data["dataset_source_type"] or "",
                    source=data["dataset_source"] or "",
                    schema=data["dataset_schema"] or "",
                    profile=data["dataset_profile"] or "",
                )
                found.setdefault(row["destination_id"], []).append(
                    DatasetInput(entity, tags.get(row["input_uuid"], {}))
                )
        return found

    def experiments(self) -> Iterator[tuple[str, Mapping[str, str], bool]]:
        """Name, tags, and whether it is deleted."""
        for row in self._rows("experiments"):
            tags = {
                tag["key"]: tag["value"]
                for tag in self._rows("experiment_tags", "experiment_id = ?", [row["experiment_id"]])
            }
            yield row["name"], tags, row["lifecycle_stage"] == LifecycleStage.DELETED

    def models(self) -> Iterator[dict[str, Any]]:
        """Registered models: name, description, tags, versions in order, aliases (alias -> version)."""
        for row in self._rows("registered_models"):
            name = row["name"]
            yield {
                "name": name,
                "description": row["description"] or "",
                "tags": {tag["key"]: tag["value"] for tag in self._rows("registered_model_tags", "name = ?", [name])},
                "versions": [
                    version
                    | {
                        "tags": {
                            tag["key"]: tag["value"]
                            for tag in self._rows(
                                "model_version_tags", "name = ? AND version = ?", [name, version["version"]]
                            )
                        }
                    }
                    for version in sorted(
                        self._rows("model_versions", "name = ?", [name]), key=lambda row: row["version"]
                    )
                    if version["current_stage"] != "Deleted_Internal"
                ],
                "aliases": {
                    alias["alias"]: str(alias["version"])
                    for alias in self._rows("registered_model_aliases", "name = ?", [name])
                },
            }

    def close(self) -> None:
        self._db.close()
