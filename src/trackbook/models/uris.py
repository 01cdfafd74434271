"""Where a model lies: the names of `trackbook.core.model_uris`, and which models a run has."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from trackbook.core.model_uris import (
    EXPECTED,
    LATEST,
    ModelUri,
    RegisteredModelUri,
    RunModelUri,
    parse,
    resolve,
    version_of,
)
from trackbook.core.ports import walk_files
from trackbook.models import mlmodel
from trackbook.tracking.lookup import find_run

if TYPE_CHECKING:
    from trackbook.core.ports import Artifacts, Store

__all__ = [
    "EXPECTED",
    "LATEST",
    "ModelUri",
    "RegisteredModelUri",
    "RunModelUri",
    "located",
    "models_of",
    "parse",
    "resolve",
    "version_of",
]

SHOWN = 10
RUNS = "runs:/"


def located(store: Store, uri: str) -> RunModelUri:
    """As `resolve`, and `runs:/<run>/<path>` takes a run's name, or the beginning of its id, as a shell does.

    Raises `NotFound`, which names the nearest names, and `InvalidValue` where several runs are meant.
    """
    if isinstance(uri, str) and uri.startswith(RUNS):
        name, _, path = uri.removeprefix(RUNS).lstrip("/").partition("/")
        if name and path:
            uri = f"{RUNS}{find_run(store, unquote(name)).info.run_id}/{path}"
    return resolve(store.registry, uri)


def models_of(artifacts: Artifacts, run_id: str) -> str:
    """A sentence that says which models a run has, for a message about one that it has not."""
    tail = f"/{mlmodel.FILE_NAME}"
    paths = [file.path.removesuffix(tail) for file in walk_files(artifacts, run_id) if file.path.endswith(tail)]
    if not paths:
        return "the run has no model: log one in it with tb.sklearn.log_model"
    listed = ", ".join(f"'runs:/{run_id}/{path}'" for path in paths[:SHOWN])
    return f"the run has {listed}{' and more' if len(paths) > SHOWN else ''}"
