"""Versions of registered models.  Of a source in the proxy the run's own address is kept, too."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from trackbook.core.entities import ModelVersion
from trackbook.core.logged_models import VERSIONS_TAG, place_of_model
from trackbook.core.names import MAX_TAG_VALUE
from trackbook.server.backend import Backend
from trackbook.server.handlers.logging import listed
from trackbook.server.sources import VERSION, location_of
from trackbook.wire import registry as wire
from trackbook.wire.messages import Nothing, mapping

RUNS, MODELS = "runs:/", "models:/"
LATEST_CHANGE_FIRST = ("last_updated_timestamp DESC", "name ASC", "version_number DESC")
"""The genuine server's order where none is asked for."""


def create(backend: Backend, asked: wire.CreateVersion) -> wire.FoundVersion:
    location = location_of(backend, asked.source, asked.run_id, asked.model_id)
    run_id, model_id = _lineage(backend, asked, location)
    found = backend.store.registry.create_version(
        asked.name,
        asked.source,
        run_id or None,
        asked.description,
        mapping(asked.tags),
        run_link=asked.run_link,
        model_id=model_id or None,
        location=location,
    )
    if model_id:
        _note(backend, model_id, found)
    return wire.FoundVersion(model_version=wire.version(found))


def get(backend: Backend, asked: wire.OneVersion) -> wire.FoundVersion:
    found = backend.store.registry.get_version(asked.name, asked.version)
    return wire.FoundVersion(model_version=wire.version(found))


def update(backend: Backend, asked: wire.UpdateVersion) -> wire.FoundVersion:
    found = backend.store.registry.update_version(asked.name, asked.version, asked.description)
    return wire.FoundVersion(model_version=wire.version(found))


def transition(backend: Backend, asked: wire.Transition) -> wire.FoundVersion:
    found = backend.store.registry.transition(asked.name, asked.version, asked.stage, asked.archive_existing_versions)
    return wire.FoundVersion(model_version=wire.version(found))


def delete(backend: Backend, asked: wire.OneVersion) -> Nothing:
    backend.store.registry.delete_version(asked.name, asked.version)
    return Nothing()


def search(backend: Backend, asked: wire.SearchVersions) -> wire.VersionPage:
    order = asked.order_by or LATEST_CHANGE_FIRST
    page = backend.store.registry.search_versions(asked.filter, asked.max_results, asked.page_token or None, order)
    return wire.VersionPage(model_versions=list(map(wire.version, page)), next_page_token=page.next_page_token or "")


def download_uri(backend: Backend, asked: wire.OneVersion) -> wire.DownloadUri:
    """Where a client finds the files: in a run's artifacts, or where the source says."""
    found = backend.store.registry.get_version(asked.name, asked.version)
    location = found.location or found.source
    if place := place_of_model(location):
        root, path = backend.model_uri(backend.store.logged_models.get(place[0], deleted=True)), place[1]
    elif location.startswith(RUNS):
        run_id, _, path = location.removeprefix(RUNS).partition("/")
        root = backend.run_uri(backend.store.runs.get(run_id).info)
    else:
        return wire.DownloadUri(artifact_uri=location)
    return wire.DownloadUri(artifact_uri=f"{root}/{path}" if path else root)


def _lineage(backend: Backend, asked: wire.CreateVersion, location: str | None) -> tuple[str, str]:
    """Run and logged model that the files come from, as the request says, else as its source does."""
    if asked.source.startswith(MODELS) and (copied := VERSION.match(asked.source)):
        other = backend.store.registry.get_version(copied[1], copied[2])
        return asked.run_id or other.run_id or "", asked.model_id or other.model_id or ""
    place = place_of_model(location or "")
    model_id = asked.model_id or (place[0] if place else "")
    run_id = asked.run_id or (backend.store.logged_models.get(model_id).source_run_id if model_id else "")
    return run_id, model_id


def _note(backend: Backend, model_id: str, version: ModelVersion) -> None:
    """The logged model tells of its versions in a tag, as MLflow's server writes it: of the first, while it holds them.

    What a user has put into that tag stays; the version is there by now, whatever it says.
    """
    models = backend.store.logged_models
    known = listed(models.get(model_id).tags.get(VERSIONS_TAG, ""))
    made = {"name": version.name, "version": int(version.version)}
    text = "" if known is None or made in known else json.dumps([*known, made])
    if 0 < len(text) <= MAX_TAG_VALUE:
        models.set_tags(model_id, {VERSIONS_TAG: text})


def set_tag(backend: Backend, asked: wire.SetVersionTag) -> Nothing:
    backend.store.registry.set_version_tag(asked.name, asked.version, asked.key, asked.value)
    return Nothing()


def delete_tag(backend: Backend, asked: wire.DeleteVersionTag) -> Nothing:
    backend.store.registry.delete_version_tag(asked.name, asked.version, asked.key)
    return Nothing()


HANDLERS: Mapping[str, Callable[[Backend, Any], Any]] = {
    "create_version": create,
    "get_version": get,
    "update_version": update,
    "transition_version": transition,
    "delete_version": delete,
    "search_versions": search,
    "download_uri": download_uri,
    "set_version_tag": set_tag,
    "delete_version_tag": delete_tag,
}
