"""Registering: a logged model becomes the next version of a registered model, under an alias if wanted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from trackbook.core.names import check_alias, check_model_name
from trackbook.errors import AlreadyExists, NotFound
from trackbook.models import mlmodel, uris
from trackbook.tracking.session import current_session

if TYPE_CHECKING:
    from trackbook.core.entities import ModelVersion
    from trackbook.core.ports import Store


def register_model(
    model_uri: str,
    name: str,
    await_registration_for: int | None = None,
    *,
    tags: Mapping[str, str] | None = None,
    alias: str | None = None,
    description: str | None = None,
) -> ModelVersion:
    """Make the model at `model_uri` the next version of the registered model `name`, which is created if needed.

    With `alias`, that alias moves to the new version, which is READY at once: `await_registration_for` is taken for
    MLflow's sake.  Raises `InvalidName`, `InvalidValue` (the URI), `NotFound`
    (no such run, or no model at that path).
    """
    return register(current_session().reading, model_uri, name, alias=alias, tags=tags, description=description or "")


def register(
    store: Store,
    model_uri: str,
    name: str,
    *,
    alias: str | None = None,
    tags: Mapping[str, str] | None = None,
    description: str = "",
) -> ModelVersion:
    """As `register_model`, in a given store that has caught up.  Everything is checked before anything is written."""
    check_model_name(name)
    if alias is not None:
        check_alias(alias)
    source = uris.resolve(store.registry, model_uri)
    store.runs.get(source.run_id)
    if not any(file.path == f"{source.path}/{mlmodel.FILE_NAME}" for file in store.artifacts.list(*_place(source))):
        raise NotFound("model", str(source), uris.models_of(store.artifacts, source.run_id))
    _ensure_model(store, name)
    version = store.registry.create_version(name, str(source), source.run_id, description, dict(tags or {}))
    if alias is None:
        return version
    store.registry.set_alias(name, alias, version.version)
    return store.registry.get_version(name, version.version)


def _place(source: uris.RunModelUri) -> tuple[str, str]:
    return source.run_id, source.path


def _ensure_model(store: Store, name: str) -> None:
    try:
        store.registry.get_model(name)
    except NotFound:
        try:
            store.registry.create_model(name)
        except AlreadyExists:  # another process was quicker
            return
