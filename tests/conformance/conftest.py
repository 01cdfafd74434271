"""One store per test, of every kind that implements the ports; the tests know the ports alone."""

from __future__ import annotations

import itertools
import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from trackbook.connect import connect
from trackbook.core.events import ParamsLogged, RunEnded
from trackbook.core.ports import Store

# The helpers' own folder: with pytest's importlib mode nothing puts it on the path.
sys.path.insert(0, str(Path(__file__).parent))
from conformance_tools import Filled, apply, series, start
from lacking import LACKS, NO_PORTS
from served import Served, serving
from tests.postgresql import new_database
from tests.remote.servers import Server
from tests.share import SOAK

EVERY = {"postgresql": 2, "http": 3, "mlflow": 8}


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """A trackbook server in a thread, gone again before other files' tests do things to Python."""
    with serving() as running:
        yield running


def _emptied(server: Server) -> str:
    """The server's address, with nothing in its database but Default."""
    with closing(sqlite3.connect(server.folder / "mlflow.db", timeout=30)) as database, database:
        database.execute("PRAGMA foreign_keys = OFF")
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if table not in ("alembic_version", "workspaces") and not table.startswith("sqlite_"):
                rest = " WHERE experiment_id != 0" if table == "experiments" else ""
                database.execute(f"DELETE FROM {table}{rest}")
        database.execute("UPDATE experiments SET lifecycle_stage = 'active'")
    return server.url


@pytest.fixture
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where an empty store may be made; the kind is the parameter, SQLite without one."""
    kind = getattr(request, "param", "sqlite")
    if kind == "http":
        with request.getfixturevalue("served").home(tmp_path / "home") as url:
            yield url
    elif kind == "mlflow":
        yield _emptied(request.getfixturevalue("mlflow"))
    elif kind == "postgresql":
        yield new_database(request.getfixturevalue("postgresql"))
    else:
        yield str(tmp_path / "home")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "address" in metafunc.fixturenames:
        over_http = [] if Path(str(metafunc.module.__file__)).name in NO_PORTS else ["http", "mlflow"]
        metafunc.parametrize("address", ["sqlite", "postgresql", *over_http], indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Over HTTP: places of artifacts are the server's business, and what a kind of server lacks is said.

    Places do not ask which database there is: they are tried with one.

    Of the tests in PostgreSQL each second, over a server of ours each third, and over MLflow's own, which is slow, each
    eighth; `make soak` tries all.
    """
    kept, left, counted = [], [], {kind: itertools.count() for kind in EVERY}
    for item in items:
        given = getattr(getattr(item, "callspec", None), "params", {})
        lacks = LACKS.get(given.get("address"))
        elsewhere = given.get("place", "folder") != "folder"
        is_left = elsewhere and (lacks is not None or (given.get("address") == "postgresql" and not SOAK))
        if given.get("address") in EVERY:
            item.add_marker("soak")
            is_left |= not SOAK and next(counted[given["address"]]) % EVERY[given["address"]] > 0
        (left if is_left else kept).append(item)
        names = (item.path.name, getattr(item, "originalname", ""), item.name)
        why = next((lacks[name] for name in names if name in lacks), None) if lacks is not None else None
        if why:
            item.add_marker(pytest.mark.skip(reason=why))
    items[:] = kept
    config.hook.pytest_deselected(items=left)


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
