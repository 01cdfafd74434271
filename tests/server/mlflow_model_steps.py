"""The part of `mlflow_session.py` that makes, loads and registers models: MLflow 3's logged models."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mlflow
import mlflow.sklearn
import numpy as np
from mlflow.entities import LoggedModelStatus, Metric
from mlflow.exceptions import MlflowException
from sklearn.linear_model import LogisticRegression

Step = Callable[[Callable[[], Any]], Any]
X = np.array([[0.0, 1.0], [1.0, 0.0], [0.2, 0.9], [0.8, 0.1]] * 5)
Y = np.array([0, 1, 0, 1] * 5)
# Telling requirements runs the model in a process of its own, for many seconds, and says nothing on the wire.
mlflow.models.infer_pip_requirements = lambda *_, **__: ["scikit-learn"]


def plain(text: str) -> str:
    """Without ids."""
    return re.sub(r"(m-)?[0-9a-f]{32}", "ID", re.sub(r"mlflow-artifacts:/\d+/", "mlflow-artifacts:/EXPERIMENT/", text))


def model_shown(model: Any) -> list[Any]:
    return [
        model.name,
        str(model.status),
        model.model_type,
        plain(model.artifact_location),
        {key: plain(value) for key, value in sorted(model.tags.items()) if key in ("kind", "mlflow.modelVersions")},
        dict(sorted(model.params.items())),
        sorted((one.key, one.value, one.step, one.dataset_name or "") for one in model.metrics or ()),
    ]


def models(step: Step, client: Any, folder: Path) -> None:
    experiment = mlflow.set_experiment("models").experiment_id
    fitted = LogisticRegression(C=0.5).fit(X, Y)
    made: dict[str, str] = {}

    @step
    def a_model_is_logged_and_loaded() -> Any:
        with mlflow.start_run(run_name="maker") as run:
            info = mlflow.sklearn.log_model(fitted, name="clf", params={"C": 0.5}, tags={"kind": "linear"})
            mlflow.log_metric("accuracy", 0.9, step=1, model_id=info.model_id)
        made.update(run=run.info.run_id, model=info.model_id)
        loaded = mlflow.pyfunc.load_model(info.model_uri)
        model, kept = mlflow.get_logged_model(info.model_id), client.get_run(run.info.run_id)
        same = [one.model_id == info.model_id for one in kept.outputs.model_outputs]
        return [model_shown(model), loaded.predict(X).tolist(), same, kept.data.metrics, plain(info.model_uri)]

    @step
    def its_files_are_listed_and_fetched() -> Any:
        local = Path(mlflow.artifacts.download_artifacts(f"models:/{made['model']}", dst_path=str(folder / "m")))
        listed = sorted(one.path for one in client.list_logged_model_artifacts(made["model"]))
        of_run = sorted(one.path for one in client.list_artifacts(made["run"]))
        again = mlflow.artifacts.list_artifacts(f"runs:/{made['run']}/clf")
        return [sorted(one.name for one in local.iterdir()), listed, of_run, sorted(one.path for one in again)]

    @step
    def it_is_registered_and_loaded_by_alias() -> Any:
        version = mlflow.register_model(f"models:/{made['model']}", "m")
        client.set_registered_model_alias("m", "champion", version.version)
        loaded = mlflow.pyfunc.load_model("models:/m@champion")
        uri = plain(client.get_model_version_download_uri("m", version.version))
        source, of_run = plain(version.source), version.run_id == made["run"]
        known = model_shown(mlflow.get_logged_model(made["model"]))
        return [loaded.predict(X).tolist(), uri, source, of_run, known, str(version.version)]

    @step
    def it_is_registered_as_it_is_logged() -> Any:
        with mlflow.start_run():
            mlflow.sklearn.log_model(
                fitted, name="second", registered_model_name="m", pip_requirements=["scikit-learn"]
            )
        latest = mlflow.sklearn.load_model("models:/m/latest")
        copied = client.copy_model_version("models:/m/1", "staged")
        return [latest.predict(X).tolist(), copied.version, mlflow.sklearn.load_model("models:/staged/1").C]

    @step
    def a_run_address_leads_to_the_model() -> Any:
        version = mlflow.register_model(f"runs:/{made['run']}/clf", "by_run")
        return [
            mlflow.sklearn.load_model(f"runs:/{made['run']}/clf").C,
            plain(version.source),
            version.run_id == made["run"],
        ]

    @step
    def training_is_logged_by_itself() -> Any:
        mlflow.sklearn.autolog()
        try:
            with mlflow.start_run() as run:
                LogisticRegression(C=2.0).fit(X, Y)
        finally:
            mlflow.sklearn.autolog(disable=True)
        kept = client.get_run(run.info.run_id)
        model = mlflow.get_logged_model(kept.outputs.model_outputs[0].model_id)
        inputs = [[one.dataset.name, one.tags[0].value] for one in kept.inputs.dataset_inputs]
        shown = [name for name in model_shown(model)[-1] if name[0] == "training_accuracy_score"]
        loaded = mlflow.sklearn.load_model(f"models:/{model.model_id}")
        return [kept.data.params, sorted(kept.data.metrics), inputs, shown, loaded.C, kept.data.tags["estimator_name"]]

    @step
    def models_are_created_by_hand() -> Any:
        names = []
        for n, name in enumerate(("alpha", "beta", "gamma")):
            one = mlflow.create_external_model(name=name, params={"depth": str(n)}, tags={"kind": "external"})
            names.append(one.model_id)
            if n < 2:
                client.log_batch(
                    made["run"],
                    [
                        Metric("f1", n / 2, 10, 0, model_id=one.model_id, dataset_name="ds", dataset_digest="d1"),
                        Metric(
                            "f1", 1 - n / 2, 20, 1, model_id=one.model_id, dataset_name="other", dataset_digest="d2"
                        ),
                    ],
                )
        made["beta"] = names[1]
        return [model_shown(mlflow.get_logged_model(one)) for one in names]

    @step
    def models_are_searched() -> Any:
        def names(filter_string: str | None = None, **more: Any) -> list[str]:
            found = mlflow.search_logged_models([experiment], filter_string, output_format="list", **more)
            return [one.name for one in found]

        by_f1 = [{"field_name": "metrics.f1", "ascending": False}]
        on = [{"dataset_name": "ds", "dataset_digest": "d1"}]
        return [
            names("name = 'beta'"),
            names("metrics.f1 > 0.6", order_by=[{"field_name": "name"}]),
            names("metrics.f1 > 0.6", datasets=on),
            names("params.depth != '0' AND tags.kind LIKE 'ext%'", order_by=[{"field_name": "name"}]),
            names("tags.kind = 'external'", order_by=by_f1),
            names("tags.kind = 'external'", order_by=[{**by_f1[0], **on[0]}]),
            names("name IN ('alpha', 'gamma')", order_by=[{"field_name": "creation_time", "ascending": True}]),
            names(f"source_run_id = '{made['run']}'"),
            names("model_type = 'none'"),
            names(max_results=2, order_by=[{"field_name": "name"}]),
            sorted(mlflow.search_logged_models([experiment]).columns)[:4],
        ]

    @step
    def pages_of_models_end() -> Any:
        page, seen = client.search_logged_models([experiment], max_results=2), []
        while True:
            seen.append(len(page))
            if not page.token:
                return seen
            page = client.search_logged_models([experiment], max_results=2, page_token=page.token)

    @step
    def bad_model_filter_is_refused() -> Any:
        client.search_logged_models([experiment], "metrics.f1 LIKE 'x'")

    @step
    def a_model_is_tagged_finished_and_deleted() -> Any:
        client.set_logged_model_tags(made["beta"], {"kind": "new", "more": "1"})
        client.delete_logged_model_tag(made["beta"], "more")
        client.log_model_params(made["beta"], {"extra": "1"})
        shown = model_shown(client.finalize_logged_model(made["beta"], LoggedModelStatus.FAILED))
        codes = []
        for work in (
            lambda: client.delete_logged_model_tag(made["beta"], "more"),
            lambda: client.delete_logged_model(made["beta"]),
            lambda: client.get_logged_model(made["beta"]),
        ):
            try:
                work()
                codes.append("")
            except MlflowException as error:
                codes.append(error.error_code)
        return [shown, codes]

    @step
    def bad_model_id_is_told() -> Any:
        client.get_logged_model("m-" + "0" * 32)

    @step
    def bad_logged_model_name_is_refused() -> Any:
        client.create_logged_model(experiment, name="a/b")

    @step
    def source_of_another_model_is_refused() -> Any:
        client.create_model_version("m", f"models:/{made['model']}", model_id="m-" + "0" * 32)

    @step
    def a_read_model_is_an_input() -> Any:
        with mlflow.start_run() as run:
            mlflow.set_active_model(model_id=made["model"])
            client.log_inputs(run.info.run_id, models=[mlflow.entities.LoggedModelInput(made["model"])])
        return [one.model_id == made["model"] for one in client.get_run(run.info.run_id).inputs.model_inputs]
