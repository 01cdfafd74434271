"""Several workers on one port, on both kinds of database: what two requests could disagree about is settled."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import numpy as np
import psutil
import pytest
from tests.postgresql import new_database
from tests.server.conftest import Served, serving

from trackbook.connect import connect
from trackbook.core.events import Batch, Points

WORKERS, CLIENTS = 3, 8
HISTORY = "/api/2.0/mlflow/metrics/get-history"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def many(request, tmp_path_factory):
    """A server with all its workers up."""
    folder = tmp_path_factory.mktemp("many") / "home"
    uri = new_database(request.getfixturevalue("postgresql")) if request.param == "postgresql" else None
    with serving(folder, *options(uri)) as server:
        wait(lambda: len(workers(server)) == WORKERS)
        yield server


def options(uri: str | None = None) -> tuple[str, ...]:
    return ("--workers", str(WORKERS), *(("--backend-store-uri", uri) if uri else ()))


def workers(server: Served) -> list[psutil.Process]:
    return [one for one in psutil.Process(server.process.pid).children() if is_worker(one)]


def is_worker(process: psutil.Process) -> bool:
    try:
        return any("spawn_main" in part for part in process.cmdline())
    except psutil.Error:  # it was killed, and nobody has waited for it yet
        return False


def wait(until, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end
        time.sleep(0.1)


def at_once(work, number: int = CLIENTS) -> list:
    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(work, range(number)))


def experiment(server: Served, name: str) -> str:
    return str(server.say("POST", "/experiments/create", name=name).json["experiment_id"])


def test_of_clients_that_set_a_param_one_wins(many):
    run_id = many.new_run()

    def client(number: int) -> list[int]:
        said = [
            many.say("POST", "/runs/log-parameter", run_id=run_id, key=f"p{key}", value=str(number))
            for key in range(10)
        ]
        return [one.status for one in said]

    answers = at_once(client)
    assert all(sorted(statuses) == [200] + [400] * (CLIENTS - 1) for statuses in zip(*answers, strict=True))
    params = many.ask("GET", f"/api/2.0/mlflow/runs/get?run_id={run_id}").json["run"]["data"]["params"]
    winners = {f"p{key}": str([one[key] for one in answers].index(200)) for key in range(10)}
    assert {one["key"]: one["value"] for one in params} == winners


def test_a_batch_that_is_sent_many_times_at_once_is_there_once(many):
    run_id = many.new_run()
    points = [{"key": "m", "value": n / 7, "timestamp": n, "step": n} for n in range(400)]
    answers = at_once(lambda _: many.say("POST", "/runs/log-batch", run_id=run_id, metrics=points).status)
    assert answers == [200] * CLIENTS
    found = many.ask("GET", f"{HISTORY}?run_id={run_id}&metric_key=m").json["metrics"]
    assert [one["step"] for one in found] == list(range(400))


def test_the_same_journal_sent_through_two_workers_is_applied_once(many):
    """As a client does that got no answer in time: its first batch may be on its way still."""

    from trackbook.connect import connect

    run_id = many.new_run()
    steps = np.arange(3000)
    batch = Batch("a journal", [], [Points(run_id, "m", steps, steps, steps * 0.5)], {"at": 1})

    def client(_: int) -> None:
        with closing(connect(many.url)) as store:
            store.recording.apply(batch)

    at_once(client)
    found = many.ask("GET", f"{HISTORY}?run_id={run_id}&metric_key=m").json["metrics"]
    assert [one["step"] for one in found] == list(range(3000))


def test_versions_of_a_model_are_counted_without_gap_or_double(many):
    many.say("POST", "/registered-models/create", name="counted")

    def client(_: int) -> list[str]:
        said = [
            many.say("POST", "/model-versions/create", name="counted", source="s3://bucket/model") for _ in range(6)
        ]
        return [one.json["model_version"]["version"] for one in said]

    versions = [int(one) for some in at_once(client) for one in some]
    assert sorted(versions) == list(range(1, 6 * CLIENTS + 1))


@pytest.mark.parametrize("path", ["/experiments/create", "/registered-models/create"])
def test_a_name_is_given_once(many, path):
    answers = at_once(lambda _: many.say("POST", path, name="only one"))
    assert Counter(one.status for one in answers) == {200: 1, 400: CLIENTS - 1}
    assert {one.code for one in answers if one.status == 400} == {"RESOURCE_ALREADY_EXISTS"}


def test_an_alias_names_one_version_and_the_trail_has_each_move(many):
    many.say("POST", "/registered-models/create", name="aliased")
    for _ in range(CLIENTS):
        many.say("POST", "/model-versions/create", name="aliased", source="s3://bucket/model")
    where = "/registered-models/alias"
    at_once(lambda n: many.say("POST", where, name="aliased", alias="champion", version=str(n + 1)))
    aliases = many.ask("GET", "/api/2.0/mlflow/registered-models/get?name=aliased").json["registered_model"]["aliases"]
    assert len(aliases) == 1
    with closing(connect(many.url)) as store:
        moves = [one for one in store.registry.audit("aliased").items if one.subject == "champion"]
    assert len(moves) == CLIENTS
    assert [one.old for one in moves] == [*(one.new for one in moves[1:]), None]
    assert moves[0].new == str(aliases[0]["version"])


def test_prometheus_is_told_of_all_workers(many):
    def total() -> int:
        text = many.ask("GET", "/metrics").body.decode()
        found = re.search(r'requests_total\{endpoint="version",method="GET",status="200"\} (\d+)', text)
        return int(found[1]) if found else 0

    before = total()
    at_once(lambda _: [many.ask("GET", "/version") for _ in range(10)])
    wait(lambda: total() - before == 10 * CLIENTS)


def test_a_killed_worker_loses_nothing_that_was_answered_and_is_replaced(many):
    run_id = many.new_run()
    killed = {one.pid for one in workers(many)}

    def client(number: int) -> list[int]:
        done = []
        for batch in range(15):
            steps = range(batch * 20, batch * 20 + 20)
            points = [{"key": f"m{number}", "value": n, "timestamp": n, "step": n} for n in steps]
            while True:
                if number == 0 and batch == 7 and killed:
                    os.kill(killed.pop(), signal.SIGKILL)
                    killed.clear()
                try:
                    said = many.say("POST", "/runs/log-batch", run_id=run_id, metrics=points)
                except (OSError, http.client.HTTPException):
                    continue  # as any client does
                assert said.status == 200, said.body
                done += steps
                break
        return done

    for number, steps in enumerate(at_once(client)):
        found = many.ask("GET", f"{HISTORY}?run_id={run_id}&metric_key=m{number}").json["metrics"]
        assert [one["step"] for one in found] == steps
    wait(lambda: len(workers(many)) == WORKERS)


def test_asked_to_stop_it_answers_what_it_has_begun_and_leaves_no_process(tmp_path):
    with serving(tmp_path / "home", *options()) as server:
        wait(lambda: len(workers(server)) == WORKERS)
        run_id, children = server.new_run(), workers(server)
        wait(lambda: server.ask("GET", "/health").status == 200)
        body = json.dumps({"run_id": run_id, "key": "p", "value": "v"}).encode()
        connection = http.client.HTTPConnection(server.place, timeout=30)
        connection.putrequest("POST", "/api/2.0/mlflow/runs/log-parameter")
        connection.putheader("content-type", "application/json")
        connection.putheader("content-length", str(len(body)))
        connection.endheaders(body[:10])
        time.sleep(0.5)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(1)
        connection.send(body[10:])
        assert connection.getresponse().status == 200
        connection.close()
        assert server.process.wait(60) == 0
        psutil.wait_procs(children, 30)
        assert not [one for one in children if one.is_running()]
    assert "Traceback" not in (tmp_path / "server.log").read_text()


def test_workers_end_with_a_parent_that_was_killed(tmp_path):
    with serving(tmp_path / "home", *options()) as server:
        wait(lambda: len(workers(server)) == WORKERS)
        wait(lambda: server.ask("GET", "/health").status == 200)
        children = workers(server)
        server.process.kill()
        _, left = psutil.wait_procs(children, 60)
        assert not left


def test_servers_that_start_at_once_make_the_tables_once(postgresql, tmp_path):
    """Each is on a machine of its own as far as it knows."""
    uri = new_database(postgresql)
    command = [sys.executable, "-m", "trackbook.cli", "server", "--port", "0", "--backend-store-uri", uri]
    servers = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
        for _ in range(3)
    ]
    lines = [one.stdout.readline() for one in servers]
    for one in servers:
        one.terminate()
    errors = [one.communicate(timeout=60)[1] for one in servers]
    assert [line.startswith("http") for line in lines] == [True] * 3, errors
