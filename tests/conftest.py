"""What holds for all tests."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings
from tests.objects import s3  # noqa: F401 - a fixture
from tests.postgresql import serving
from tests.remote.servers import Server
from tests.share import SOAK

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background jobs are born without it
    signal.signal(signal.SIGINT, signal.default_int_handler)

MLFLOW = re.compile(r"[\[-]mlflow[\]-]")
"""A parameter of a test's name."""

settings.register_profile("steady", derandomize=True, database=None)
if not SOAK:  # the same examples each time; the long trials look for others
    settings.load_profile("steady")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Any]:
    """A PostgreSQL server, in which each test makes a database of its own (`tests.postgresql.new_database`)."""
    with serving() as running:
        yield running


@pytest.fixture(scope="session")
def mlflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """MLflow's own server, for all tests that do not stop it."""
    server = Server("mlflow", tmp_path_factory.mktemp("mlflow")).start()
    yield server
    server.stop()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file stays on one worker, and all that drives a browser on one, too, and all that asks MLflow's server.

    Two browsers at a time take so much of two cores that neither is as fast as its tests wait for; MLflow's server
    takes twenty seconds to start.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            if MLFLOW.search(nodeid):
                return "mlflow"
            return "browser" if file.startswith("tests/browser/") else file

    return ByFile(config, log)
