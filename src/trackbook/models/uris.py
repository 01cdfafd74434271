"""Where a model lies: the names of `trackbook.core.model_uris`, and which models a run has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from trackbook.core.logged_models import place_of_model
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
from trackbook.errors import NotSupported
from trackbook.models import mlmodel
from trackbook.tracking.lookup import find_run

if TYPE_CHECKING:
    from trackbook.core.ports import Artifacts, Store

__all__ = [
    "EXPECTED",
    "LATEST",
    "ModelFiles",
    "ModelUri",
    "RegisteredModelUri",
    "RunModelUri",
    "files_of",
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


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Where a model's files are read: below `path` of what `owner`, a run or a logged model, has in `artifacts`."""

    artifacts: Artifacts
    owner: str
    path: str
    uri: str
    is_logged: bool = False

    def at(self, name: str) -> str:
        return f"{self.path}/{name}" if self.path else name


def files_of(store: Store, uri: str) -> ModelFiles:
    """As `located`, and `models:/m-<id>` is a logged model, also where a registered version was made of one.

    Raises `NotSupported` for a logged model of a server, whose files it keeps to itself.
    """
    place = place_of_model(uri) if isinstance(uri, str) else None
    if place is None and isinstance(uri, str) and uri.startswith("models:/"):
        parsed = parse(uri)
        if isinstance(parsed, RegisteredModelUri):
            place = place_of_model(version_of(store.registry, parsed).location)
    if place is None:
        source = located(store, uri)
        return ModelFiles(store.artifacts, source.run_id, source.path, str(source))
    files: Artifacts | None = getattr(store, "model_files", None)
    if files is None:
        raise NotSupported("reading a logged model", store.uri, "load it with mlflow, or the run's own model")
    model_id, path = place
    return ModelFiles(files, model_id, path, f"models:/{model_id}{f'/{path}' if path else ''}", is_logged=True)


def models_of(artifacts: Artifacts, run_id: str) -> str:
    """A sentence that says which models a run has, for a message about one that it has not."""
    tail = f"/{mlmodel.FILE_NAME}"
    paths = [file.path.removesuffix(tail) for file in walk_files(artifacts, run_id) if file.path.endswith(tail)]
    if not paths:
        return "the run has no model: log one in it with tb.sklearn.log_model"
    listed = ", ".join(f"'runs:/{run_id}/{path}'" for path in paths[:SHOWN])
    return f"the run has {listed}{' and more' if len(paths) > SHOWN else ''}"
