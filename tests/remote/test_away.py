"""A server that goes away and comes back: nothing is lost, nothing is there twice."""

from __future__ import annotations

import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.remote.servers import Server
from tests.share import share

import trackbook as tb
from trackbook.connect import connect
from trackbook.core import patience
from trackbook.core.clock import now_ms
from trackbook.core.ports import RunQuery
from trackbook.core.tags import LEASE
from trackbook.remote import link
from trackbook.server.leases import end_expired
from trackbook.tracking.run import ActiveRun
from trackbook.tracking.session import FLUSH_TIMEOUT_S, Session

SessionTo = Callable[[str], Session]
BACK_S = 90.0
LARGE, PIECE = 6 << 20, 1 << 16
KILLED = """
import os, signal, sys, trackbook as tb
tb.set_tracking_uri(sys.argv[1])
run = tb.start_run()
for step in range(500):
    tb.log_metric("loss", step, step=step)
tb.flush() if sys.argv[2] == "flushed" else None
print(run.info.run_id, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def wait_flushed(session: Session) -> None:
    until = time.monotonic() + BACK_S
    while not session.flush(5):
        assert time.monotonic() < until, session.recorder.state


def killed(server: Server, folder: Path, how: str) -> str:
    """The run of a process that was killed while it went on."""
    died = subprocess.run([sys.executable, "-c", KILLED, server.url, how], cwd=folder, capture_output=True, text=True)
    assert died.returncode == -9, died.stderr
    return died.stdout.strip()


@contextmanager
def mute(port: int) -> Iterator[None]:
    """Takes connections, and never answers."""
    with socket.create_server(("127.0.0.1", port), backlog=64):
        yield


@pytest.mark.parametrize("away", [nullcontext, mute], ids=["refusing", "mute"])
def test_a_run_begun_while_the_server_is_away_comes_whole(
    stopped: Server, session_to: SessionTo, monkeypatch: pytest.MonkeyPatch, away: Any
) -> None:
    session = session_to(stopped.url)
    began = time.monotonic()
    with away(stopped.port), monkeypatch.context() as hurried:
        hurried.setattr(patience, "OPENING_S", 0.3)
        run = logged_offline()
        assert time.monotonic() - began < link.ANSWER_S / 2
    stopped.start()
    wait_flushed(session)
    assert run.info.artifact_uri.endswith(f"{run.run_id}/artifacts")
    stored = session.store.runs.get(run.info.run_id)
    assert (stored.info.run_name, stored.info.status, stored.data.params) == ("offline", "FINISHED", {"C": "1"})
    assert stored.data.aggregates["loss"].count == 1000
    assert session.store.experiments.get(stored.info.experiment_id).name == "away"
    with session.store.artifacts.open(run.info.run_id, "a/note.txt") as file:
        assert file.read() == b"hello"


def test_a_process_that_ends_soon_leaves_a_server_that_never_answers(
    stopped: Server, session_to: SessionTo, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    session = session_to(stopped.url)
    with mute(stopped.port), monkeypatch.context() as hurried:
        hurried.setattr(patience, "OPENING_S", 0.3)
        logged_offline()
        began = time.monotonic()
        session.close()
        assert time.monotonic() - began < FLUSH_TIMEOUT_S
    assert "trackbook sync" in caplog.text
    assert any(session.settings.journal_folder.iterdir())


def logged_offline() -> ActiveRun:
    tb.set_experiment("away")
    with tb.start_run(run_name="offline") as run:
        tb.log_param("C", 1)
        for step in range(1000):
            tb.log_metric("loss", 1 / (step + 1), step=step)
        tb.log_text("hello", "a/note.txt")
        assert (run.info.run_id, run.info.status, run.info.artifact_uri) == (run.run_id, "RUNNING", "")
    return run


@pytest.mark.soak
@pytest.mark.parametrize("kind", share(["trackbook", "mlflow"], 2))
def test_a_server_killed_in_the_middle_loses_and_repeats_nothing(
    kind: str, tmp_path: Path, session_to: SessionTo
) -> None:
    server = Server(kind, tmp_path).start()
    try:
        session = session_to(server.url)
        with tb.start_run() as run:
            stop = threading.Event()
            logged = 0
            killer = threading.Thread(target=lambda: (time.sleep(0.5), server.stop(), server.start(), stop.set()))
            killer.start()
            while not stop.is_set():
                tb.log_metric("loss", logged, step=logged)
                logged += 1
                time.sleep(0.002)
            killer.join()
        wait_flushed(session)
        history = session.store.metrics.history(run.info.run_id, "loss")
        assert np.array_equal(np.sort(history.steps), np.arange(logged))
        assert session.store.runs.get(run.info.run_id).data.aggregates["loss"].count == logged
        assert session.store.runs.search(RunQuery()).total == 1
    finally:
        server.stop()


def test_a_killed_process_is_told_by_its_expired_lease(trackbook: Server, tmp_path: Path) -> None:
    run_id = killed(trackbook, tmp_path, "flushed")
    behind = connect(trackbook.home)
    try:
        info, tags = behind.runs.get(run_id).info, behind.runs.get(run_id).data.tags
        assert info.status == "RUNNING"
        end_expired(behind, now_ms())
        assert behind.runs.get(run_id).info.status == "RUNNING"
        end_expired(behind, int(tags[LEASE]) + 1)
        assert behind.runs.get(run_id).info.status == "KILLED"
    finally:
        behind.close()


@pytest.mark.parametrize("how", ["at once", "flushed"])
def test_sync_sends_what_a_killed_process_left(how: str, server: Server, tmp_path: Path) -> None:
    """Where all of it was there already, the run is ended, and named."""
    (tmp_path / "pyproject.toml").touch()
    run_id = killed(server, tmp_path, how)
    command = [sys.executable, "-m", "trackbook.cli", "sync", "--to", server.url]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert f"{run_id}  KILLED" in said.stdout, said.stderr
    store = connect(server.url)
    run = store.runs.get(run_id)
    assert (run.info.status, len(store.metrics.history(run_id, "loss").steps)) == ("KILLED", 500)
    again = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert "nothing waits" in again.stdout
    store.close()


@contextmanager
def narrow(port: int, bytes_s: int) -> Iterator[int]:
    """The port of a way to a server that takes so much a second."""

    def forward(client: socket.socket) -> None:
        with suppress(OSError), client, socket.create_connection(("127.0.0.1", port)) as server:
            back = threading.Thread(target=copy, args=(server, client, 0))
            back.start()
            copy(client, server, bytes_s)
            server.shutdown(socket.SHUT_WR)
            back.join()

    def copy(source: socket.socket, target: socket.socket, limit: int) -> None:
        with suppress(OSError):
            while piece := source.recv(PIECE):
                time.sleep(len(piece) / limit if limit else 0)
                target.sendall(piece)

    def serve() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=forward, args=(door.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=serve, daemon=True).start()
        yield door.getsockname()[1]


def test_a_script_that_ends_sends_a_file_for_as_long_as_the_server_takes_it(
    stopped: Server, session_to: SessionTo, tmp_path: Path
) -> None:
    stopped.start()
    (tmp_path / "large.bin").write_bytes(random.Random(7).randbytes(LARGE))
    with narrow(stopped.port, LARGE // 3) as port:
        session = session_to(f"http://127.0.0.1:{port}")
        with tb.start_run() as run:
            tb.log_artifact(tmp_path / "large.bin")
        session.recorder.close(0.5, to_the_end=True)
        with session.store.artifacts.open(run.info.run_id, "large.bin") as file:
            assert len(file.read()) == LARGE
    assert not any(session.settings.journal_folder.iterdir())
