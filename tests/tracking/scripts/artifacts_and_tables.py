"""Every kind of artifact that the fluent API logs, read back by the client."""

import os

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import mlflow
import numpy as np
import pandas as pd

mlflow.set_experiment("artifacts")
with mlflow.start_run() as run:
    mlflow.log_text("some notes", "notes/readme.txt")
    mlflow.log_dict({"layers": [64, 32], "dropout": 0.1}, "config.yaml")
    figure, axes = plt.subplots()
    axes.plot([0, 1], [1, 0])
    mlflow.log_figure(figure, "plots/line.png")
    mlflow.log_image(np.random.default_rng(0).random((8, 8, 3)), key="noise", step=1)
    mlflow.log_table(pd.DataFrame({"truth": [0, 1], "prediction": [0, 0]}), artifact_file="eval.json")
    os.makedirs("out/deep", exist_ok=True)
    with open("out/deep/result.csv", "w") as file:
        file.write("a,b\n1,2\n")
    mlflow.log_artifacts("out", artifact_path="results")
    print(mlflow.get_artifact_uri("results"))

assert mlflow.active_run() is None
assert mlflow.last_active_run().info.run_id == run.info.run_id
stored = mlflow.get_run(run.info.run_id)
assert stored.info.status == "FINISHED"
