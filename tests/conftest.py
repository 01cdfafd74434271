"""What holds for all tests."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings
from tests.objects import s3  # noqa: F401 - a fixture
from tests.postgresql import serving
from tests.share import SOAK

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background jobs are born without it
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("steady", derandomize=True, database=None)
if not SOAK:  # the same examples each time; the long trials look for others
    settings.load_profile("steady")


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A PostgreSQL server, in which each test makes a database of its own (`tests.postgresql.new_database`)."""
    with serving(tmp_path_factory.mktemp("pg")) as running:
        yield running


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file stays on one worker, and all that drives a browser on one, too.

    Two browsers at a time take so much of two cores that neither is as fast as its tests wait for.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return "browser" if file.startswith("tests/browser/") else file

    return ByFile(config, log)
