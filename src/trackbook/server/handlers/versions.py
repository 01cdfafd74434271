"""Versions of registered models.  Of a source in the proxy the run's own address is kept, too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from trackbook.server.backend import Backend
from trackbook.server.sources import location_of
from trackbook.wire import registry as wire
from trackbook.wire.messages import Nothing, mapping

RUNS = "runs:/"


def create(backend: Backend, asked: wire.CreateVersion) -> wire.FoundVersion:
    location = location_of(backend, asked.source, asked.run_id)
    found = backend.store.registry.create_version(
        asked.name,
        asked.source,
        asked.run_id or None,
        asked.description,
        mapping(asked.tags),
        run_link=asked.run_link,
        model_id=asked.model_id or None,
        location=location,
    )
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
    page = backend.store.registry.search_versions(
        asked.filter, asked.max_results, asked.page_token or None, asked.order_by
    )
    return wire.VersionPage(model_versions=list(map(wire.version, page)), next_page_token=page.next_page_token or "")


def download_uri(backend: Backend, asked: wire.OneVersion) -> wire.DownloadUri:
    """Where a client finds the files: in a run's artifacts, or where the source says."""
    found = backend.store.registry.get_version(asked.name, asked.version)
    location = found.location or found.source
    if not location.startswith(RUNS):
        return wire.DownloadUri(artifact_uri=location)
    run_id, _, path = location.removeprefix(RUNS).partition("/")
    root = backend.run_uri(backend.store.runs.get(run_id).info)
    return wire.DownloadUri(artifact_uri=f"{root}/{path}" if path else root)


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
