"""A grid search with a parent run and one nested run a candidate, then a search for the best."""

import mlflow
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

experiment = mlflow.set_experiment("grid")
x, y = load_breast_cancer(return_X_y=True)
with mlflow.start_run(run_name="parent", description="three values of C") as parent:
    for c in (0.01, 1.0, 100.0):
        with mlflow.start_run(run_name=f"C={c}", nested=True):
            mlflow.log_param("C", c)
            scores = cross_val_score(make_pipeline(StandardScaler(), LogisticRegression(C=c)), x, y, cv=3)
            for fold, score in enumerate(scores):
                mlflow.log_metric("fold_accuracy", score, step=fold)
            mlflow.log_metric("accuracy", scores.mean())
    children = mlflow.search_runs(
        experiment_ids=[experiment.experiment_id],
        filter_string=f"tags.mlflow.parentRunId = '{parent.info.run_id}' and metrics.accuracy > 0.9",
        order_by=["metrics.accuracy DESC"],
    )
    best = children.iloc[0]
    mlflow.log_param("best_C", best["params.C"])
    mlflow.log_metric("best_accuracy", best["metrics.accuracy"])
