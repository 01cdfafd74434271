"""A project of its own for processes that fail, are killed, or have no disk: real processes and real file systems."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from contextlib import suppress

import pytest

from trackbook.connect import connect
from trackbook.journal.recovery import recover

PRELUDE = """
import os, signal, sys, threading, time, warnings
import trackbook as tb
from trackbook.tracking.session import current_session

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs are born without it

def until(condition, timeout_s=30.0):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)

def die():
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGKILL)

def on_disk():
    return current_session().journal.disk_error == ""
"""


@pytest.fixture
def project(tmp_path):
    """The folder of a project; its home is made by the first run."""
    folder = tmp_path / "project"
    (folder / ".trackbook").mkdir(parents=True)
    return folder


@pytest.fixture
def begin(project):
    """Start a process in the project; it is killed at the end of the test."""
    begun = []

    def start(code: str, *arguments: object) -> subprocess.Popen[str]:
        names = ("TRACKBOOK_TRACKING_URI", "MLFLOW_TRACKING_URI", "PYTHONWARNINGS")
        environment = {key: value for key, value in os.environ.items() if key not in names}
        process = subprocess.Popen(
            [sys.executable, "-c", PRELUDE + textwrap.dedent(code), *map(str, arguments)],
            cwd=project,
            env={**environment, "TRACKBOOK_SCRIPTS": "0", "TRACKBOOK_SYSTEM_METRICS": "0"},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        begun.append(process)
        return process

    yield start
    for process in begun:
        with suppress(ProcessLookupError):
            process.kill()
        process.communicate()


@pytest.fixture
def run(begin):
    """Run a process to its end: what it printed, and its stderr; fails unless it ends as expected."""

    def go(code: str, *arguments: object, ends: int = 0) -> tuple[str, str]:
        process = begin(code, *arguments)
        out, errors = process.communicate(timeout=200)
        assert process.returncode == ends, errors
        return out, errors

    return go


@pytest.fixture
def reopened(project):
    """The project's store, with what dead processes left behind."""
    home = project / ".trackbook"
    store = connect(home)
    recover(home / "journal", store)
    yield store
    store.close()


@pytest.fixture
def steps(project):
    """The steps that the store has of a run's metric, after recovery, sorted: doubles and gaps show."""

    def read(run_id: str, key: str = "loss") -> list[int]:
        home = project / ".trackbook"
        store = connect(home)
        recover(home / "journal", store)
        found = sorted(store.metrics.history(run_id, key).steps.tolist())
        store.close()
        return found

    return read


@pytest.fixture(scope="session")
def may_mount(tmp_path_factory):
    """Whether this user may mount file systems; where not, tests take a limit of the process instead."""
    place = tmp_path_factory.mktemp("mount")
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", place], check=False, capture_output=True).returncode:
        return False
    subprocess.run(["umount", place], check=True)
    return True


@pytest.fixture
def disk(project, may_mount):
    """The project on a disk of 48 MiB; a plain folder where nothing may be mounted."""
    if not may_mount:
        yield False
        return
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", project], check=True)
    (project / ".trackbook").mkdir()
    yield True
    subprocess.run(["umount", "-l", project], check=True)
