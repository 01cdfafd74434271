"""The protocol's table.  Routes are made from it, and one day a client: nothing else knows a path."""

from __future__ import annotations

from dataclasses import dataclass

from trackbook.wire import artifacts, experiments, logged_models, metrics, registry, runs, webhooks
from trackbook.wire.messages import Message, Nothing

PREFIXES = ("/api/2.0/mlflow", "/ajax-api/2.0/mlflow")
"""Every path is there twice: for clients and for MLflow's own page."""
PROXY_PREFIXES = ("/api/2.0/mlflow-artifacts/artifacts", "/ajax-api/2.0/mlflow-artifacts/artifacts")
"""Below these files themselves travel."""
PARTS_PREFIXES = ("/api/2.0/mlflow-artifacts", "/ajax-api/2.0/mlflow-artifacts")
"""Where clients ask how to send and fetch files in parts, past the server."""
INFO_PATHS = ("/api/3.0/mlflow/server-info", "/ajax-api/3.0/mlflow/server-info")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One thing that can be asked.  `changes` is false where asking leaves everything as it was."""

    name: str
    method: str
    path: str
    """Behind each of `PREFIXES`; `{name}` in it is a field of the request."""
    request: type[Message]
    answer: type[Message] = Nothing
    changes: bool = True

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(prefix + self.path for prefix in PREFIXES)


def _ask(name: str, path: str, request: type[Message], answer: type[Message], *methods: str) -> list[Endpoint]:
    return [Endpoint(name, method, path, request, answer, changes=False) for method in methods or ("GET",)]


def _do(name: str, method: str, path: str, request: type[Message], answer: type[Message] = Nothing) -> list[Endpoint]:
    return [Endpoint(name, method, path, request, answer)]


ENDPOINTS: tuple[Endpoint, ...] = (
    *_do("create_experiment", "POST", "/experiments/create", experiments.Create, experiments.Created),
    *_ask("get_experiment", "/experiments/get", experiments.One, experiments.Found),
    *_ask("get_experiment_by_name", "/experiments/get-by-name", experiments.ByName, experiments.Found),
    *_ask("search_experiments", "/experiments/search", experiments.Search, experiments.Page, "POST", "GET"),
    *_ask(
        "search_datasets",
        "/experiments/search-datasets",
        experiments.SearchDatasets,
        experiments.DatasetSummaries,
        "POST",
    ),
    *_do("update_experiment", "POST", "/experiments/update", experiments.Update),
    *_do("delete_experiment", "POST", "/experiments/delete", experiments.One),
    *_do("restore_experiment", "POST", "/experiments/restore", experiments.One),
    *_do("set_experiment_tag", "POST", "/experiments/set-experiment-tag", experiments.SetTag),
    *_do("delete_experiment_tag", "POST", "/experiments/delete-experiment-tag", experiments.DeleteTag),
    *_do("create_run", "POST", "/runs/create", runs.Create, runs.Found),
    *_ask("get_run", "/runs/get", runs.One, runs.Found),
    *_do("update_run", "POST", "/runs/update", runs.Update, runs.Updated),
    *_do("delete_run", "POST", "/runs/delete", runs.One),
    *_do("restore_run", "POST", "/runs/restore", runs.One),
    *_ask("search_runs", "/runs/search", runs.Search, runs.Page, "POST"),
    *_do("log_metric", "POST", "/runs/log-metric", runs.LogMetric),
    *_do("log_param", "POST", "/runs/log-parameter", runs.LogParam),
    *_do("log_batch", "POST", "/runs/log-batch", runs.LogBatch),
    *_do("set_tag", "POST", "/runs/set-tag", runs.SetTag),
    *_do("delete_tag", "POST", "/runs/delete-tag", runs.DeleteTag),
    *_do("log_model", "POST", "/runs/log-model", runs.LogModel),
    *_do("log_inputs", "POST", "/runs/log-inputs", runs.LogInputs),
    *_do("log_outputs", "POST", "/runs/outputs", runs.LogOutputs),
    *_ask("metric_history", "/metrics/get-history", metrics.History, metrics.Listed),
    *_ask("bulk_history", "/metrics/get-history-bulk", metrics.BulkHistory, metrics.ListedOfRuns),
    *_ask("sampled_history", "/metrics/get-history-bulk-interval", metrics.Interval, metrics.Listed),
    *_ask("list_artifacts", "/artifacts/list", artifacts.ListOfRun, artifacts.ListedOfRun),
    *_ask("search_logged_models", "/logged-models/search", logged_models.Search, logged_models.Page, "POST"),
    *_do("create_logged_model", "POST", "/logged-models", logged_models.Create, logged_models.Found),
    *_ask("get_logged_model", "/logged-models/{model_id}", logged_models.Get, logged_models.Found),
    *_do("finalize_logged_model", "PATCH", "/logged-models/{model_id}", logged_models.Finalize, logged_models.Found),
    *_do("delete_logged_model", "DELETE", "/logged-models/{model_id}", logged_models.One),
    *_do("log_logged_model_params", "POST", "/logged-models/{model_id}/params", logged_models.LogParams),
    *_do("set_logged_model_tags", "PATCH", "/logged-models/{model_id}/tags", logged_models.SetTags),
    *_do("delete_logged_model_tag", "DELETE", "/logged-models/{model_id}/tags/{tag_key:path}", logged_models.DeleteTag),
    *_ask(
        "list_logged_model_files",
        "/logged-models/{model_id}/artifacts/directories",
        logged_models.ListFiles,
        logged_models.ListedFiles,
    ),
    *_do("create_model", "POST", "/registered-models/create", registry.CreateModel, registry.FoundModel),
    *_ask("get_model", "/registered-models/get", registry.OneModel, registry.FoundModel),
    *_do("update_model", "PATCH", "/registered-models/update", registry.UpdateModel, registry.FoundModel),
    *_do("rename_model", "POST", "/registered-models/rename", registry.RenameModel, registry.FoundModel),
    *_do("delete_model", "DELETE", "/registered-models/delete", registry.OneModel),
    *_ask("search_models", "/registered-models/search", registry.SearchModels, registry.ModelPage),
    *_ask(
        "latest_versions",
        "/registered-models/get-latest-versions",
        registry.Latest,
        registry.LatestVersions,
        "POST",
        "GET",
    ),
    *_do("set_model_tag", "POST", "/registered-models/set-tag", registry.SetModelTag),
    *_do("delete_model_tag", "DELETE", "/registered-models/delete-tag", registry.DeleteModelTag),
    *_do("set_alias", "POST", "/registered-models/alias", registry.SetAlias),
    *_do("delete_alias", "DELETE", "/registered-models/alias", registry.OneAlias),
    *_ask("version_by_alias", "/registered-models/alias", registry.OneAlias, registry.FoundVersion),
    *_do("create_version", "POST", "/model-versions/create", registry.CreateVersion, registry.FoundVersion),
    *_ask("get_version", "/model-versions/get", registry.OneVersion, registry.FoundVersion),
    *_do("update_version", "PATCH", "/model-versions/update", registry.UpdateVersion, registry.FoundVersion),
    *_do("transition_version", "POST", "/model-versions/transition-stage", registry.Transition, registry.FoundVersion),
    *_do("delete_version", "DELETE", "/model-versions/delete", registry.OneVersion),
    *_ask("search_versions", "/model-versions/search", registry.SearchVersions, registry.VersionPage),
    *_ask("download_uri", "/model-versions/get-download-uri", registry.OneVersion, registry.DownloadUri),
    *_do("set_version_tag", "POST", "/model-versions/set-tag", registry.SetVersionTag),
    *_do("delete_version_tag", "DELETE", "/model-versions/delete-tag", registry.DeleteVersionTag),
    *_do("create_webhook", "POST", "/webhooks", webhooks.Create, webhooks.Found),
    *_ask("list_webhooks", "/webhooks", webhooks.List, webhooks.Page),
    *_ask("get_webhook", "/webhooks/{webhook_id}", webhooks.One, webhooks.Found),
    *_do("update_webhook", "PATCH", "/webhooks/{webhook_id}", webhooks.Update, webhooks.Found),
    *_do("delete_webhook", "DELETE", "/webhooks/{webhook_id}", webhooks.One),
    *_do("test_webhook", "POST", "/webhooks/{webhook_id}/test", webhooks.Test, webhooks.Tested),
)
