"""Clients that break off or dawdle, batches out of order, and a database that goes away: nothing is written by half."""

from __future__ import annotations

import asyncio
import json
import socket
import time

import pytest
from tests.postgresql import serving
from tests.server.conftest import API, team_at

POINT = {"key": "m", "value": 1.0, "timestamp": 5, "step": 1}


@pytest.fixture
def postgresql():
    """Of this test alone, which stops it."""
    with serving() as running:
        yield running
        running.ensure_postgres_running()


def history(server, run_id):
    found = server.ask("GET", f"{API}/metrics/get-history?run_id={run_id}&metric_key=m")
    return [point["step"] for point in found.json.get("metrics", ())]


def batch(run_id, *steps, **more):
    metrics = [{**POINT, "step": step, "timestamp": 100 + step, "value": float(step)} for step in steps]
    return {"run_id": run_id, "metrics": metrics, **more}


def test_a_batch_that_breaks_off_writes_nothing(served):
    run_id = served.new_run()
    whole = json.dumps(batch(run_id, *range(500))).encode()
    host, port = served.place.split(":")
    for part in (0, 1, len(whole) // 2, len(whole) - 1):
        with socket.create_connection((host, int(port))) as connection:
            head = f"POST {API}/runs/log-batch HTTP/1.1\r\nHost: {served.place}\r\nContent-Type: application/json\r\n"
            connection.sendall(f"{head}Content-Length: {len(whole)}\r\n\r\n".encode() + whole[:part])
    assert served.ask("GET", "/health").body == b"OK"
    assert history(served, run_id) == []
    assert served.say("POST", "/runs/log-batch", **batch(run_id, *range(500))).status == 200
    assert len(history(served, run_id)) == 500


def test_a_client_that_dawdles_is_told_and_writes_nothing(tmp_path):
    async def slowly(text):
        yield text[:40]
        await asyncio.sleep(5)
        yield text[40:]

    for team in team_at(tmp_path / "home", body_timeout_s=0.1):
        client = team.client(team.user("ann", "admin"))
        made = client.post(f"{API}/runs/create", json={"experiment_id": "0"}).json()
        run_id = made["run"]["info"]["run_id"]
        text = json.dumps(batch(run_id, 1)).encode()
        headers = {"content-type": "application/json"}
        answer = client.post(f"{API}/runs/log-batch", content=slowly(text), headers=headers)
        assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
        place = f"/api/2.0/mlflow-artifacts/artifacts/0/{run_id}/artifacts/a.txt"
        assert client.request("PUT", place, content=slowly(text)).status_code == 400
        assert client.get(place).status_code == 404
        assert team.store.runs.get(run_id).data.metrics == {}


def test_batches_out_of_order_and_sent_again_are_as_in_order(served):
    run_id = served.new_run()
    for steps in ((7, 8, 9), (1, 2, 3), (7, 8, 9), (4, 5, 6), (3, 4), (9, 1)):
        assert served.say("POST", "/runs/log-batch", **batch(run_id, *steps)).status == 200
    assert history(served, run_id) == list(range(1, 10))
    run = served.ask("GET", f"{API}/runs/get?run_id={run_id}").json["run"]
    assert [point["step"] for point in run["data"]["metrics"]] == [9]


@pytest.mark.parametrize("of", ["search", "other search", "history", "nobody"])
def test_page_tokens_from_elsewhere_are_refused(served, of):
    for name in ("a", "b", "c"):
        served.new_run(run_name=name)
    experiment = {"experiment_ids": ["0"], "max_results": 1}
    found = served.say("POST", "/runs/search", **experiment).json["next_page_token"]
    tokens = {
        "search": served.say("POST", "/experiments/search", max_results=1).json.get("next_page_token", "x"),
        "other search": served.say("POST", "/runs/search", order_by=["params.a"], **experiment).json["next_page_token"],
        "history": "eyJvZmZzZXQiOiAxfQ==",
        "nobody": found[::-1],
    }
    answer = served.say("POST", "/runs/search", page_token=tokens[of], **experiment)
    assert (answer.status, answer.code) == (400, "INVALID_PARAMETER_VALUE")
    path = f"{API}/metrics/get-history?run_id={'0' * 32}&metric_key=m&max_results=1&page_token={found}"
    assert served.ask("GET", path).status == 400


def until_up(server) -> None:
    end = time.monotonic() + 60
    while server.say("POST", "/runs/search", experiment_ids=["0"]).status != 200:
        assert time.monotonic() < end
        time.sleep(0.2)


def test_a_database_that_goes_away_and_comes_back_is_waited_for(serve, postgresql, tmp_path):
    from pgserver import pg_ctl

    with serve(tmp_path / "home", "--backend-store-uri", postgresql.get_uri()) as server:
        run_id = server.new_run()
        assert server.say("POST", "/runs/log-batch", **batch(run_id, 1, 2)).status == 200
        for mode in ("immediate", "fast"):
            stop = ["-w", "-m", mode, "stop"]
            pg_ctl(stop, pgdata=postgresql.pgdata, user=postgresql.system_user, timeout=30)
            for path, fields in (
                ("/runs/log-batch", batch(run_id, 3, params=[{"key": "p", "value": mode}])),
                ("/runs/search", {"experiment_ids": ["0"]}),
                ("/registered-models/create", {"name": mode}),
            ):
                answer = server.say("POST", path, **fields)
                assert (answer.status, answer.code) == (503, "TEMPORARILY_UNAVAILABLE"), path
            assert server.ask("GET", "/health").body == b"OK"
            postgresql.ensure_postgres_running()
            until_up(server)
            assert history(server, run_id) == [1, 2]
        for _ in range(2):  # as a client does that got no answer
            assert server.say("POST", "/runs/log-batch", **batch(run_id, 3)).status == 200
        assert history(server, run_id) == [1, 2, 3]
        assert "Traceback" not in (tmp_path / "server.log").read_text()
