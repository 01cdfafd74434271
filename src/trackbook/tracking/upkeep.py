"""MLflow's fluent functions that look after runs and experiments instead of logging into the active run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from trackbook.tracking.client import TrackbookClient
from trackbook.tracking.session import current_session

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from trackbook.core.entities import ModelVersion, Page, RegisteredModel, Run

PAGE = 1000


def delete_experiment(experiment_id: str) -> None:
    """Put an experiment into the trash, with its runs; its name can be used again."""
    TrackbookClient().delete_experiment(experiment_id)


def restore_experiment(experiment_id: str) -> None:
    """Take an experiment out of the trash, with the runs that went with it.  Raises `AlreadyExists`."""
    TrackbookClient().restore_experiment(experiment_id)


def restore_run(run_id: str) -> None:
    """Take a run out of the trash."""
    TrackbookClient().restore_run(run_id)


def move_runs(run_ids: Sequence[str], experiment_id: str) -> None:
    """Ours: move runs to another experiment; their artifacts stay where they are."""
    TrackbookClient().move_runs(run_ids, experiment_id)


def set_experiment_tags(tags: Mapping[str, Any]) -> None:
    """Set tags of the active experiment."""
    for key, value in tags.items():
        TrackbookClient().set_experiment_tag(_experiment_id(), key, value)


def delete_experiment_tag(key: str) -> None:
    """Raises `NotFound` where the active experiment has no such tag."""
    TrackbookClient().delete_experiment_tag(_experiment_id(), key)


def get_parent_run(run_id: str) -> Run | None:
    """The run that this one is nested in."""
    return TrackbookClient().get_parent_run(run_id)


def load_table(
    artifact_file: str, run_ids: Sequence[str] | None = None, extra_columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """The tables of this name of the active experiment's runs, one below the other."""
    return TrackbookClient().load_table(_experiment_id(), artifact_file, run_ids, extra_columns)


def search_registered_models(
    max_results: int | None = None, filter_string: str | None = None, order_by: Sequence[str] | None = None
) -> list[RegisteredModel]:
    """Registered models that match, by name."""
    client = TrackbookClient()
    return _all(
        lambda limit, token: client.search_registered_models(filter_string, limit, order_by, token), max_results
    )


def search_model_versions(
    max_results: int | None = None, filter_string: str | None = None, order_by: Sequence[str] | None = None
) -> list[ModelVersion]:
    """Model versions that match, newest first."""
    client = TrackbookClient()
    return _all(lambda limit, token: client.search_model_versions(filter_string, limit, order_by, token), max_results)


def set_model_version_tag(name: str, version: str | None = None, key: str | None = None, value: Any = None) -> None:
    TrackbookClient().set_model_version_tag(name, version, key, value)


def set_registry_uri(uri: str) -> None:
    """Nothing, for the address where runs are kept; raises `InvalidValue` for another: one store keeps both."""
    from trackbook.errors import InvalidValue

    if str(uri) not in ("", get_registry_uri()):
        here = get_registry_uri()
        raise InvalidValue(f"models are registered where runs are kept ({here}): use tb.set_tracking_uri()")


def get_registry_uri() -> str:
    return current_session().settings.tracking_uri


def is_tracking_uri_set() -> bool:
    """Whether a variable names the place; otherwise it is the project's own."""
    return any(os.environ.get(name) for name in ("TRACKBOOK_TRACKING_URI", "MLFLOW_TRACKING_URI"))


def flush_async_logging() -> None:
    """MLflow's name for `flush`."""
    current_session().flush()


def flush_artifact_async_logging() -> None:
    """MLflow's name for `flush`."""
    current_session().flush()


def _experiment_id() -> str:
    return current_session().default_experiment().experiment_id


def _all(page_of: Callable[[int, str | None], Page[Any]], most: int | None) -> list[Any]:
    found: list[Any] = []
    token = None
    while most is None or len(found) < most:
        page = page_of(PAGE if most is None else min(PAGE, most - len(found)), token)
        found += page.items
        token = page.next_page_token
        if token is None:
            break
    return found
