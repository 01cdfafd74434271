"""A session over a home of its own, closed again."""

import pytest

from trackbook.tracking import active
from trackbook.tracking.session import close_session, open_session


@pytest.fixture
def session(tmp_path, monkeypatch):
    for name in ("TRACKBOOK_TRACKING_URI", "MLFLOW_TRACKING_URI", "TRACKBOOK_EXPERIMENT", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".trackbook").mkdir()
    monkeypatch.chdir(tmp_path)
    close_session()
    yield open_session(tmp_path)
    for run in active.open_runs():
        run.end("KILLED")
    close_session()
