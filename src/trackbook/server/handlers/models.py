"""Registered models, their tags and aliases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from trackbook.core.entities import ModelVersion
from trackbook.core.model_uris import LATEST
from trackbook.errors import InvalidValue, NotFound
from trackbook.server.backend import Backend
from trackbook.wire import registry as wire
from trackbook.wire.messages import Nothing, mapping


def create(backend: Backend, asked: wire.CreateModel) -> wire.FoundModel:
    model = backend.store.registry.create_model(asked.name, asked.description, mapping(asked.tags))
    return wire.FoundModel(registered_model=wire.model(model))


def get(backend: Backend, asked: wire.OneModel) -> wire.FoundModel:
    return wire.FoundModel(registered_model=wire.model(backend.store.registry.get_model(asked.name)))


def update(backend: Backend, asked: wire.UpdateModel) -> wire.FoundModel:
    model = backend.store.registry.update_model(asked.name, asked.description)
    return wire.FoundModel(registered_model=wire.model(model))


def rename(backend: Backend, asked: wire.RenameModel) -> wire.FoundModel:
    model = backend.store.registry.rename_model(asked.name, asked.new_name)
    return wire.FoundModel(registered_model=wire.model(model))


def delete(backend: Backend, asked: wire.OneModel) -> Nothing:
    backend.store.registry.delete_model(asked.name)
    return Nothing()


def search(backend: Backend, asked: wire.SearchModels) -> wire.ModelPage:
    page = backend.store.registry.search_models(
        asked.filter, asked.max_results, asked.page_token or None, asked.order_by
    )
    return wire.ModelPage(registered_models=list(map(wire.model, page)), next_page_token=page.next_page_token or "")


def latest(backend: Backend, asked: wire.Latest) -> wire.LatestVersions:
    found = backend.store.registry.latest_versions(asked.name, asked.stages)
    return wire.LatestVersions(model_versions=list(map(wire.version, found)))


def set_tag(backend: Backend, asked: wire.SetModelTag) -> Nothing:
    backend.store.registry.set_model_tag(asked.name, asked.key, asked.value)
    return Nothing()


def delete_tag(backend: Backend, asked: wire.DeleteModelTag) -> Nothing:
    backend.store.registry.delete_model_tag(asked.name, asked.key)
    return Nothing()


def set_alias(backend: Backend, asked: wire.SetAlias) -> Nothing:
    backend.store.registry.set_alias(asked.name, asked.alias, asked.version)
    return Nothing()


def delete_alias(backend: Backend, asked: wire.OneAlias) -> Nothing:
    backend.store.registry.delete_alias(asked.name, asked.alias)
    return Nothing()


def by_alias(backend: Backend, asked: wire.OneAlias) -> wire.FoundVersion:
    try:
        found = _aliased(backend, asked)
    except NotFound as error:
        if error.kind == "alias":
            raise InvalidValue(str(error)) from None  # the genuine server's code for an alias that is not set
        raise
    return wire.FoundVersion(model_version=wire.version(found))


def _aliased(backend: Backend, asked: wire.OneAlias) -> ModelVersion:
    """As on the genuine server each model has an alias `latest`, which cannot be set."""
    if asked.alias.lower() == LATEST:
        return backend.store.registry.latest_version(asked.name)
    return backend.store.registry.get_version_by_alias(asked.name, asked.alias)


HANDLERS: Mapping[str, Callable[[Backend, Any], Any]] = {
    "create_model": create,
    "get_model": get,
    "update_model": update,
    "rename_model": rename,
    "delete_model": delete,
    "search_models": search,
    "latest_versions": latest,
    "set_model_tag": set_tag,
    "delete_model_tag": delete_tag,
    "set_alias": set_alias,
    "delete_alias": delete_alias,
    "version_by_alias": by_alias,
}
