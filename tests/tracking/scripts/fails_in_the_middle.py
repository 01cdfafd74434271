"""A context manager left by an exception that the script does not catch."""

import mlflow

with mlflow.start_run(run_name="broken"):
    mlflow.log_param("lr", 0.1)
    for step in range(3):
        mlflow.log_metric("loss", 1.0 - step, step=step)
        if step == 2:
            raise ValueError("loss is negative")
