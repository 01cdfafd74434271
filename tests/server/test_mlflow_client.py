"""The genuine MLflow client, unmodified, against our server and against MLflow's own: the same results and errors."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.remote.servers import Server
from tests.share import long

SESSION = Path(__file__).with_name("mlflow_session.py")
GENUINE = Path(__file__).with_name("golden") / "session.json"
"""What each step of the session gives on MLflow's own server; the long trials ask it."""


def session(peers: Path, url: str, folder: Path) -> dict[str, Any]:
    folder.mkdir()
    done = subprocess.run(
        [peers / "python", SESSION, url, folder], capture_output=True, text=True, cwd=folder, env=alone(), check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


def alone() -> dict[str, str]:
    """An environment that points to no other server."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW", "TRACKBOOK"))}


@pytest.fixture
def genuine(tmp_path: Path) -> Iterator[str]:
    """MLflow's own server, of the test's own."""
    folder = tmp_path / "genuine"
    folder.mkdir()
    server = Server("mlflow", folder).start()
    yield server.url
    server.stop()


@pytest.mark.timeout(600)
def test_a_users_day_is_what_it_is_on_mlflows_server(serve, peers, tmp_path):
    with serve(tmp_path / "home") as server:
        ours = session(peers, server.url, tmp_path / "ours")
    theirs = json.loads(GENUINE.read_text())
    assert set(ours) == set(theirs)
    assert {step: found for step, found in ours.items() if found != theirs[step]} == {}
    assert len(ours) > 40


@long
@pytest.mark.soak
@pytest.mark.timeout(600)
def test_a_users_day_on_mlflows_server_is_as_it_was_written_down(genuine, peers, tmp_path):
    """`TRACKBOOK_WRITE=1` writes it down anew."""
    theirs = session(peers, genuine, tmp_path / "theirs")
    if os.environ.get("TRACKBOOK_WRITE"):
        GENUINE.write_text(json.dumps(theirs, indent=1, sort_keys=True) + "\n")
    assert json.loads(GENUINE.read_text()) == theirs
