"""One store per test, of every kind that implements the ports; the tests know the ports alone."""

from __future__ import annotations

import itertools
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from trackbook.connect import connect
from trackbook.core.events import ParamsLogged, RunEnded
from trackbook.core.ports import Store

# The helpers' own folder: with pytest's importlib mode nothing puts it on the path.
sys.path.insert(0, str(Path(__file__).parent))
from conformance_tools import Filled, apply, series, start

_numbers = itertools.count()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A PostgreSQL server of our own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pgserver", reason="PostgreSQL is tested where pgserver is installed")
        pytest.importorskip("psycopg", reason="PostgreSQL is tested where psycopg is installed")
        running = pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop")
    yield running
    running.cleanup()


@pytest.fixture
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty store may be made; the kind is the parameter, SQLite without one."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return str(tmp_path / "home")
    server = request.getfixturevalue("server")
    name = f"store{next(_numbers)}"
    server.psql(f"CREATE DATABASE {name};")
    return str(server.get_uri(database=name))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "address" in metafunc.fixturenames:
        metafunc.parametrize("address", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def store(address: str, tmp_path: Path) -> Iterator[Store]:
    opened = connect(address, journal=tmp_path / "home" / "journal")
    yield opened
    opened.close()


@pytest.fixture
def run(store: Store) -> Filled:
    """Make a run with params, tags and metrics (a number or the values of a history) at once."""

    def made(
        run_id: str,
        params: Mapping[str, str] | None = None,
        metrics: Mapping[str, float | Sequence[float]] | None = None,
        tags: Mapping[str, str] | None = None,
        end: int | None = None,
        **fields: Any,
    ) -> None:
        start(store, run_id, tags=tags or {}, **fields)
        histories = {
            key: [value] if isinstance(value, int | float) else value for key, value in (metrics or {}).items()
        }
        points = [series(run_id, key, values) for key, values in histories.items()]
        ended = [RunEnded(run_id, "FINISHED", end)] if end is not None else []
        apply(store, ParamsLogged(run_id, params or {}), *ended, points=points)

    return made
