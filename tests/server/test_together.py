"""Many clients at once, on both kinds of database: nothing is lost, and of two that contradict one is refused."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.postgresql import new_database

THREADS, BATCHES, POINTS = 8, 5, 50


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request, tmp_path):
    if request.param == "sqlite":
        return tmp_path / "home", ()
    return tmp_path / "home", ("--backend-store-uri", new_database(request.getfixturevalue("postgresql")))


def test_nothing_is_lost_and_one_value_wins(serve, home):
    folder, options = home
    with serve(folder, *options) as server:
        run_id = server.new_run()

        def client(number: int) -> int:
            for batch in range(BATCHES):
                steps = range(batch * POINTS, (batch + 1) * POINTS)
                shared = [{"key": "shared", "value": n, "timestamp": n, "step": n * THREADS + number} for n in steps]
                own = [{"key": f"own {number}", "value": n, "timestamp": n, "step": n} for n in steps]
                assert server.say("POST", "/runs/log-batch", run_id=run_id, metrics=shared + own).status == 200
            return server.say("POST", "/runs/log-parameter", run_id=run_id, key="winner", value=str(number)).status

        with ThreadPoolExecutor(THREADS) as pool:
            answers = list(pool.map(client, range(THREADS)))
        assert sorted(answers) == [200] + [400] * (THREADS - 1)
        run = server.ask("GET", f"/api/2.0/mlflow/runs/get?run_id={run_id}").json["run"]
        assert [one["value"] for one in run["data"]["params"]] == [str(answers.index(200))]
        path = f"/api/2.0/mlflow/metrics/get-history?run_id={run_id}&metric_key="
        assert len(server.ask("GET", path + "shared").json["metrics"]) == THREADS * BATCHES * POINTS
        for number in range(THREADS):
            points = server.ask("GET", f"{path}own%20{number}").json["metrics"]
            assert [point["step"] for point in points] == list(range(BATCHES * POINTS))
