"""Requests in a random order have the same answers from our server as from MLflow's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.remote.servers import Server
from tests.server.random_calls import Pair, compared
from tests.share import long

SEEDS, STEPS = range(1, 5), 200


@pytest.fixture(scope="module")
def pairs(peers: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Pair]:
    del peers
    servers = [Server(kind, tmp_path_factory.mktemp(kind)).start() for kind in ("mlflow", "trackbook")]
    try:
        return list(compared([one.url for one in servers], SEEDS, STEPS))
    finally:
        for one in servers:
            one.stop()


@long
@pytest.mark.soak
@pytest.mark.timeout(600)
def test_random_requests_are_answered_as_on_mlflows_server(pairs: list[Pair]) -> None:
    assert "\n\n".join(one for pair in pairs for one in pair.differences) == ""
    assert all(pair.done > STEPS / 2 for pair in pairs), "most of what is asked is something that can be done"
