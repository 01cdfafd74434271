"""A real server of ours in a process of its own, and what speaks to it without tidying paths up first."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
ROOT = Path(__file__).parents[2]
PEERS = Path(os.environ.get("TRACKBOOK_PEERS", ROOT / ".venv" / "peers")) / "bin"
API = "/api/2.0/mlflow"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return str(self.json["error_code"])


@dataclass(frozen=True)
class Served:
    """A server under test."""

    url: str
    home: Path
    process: subprocess.Popen[str]

    @property
    def place(self) -> str:
        return self.url.removeprefix("http://")

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection(self.place, timeout=60)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())
        finally:
            connection.close()

    def say(self, method: str, path: str, headers: Mapping[str, str] | None = None, **fields: Any) -> Answer:
        """Fields as JSON; `path` is behind the API's prefix."""
        given = {"Content-Type": "application/json", **(headers or {})}
        return self.ask(method, API + path, json.dumps(fields).encode(), given)

    def new_run(self, **fields: Any) -> str:
        return str(self.say("POST", "/runs/create", experiment_id="0", **fields).json["run"]["info"]["run_id"])


@contextmanager
def serving(home: Path, *options: str) -> Iterator[Served]:
    command = [sys.executable, "-m", "trackbook.cli", "server", "--backend-store-uri", str(home), "--port", "0"]
    with (home.parent / "server.log").open("w") as log:
        process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=log, text=True, cwd=home.parent)
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("http"), (home.parent / "server.log").read_text()
            yield Served(line.split()[0], home, process)
        finally:
            process.terminate()
            process.communicate(timeout=60)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all tests that leave nothing behind which others would see."""
    with serving(tmp_path_factory.mktemp("served") / "home") as running:
        yield running


@pytest.fixture
def serve() -> Callable[..., AbstractContextManager[Served]]:
    """Starts a server of a test's own: `with serve(home) as server`."""
    return serving


@dataclass(frozen=True)
class Client:
    """Speaks to an application in this process; keeps cookies."""

    runner: asyncio.Runner
    http: httpx.AsyncClient

    def request(self, method: str, path: str, **given: Any) -> httpx.Response:
        return self.runner.run(self.http.request(method, path, **given))

    def get(self, path: str, **given: Any) -> httpx.Response:
        return self.request("GET", path, **given)

    def post(self, path: str, **given: Any) -> httpx.Response:
        return self.request("POST", path, **given)


@dataclass(frozen=True)
class Team:
    """An application with users, in this process."""

    runner: asyncio.Runner
    app: Any
    access: Any
    store: Any

    def client(self, token: str = "", **headers: str) -> Client:
        sent = {"authorization": f"Bearer {token}"} if token else {}
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=("10.0.0.9", 1))
        return Client(
            self.runner,
            httpx.AsyncClient(transport=transport, base_url="http://localhost", headers={**sent, **headers}),
        )

    def user(self, name: str, role: str = "none", password: str | None = None) -> str:
        """A new user's token."""
        from trackbook.core.access import role_of
        from trackbook.server.access.users import make_token

        self.access.add_user(name, role_of(role), CHEAP.hash(password) if password else None)
        return str(make_token(self.access, name, "", 1)[0])


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    """With nothing in it yet."""
    yield from team_at(tmp_path / "home")


def team_at(home: Path, **options: Any) -> Iterator[Team]:
    from trackbook.connect import connect
    from trackbook.server.app import application
    from trackbook.server.options import Options

    store: Any = connect(home)
    with asyncio.Runner() as runner:
        yield Team(runner, application(store, Options(auth=True, hasher=CHEAP, **options)), store.access, store)
    store.close()


@pytest.fixture(scope="session")
def peers() -> Path:
    """The environment with the genuine MLflow, which `make test` and `make bench` install.  Never skipped."""
    if not (PEERS / "python").exists():
        pytest.fail(
            f"no MLflow in {PEERS.parent}: run `make .venv/.stamps/peers`, or name its environment in TRACKBOOK_PEERS"
        )
    return PEERS
