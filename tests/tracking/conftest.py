"""A session over a home of its own, closed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trackbook.tracking import active
from trackbook.tracking.session import close_session, open_session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trackbook.tracking.session import Session


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    for name in ("TRACKBOOK_TRACKING_URI", "MLFLOW_TRACKING_URI", "TRACKBOOK_EXPERIMENT", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TRACKBOOK_SYSTEM_METRICS", "0")  # a slow machine takes long enough for some of its own
    (tmp_path / ".trackbook").mkdir()
    monkeypatch.chdir(tmp_path)
    close_session()
    yield open_session(tmp_path)
    for run in active.open_runs():
        run.end("KILLED")
    close_session()
