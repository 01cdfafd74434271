"""How tests/assets/mlflow/*.zip were made, with mlflow 3.17.2: runs with history, NaN, infinities, inputs, artifacts, a registry with
a deleted version, a deleted run and a deleted experiment."""
import math, os, sys
import mlflow, numpy as np
from mlflow import MlflowClient
uri = sys.argv[1]
mlflow.set_tracking_uri(uri)
client = MlflowClient()
exp = mlflow.set_experiment("iris")
mlflow.set_experiment_tag("owner", "ann")
ids = []
for seed in range(3):
    with mlflow.start_run(run_name=f"seed-{seed}", tags={"team": "blue"}, description="a note") as run:
        ids.append(run.info.run_id)
        mlflow.log_params({"seed": seed, "kernel": "rbf", "nested/depth": 3})
        for step in range(20):
            mlflow.log_metric("loss", 1.0 / (step + 1 + seed), step=step, timestamp=1_700_000_000_000 + step)
        mlflow.log_metric("train/accuracy", 0.9 + seed / 100, step=-5)
        mlflow.log_text("hello", "notes/hello.txt")
        mlflow.log_dict({"a": 1}, "config.json")
with mlflow.start_run(run_name="odd numbers") as run:
    odd = run.info.run_id
    mlflow.log_metric("x", math.nan, step=0, timestamp=1_700_000_000_000)
    mlflow.log_metric("x", math.inf, step=1, timestamp=1_700_000_000_001)
    mlflow.log_metric("x", -math.inf, step=2, timestamp=1_700_000_000_002)
    data = mlflow.data.from_numpy(np.arange(6.0).reshape(3, 2), name="points")
    mlflow.log_input(data, context="train")
    with mlflow.start_run(run_name="child", nested=True):
        mlflow.log_metric("y", 1.0)
try:
    with mlflow.start_run(run_name="failed"):
        raise ValueError("x")
except ValueError:
    pass
with mlflow.start_run(run_name="in the trash") as run:
    pass
mlflow.delete_run(run.info.run_id)
gone = mlflow.create_experiment("gone")
client.create_run(gone, run_name="of a deleted experiment")
client.delete_experiment(gone)
client.create_registered_model("iris-model", {"domain": "flowers"}, "a model")
for n, run_id in enumerate(ids):
    client.create_model_version("iris-model", f"runs:/{run_id}/notes", run_id, {"n": str(n)}, description=f"number {n}")
client.delete_model_version("iris-model", "2")
client.set_registered_model_alias("iris-model", "champion", "3")
