"""The same work done by MLflow, run with the Python of the peers' environment; prints seconds as JSON.

    .venv/peers/bin/python tests/benchmarks/peers.py search 10000

MLflow's tables are filled directly, as its own store leaves them, since filling them through its calls takes hours.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import sys
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path

import sample
from measure import CLOCK, median_s


def new_store(folder: str) -> Path:
    """MLflow's own schema, made by MLflow; the database's file."""
    import mlflow

    database = Path(folder) / "mlflow.db"
    mlflow.set_tracking_uri(f"sqlite:///{database}")
    mlflow.search_experiments()
    return database


def fill(database: Path, runs: int) -> None:
    connection = sqlite3.connect(database)
    rows: dict[str, list[tuple[object, ...]]] = {"runs": [], "params": [], "metrics": []}
    for number, params, metrics in sample.runs(runs):
        run_id = uuid.UUID(int=number).hex
        start = sample.START_MS + number
        rows["runs"].append((run_id, f"name {number}", "me", "FINISHED", start, start + 100_000, "active", 0, "a"))
        rows["params"] += [(key, value, run_id) for key, value in params.items()]
        rows["metrics"] += [(key, value, start, run_id, 0, 0) for key, value in metrics.items()]
    columns = "run_uuid, name, user_id, status, start_time, end_time, lifecycle_stage, experiment_id, artifact_uri"
    connection.executemany(f"INSERT INTO runs ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows["runs"])
    connection.executemany("INSERT INTO params (key, value, run_uuid) VALUES (?, ?, ?)", rows["params"])
    for table in ("metrics", "latest_metrics"):
        connection.executemany(
            f"INSERT INTO {table} (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, ?)",
            rows["metrics"],
        )
    connection.commit()
    connection.close()


def search(runs: str, repeat: str) -> dict[str, float]:
    """Seconds of a search that keeps 1 % and one that keeps 50 %."""
    import mlflow

    with tempfile.TemporaryDirectory() as folder:
        fill(new_store(folder), int(runs))
        client = mlflow.MlflowClient()

        def find(text: str) -> Callable[[], object]:
            return lambda: client.search_runs(["0"], text, max_results=100, order_by=["metrics.m1 DESC"])

        return {
            "narrow": median_s(find("metrics.m0 > 0 and params.p3 = '42'"), int(repeat)),
            "wide": median_s(find("metrics.m0 > 0 and params.half = '1'"), int(repeat)),
        }


def frame(runs: str) -> float:
    import mlflow

    with tempfile.TemporaryDirectory() as folder:
        fill(new_store(folder), int(runs))
        start = CLOCK()
        found = mlflow.search_runs(["0"], max_results=int(runs))
        took = CLOCK() - start
        if len(found) != int(runs):
            raise AssertionError(len(found))
        return took


def calls(number: str) -> dict[str, float]:
    """Seconds of one `log_metric`, and of an empty run."""
    import mlflow

    def empty() -> None:
        with mlflow.start_run():
            pass

    with tempfile.TemporaryDirectory() as folder:
        new_store(folder)
        with mlflow.start_run():
            mlflow.log_metric("loss", 0.5, step=0)
            steps = iter(range(1, 10**9))
            call = median_s(lambda: mlflow.log_metric("loss", 0.5, step=next(steps)), int(number))
        return {"log_metric": call, "empty": median_s(empty, 7)}


def main() -> None:
    logging.disable(logging.WARNING)
    work, *arguments = sys.argv[1:]
    print(json.dumps({"search": search, "frame": frame, "calls": calls}[work](*arguments)))


if __name__ == "__main__":
    main()
