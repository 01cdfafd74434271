"""A trackbook server and MLflow's own, each on a database of the same kind, with the same things in them.

MLflow's tables are filled directly, as its own store leaves them: through its calls that takes hours.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
import uuid
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import sample
from measure import PEERS

from trackbook.connect import connect
from trackbook.core.events import Batch, Event, ParamsLogged, Points, RunEnded, RunStarted
from trackbook.core.ports import Store
from trackbook.store.sql import SqlStore

MODELS = 1_000
OURS, THEIRS = "trackbook", "MLflow"
START_S = 180.0
RESIDENT = ("RssAnon", "RssFile")
"""As `/proc/PID/status` has them."""


@dataclass
class Server:
    name: str
    port: int
    begin: Callable[[], subprocess.Popen[bytes]]
    """Starts a process and waits until it answers."""
    process: subprocess.Popen[bytes]

    def restart(self) -> None:
        """Without what it still works on for nobody."""
        end(self.process, signal.SIGKILL)
        self.process = self.begin()

    def tree(self) -> list[psutil.Process]:
        whole = psutil.Process(self.process.pid)
        return [whole, *whole.children(recursive=True)]

    def cpu_s(self) -> float:
        """Processor time of all its processes."""
        return sum(self._each(lambda one: sum(one.cpu_times()[:2])))

    def memory_bytes(self) -> tuple[int, int]:
        """Its own, and what it has mapped of files, which is the system's cache of them: a database's grows with it."""
        own, of_files = (sum(self._each(lambda one, name=name: _resident(one.pid, name))) for name in RESIDENT)
        return int(own), int(of_files)

    def _each(self, figure: Callable[[psutil.Process], float]) -> Iterator[float]:
        """Of each process, but for those that end meanwhile."""
        for one in self.tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                yield figure(one)


def _resident(pid: int, name: str) -> int:
    """Raises `psutil.NoSuchProcess`."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        raise psutil.NoSuchProcess(pid) from None
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


