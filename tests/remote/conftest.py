"""One server of each kind for all tests that do not stop it, and a session that leads to a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.remote.servers import Server

from trackbook.tracking import active
from trackbook.tracking.session import Session, close_session, open_session


@pytest.fixture(scope="session")
def trackbook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server("trackbook", tmp_path_factory.mktemp("trackbook")).start()
    yield server
    server.stop()


@pytest.fixture(params=["trackbook", "mlflow"])
def server(request: pytest.FixtureRequest) -> Server:
    """Each kind in turn."""
    found: Server = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def stopped(tmp_path: Path) -> Iterator[Server]:
    """A trackbook server of the test's own, that is still to be started."""
    server = Server("trackbook", tmp_path)
    yield server
    server.stop()


@pytest.fixture
def session_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Session]]:
    """Opens the process's session at an address, in a project of its own."""
    for name in ("TRACKBOOK_TRACKING_URI", "MLFLOW_TRACKING_URI", "TRACKBOOK_EXPERIMENT", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TRACKBOOK_SCRIPTS", "0")
    project = tmp_path / "project"
    (project / ".trackbook").mkdir(parents=True)
    monkeypatch.chdir(project)
    close_session()
    yield lambda uri: open_session(project, tracking_uri=uri)
    for run in active.open_runs():
        run.end("KILLED")
    close_session()
