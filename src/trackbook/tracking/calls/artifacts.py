"""Calls on the files of runs."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.tracking import tables
from trackbook.tracking.calls.base import Calls

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from trackbook.core.entities import FileInfo


class ArtifactCalls(Calls):
    def log_artifact(self, run_id: str, local_path: str | os.PathLike[str], artifact_path: str | None = None) -> None:
        self.writer(run_id).log_artifact(local_path, artifact_path)

    def log_artifacts(self, run_id: str, local_dir: str | os.PathLike[str], artifact_path: str | None = None) -> None:
        self.writer(run_id).log_artifacts(local_dir, artifact_path)

    def log_text(self, run_id: str, text: str, artifact_file: str) -> None:
        self.writer(run_id).log_text(text, artifact_file)

    def log_dict(self, run_id: str, dictionary: Any, artifact_file: str) -> None:
        self.writer(run_id).log_dict(dictionary, artifact_file)

    def log_stream(self, run_id: str, stream: Any, artifact_file: str) -> None:
        self.writer(run_id).log_stream(stream, artifact_file)

    def log_figure(
        self, run_id: str, figure: Any, artifact_file: str, *, save_kwargs: Mapping[str, Any] | None = None
    ) -> None:
        self.writer(run_id).log_figure(figure, artifact_file, save_kwargs=save_kwargs)

    def log_image(
        self,
        run_id: str,
        image: Any,
        artifact_file: str | None = None,
        key: str | None = None,
        step: int | None = None,
        timestamp: int | None = None,
        synchronous: bool | None = None,
    ) -> None:
        self.writer(run_id).log_image(image, artifact_file, key, step, timestamp)

    def log_table(self, run_id: str, data: Any, artifact_file: str) -> None:
        self.writer(run_id).log_table(data, artifact_file)

    def load_table(
        self,
        experiment_id: str,
        artifact_file: str,
        run_ids: Sequence[str] | None = None,
        extra_columns: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """The tables of that name of an experiment's runs, one below the other.  Raises `NotFound` for none."""
        return tables.load(self._store, str(experiment_id), artifact_file, run_ids, extra_columns or ())

    def list_artifacts(self, run_id: str, path: str | None = None) -> Sequence[FileInfo]:
        return self._store.artifacts.list(run_id, path or "")

    def download_artifacts(self, run_id: str, path: str, dst_path: str | os.PathLike[str] | None = None) -> str:
        """Copy a file or folder to `dst_path` (a new temporary folder by default); the local path."""
        into = Path(dst_path) if dst_path is not None else Path(tempfile.mkdtemp(prefix="trackbook-"))
        return str(self._store.artifacts.download(run_id, path, into))