@contextmanager
def database(kind: str, folder: Path, name: str) -> Iterator[str]:
    """The URI of an empty one."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / name}.db"
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pgserver  # type: ignore[import-untyped]

        running = pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
    running.psql(f"CREATE DATABASE {name}")
    try:
        yield running.get_uri().replace("/postgres?", f"/{name}?")
    finally:
        running.cleanup()


@contextmanager
def serving(name: str, uri: str, folder: Path, workers: int) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    place = ["--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)]
    kept = ["--backend-store-uri", uri, "--artifacts-destination", str(folder / f"{name}-files")]
    program = [sys.executable, "-m", "trackbook.cli"] if name == OURS else [str(PEERS.parent / "mlflow")]
    quiet = {"PATH": f"{PEERS.parent}:{os.environ['PATH']}", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    alone = {key: value for key, value in os.environ.items() if not key.startswith(("MLFLOW", "TRACKBOOK"))}
    command = [*program, "server", *place, *kept, *(["--no-access-log"] if name == OURS else [])]
    log_file = folder / f"{name}.log"

    def begin() -> subprocess.Popen[bytes]:
        with log_file.open("ab") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=folder, env=alone | quiet, start_new_session=True
            )
        try:
            _wait(f"http://127.0.0.1:{port}/health", process, log_file)
        except BaseException:
            end(process, signal.SIGTERM)
            raise
        return process

    server = Server(name, port, begin, begin())
    try:
        yield server
    finally:
        end(server.process, signal.SIGTERM)


def end(process: subprocess.Popen[bytes], by: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, by)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], log_file: Path) -> None:
    until = time.monotonic() + START_S
    while True:
        try:
            urllib.request.urlopen(url, timeout=10).close()
        except OSError as error:
            if time.monotonic() > until or process.poll() is not None:
                raise RuntimeError(log_file.read_text()[-2000:]) from error
            time.sleep(0.1)
        else:
            return


def run_name(number: int) -> str:
    return uuid.UUID(int=number).hex


def fill_ours(uri: str, folder: Path, runs: int, points: Sequence[int], models: int = MODELS) -> None:
    """Runs in Default; one run for each history, named by `history_run`; models."""
    store = connect(uri, journal=folder / "journal", artifact_root=str(folder / f"{OURS}-files"))
    assert isinstance(store, SqlStore)
    with store.tended():  # a thousand small commits, none of which waits for a checkpoint
        _fill_runs(store, runs)
        _fill_histories(store, points)
        for number in range(models):
            store.registry.create_model(f"model {number}")
            store.registry.create_version(f"model {number}", "s3://bucket/model")
    store.close()


def _fill_runs(store: Store, runs: int) -> None:
    source, batch = sample.runs(runs), 0
    zero, time_ms = np.zeros(1, np.int64), np.full(1, sample.START_MS)
    while some := list(islice(source, 1000)):
        events: list[Event] = []
        series = []
        for number, params, metrics in some:
            run_id, start = run_name(number), sample.START_MS + number
            events += [RunStarted(run_id, "0", f"name {number}", start), ParamsLogged(run_id, params)]
            events.append(RunEnded(run_id, "FINISHED", start + 100_000))
            series += [Points(run_id, key, zero, time_ms, np.array([value])) for key, value in metrics.items()]
        store.recording.apply(Batch("fill", events, series, {"at": batch}))
        batch += 1


def _fill_histories(store: Store, points: Sequence[int]) -> None:
    for number in points:
        run_id, steps = history_run(number), np.arange(number)
        history = [Points(run_id, "m", steps, sample.START_MS + steps, steps * 0.5)]
        begun = RunStarted(run_id, "0", run_id, sample.START_MS)
        store.recording.apply(Batch("fill", [begun], history, {"points": number}))


def history_run(points: int) -> str:
    """Its id, which is none of `run_name`."""
    return f"f{points:031d}"


def fill_theirs(uri: str, runs: int, points: Sequence[int], models: int = MODELS) -> None:
    rows: dict[str, list[tuple[Any, ...]]] = {"runs": [], "params": [], "metrics": [], "latest_metrics": []}

    def add_run(run_id: str, start: int) -> None:
        rows["runs"].append((run_id, run_id, "me", "FINISHED", start, start + 100_000, "active", 0, "a"))

    for number, params, metrics in sample.runs(runs):
        run_id, start = run_name(number), sample.START_MS + number
        add_run(run_id, start)
        rows["params"] += [(key, value, run_id) for key, value in params.items()]
        for table in ("metrics", "latest_metrics"):
            rows[table] += [(key, value, start, run_id, 0, False) for key, value in metrics.items()]
    for number in points:
        run_id = history_run(number)
        add_run(run_id, sample.START_MS)
        history = [("m", n * 0.5, sample.START_MS + n, run_id, n, False) for n in range(number)]
        rows["metrics"] += history
        rows["latest_metrics"].append(history[-1])
    names = [f"model {number}" for number in range(models)]
    at = sample.START_MS
    rows["registered_models"] = [(name, at, at) for name in names]
    rows["model_versions"] = [(name, 1, at, at, "None", "s3://bucket/model", "READY") for name in names]
    point = "key, value, timestamp, run_uuid, step, is_nan"
    columns = {
        "runs": "run_uuid, name, user_id, status, start_time, end_time, lifecycle_stage, experiment_id, artifact_uri",
        "params": "key, value, run_uuid",
        "metrics": point,
        "latest_metrics": point,
        "registered_models": "name, creation_time, last_updated_time",
        "model_versions": "name, version, creation_time, last_updated_time, current_stage, source, status",
    }
    with closing(_driver(uri)) as connection:
        cursor = connection.cursor()
        for table, named in columns.items():
            mark = "?" if uri.startswith("sqlite") else "%s"
            marks = ", ".join([mark] * (named.count(",") + 1))
            cursor.executemany(f"INSERT INTO {table} ({named}) VALUES ({marks})", rows[table])
        connection.commit()


def settle(uri: str) -> None:
    """The planner's statistics, which PostgreSQL gathers by itself within a minute of such a change."""
    if not uri.startswith("sqlite"):
        with closing(_driver(uri)) as connection:
            connection.execute("ANALYZE")
            connection.commit()


def _driver(uri: str) -> Any:
    if uri.startswith("sqlite"):
        return sqlite3.connect(uri.removeprefix("sqlite:///"), timeout=60)
    import psycopg

    return psycopg.connect(uri)
