"""trackbook: experiment tracking that lives in the notebook.  The executed cell is the run.

    %load_ext trackbook

    %%track my-experiment
    model = SVC(C=1.0).fit(X, y)
    accuracy = model.score(X_test, y_test)

Everything public is reached from here and loads on first use (PEP 562), so that `import trackbook` stays light.
"""

from __future__ import annotations

from importlib import import_module
from types import FunctionType
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "tracking.active": (
        "active_run",
        "last_active_run",
    ),
    "tracking.fluent.runs": (
        "delete_run",
        "end_run",
        "flush",
        "get_run",
        "get_tracking_uri",
        "set_tracking_uri",
        "start_run",
    ),
    "tracking.fluent.logs": (
        "delete_tag",
        "get_artifact_uri",
        "log_artifact",
        "log_artifacts",
        "log_dict",
        "log_figure",
        "log_image",
        "log_input",
        "log_inputs",
        "log_metric",
        "log_metrics",
        "log_param",
        "log_params",
        "log_stream",
        "log_table",
        "log_text",
        "set_tag",
        "set_tags",
    ),
    "tracking.fluent.experiments": (
        "create_experiment",
        "get_experiment",
        "get_experiment_by_name",
        "set_experiment",
        "set_experiment_tag",
    ),
    "tracking.fluent.searches": (
        "search_experiments",
        "search_runs",
    ),
    "tracking.upkeep": (
        "delete_experiment",
        "delete_experiment_tag",
        "flush_artifact_async_logging",
        "flush_async_logging",
        "get_parent_run",
        "get_registry_uri",
        "is_tracking_uri_set",
        "load_table",
        "move_runs",
        "restore_experiment",
        "restore_run",
        "search_model_versions",
        "search_registered_models",
        "set_experiment_tags",
        "set_model_version_tag",
        "set_registry_uri",
    ),
    "core.acting": ("change_reason",),
    "tracking.client": ("MlflowClient", "TrackbookClient"),
    "tracking.system_metrics": (
        "disable_system_metrics_logging",
        "enable_system_metrics_logging",
        "set_system_metrics_sampling_interval",
    ),
    "models.registration": ("register_model",),
    "widgets.views": ("compare", "registry", "runs"),
    "widgets.chart": ("chart",),
    "reports.notebook": ("report",),
}
_WHERE = {name: module for module, names in _HOMES.items() for name in names}
_MODULES = {
    "artifacts": "tracking.artifacts",
    "entities": "core.entities",
    "errors": "errors",
    "sklearn": "models.sklearn",
    "tracking": "tracking",
}

_AS_THEY_ARE = frozenset({"log_metric", "log_metrics", "log_param", "log_params", "set_tag", "set_tags"})
"""Functions on a training loop's path, whose warnings name the line that called them: no frame stands between."""

__all__ = sorted([*_WHERE, *_MODULES, "__version__"])


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        value: Any = import_module(f"trackbook.{_MODULES[name]}")
    elif name in _WHERE:
        value = getattr(import_module(f"trackbook.{_WHERE[name]}"), name)
        if isinstance(value, FunctionType) and name not in _AS_THEY_ARE:
            value = import_module("trackbook.core.arguments").explained(value, name, __name__)
    else:
        raise AttributeError(f"module 'trackbook' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__


def load_ipython_extension(ipython: Any) -> None:
    """`%load_ext trackbook`: the magics and the hooks."""
    from trackbook.jupyter.extension import load

    load(ipython)


def unload_ipython_extension(ipython: Any) -> None:
    """`%unload_ext trackbook`: takes both away again."""
    from trackbook.jupyter.extension import unload

    unload(ipython)


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "trackbook-lab"}]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "trackbook.jupyter.server_extension"}]
