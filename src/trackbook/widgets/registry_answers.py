"""What the registry's view asks and that only reads, whoever answers: the widget in a kernel, or the Jupyter server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from trackbook.core.ports import RunQuery
from trackbook.errors import NotFound
from trackbook.widgets import files
from trackbook.widgets.heads import ExperimentNames, run_head
from trackbook.widgets.registry_payloads import AuditPage, RegistryState, RunModels, VersionDetail, VersionPage
from trackbook.widgets.registry_reading import (
    MAX_MODELS,
    MAX_VERSIONS,
    audit_page,
    registry_state,
    version_detail,
    version_page,
)

if TYPE_CHECKING:
    from trackbook.core.ports import Store

Params = Mapping[str, Any]

MOST = 1000
"""Models or versions in one answer."""
MAX_RUNS_LOOKED_AT = 40
"""The newest runs, for those that have a model to register."""


def state(store: Store, params: Params) -> RegistryState:
    """Models by name, and the open one; null for one that is gone."""
    limit = min(MOST, max(1, int(params.get("limit") or MAX_MODELS)))
    search, name = str(params.get("search") or ""), params.get("name")
    try:
        return registry_state(store, search, limit, None if name is None else str(name))
    except NotFound:
        return registry_state(store, search, limit, None)


def _versions(store: Store, params: Params) -> VersionPage:
    limit = min(MOST, max(1, int(params.get("limit") or MAX_VERSIONS)))
    return version_page(store, str(params.get("name")), limit)


def _version(store: Store, params: Params) -> VersionDetail:
    return version_detail(store, str(params.get("name")), str(params.get("version")))


def _audit(store: Store, params: Params) -> AuditPage:
    return audit_page(store, str(params.get("name")), params.get("token"))


def _runs(store: Store, _params: Params) -> list[RunModels]:
    """The newest runs that have a model."""
    names = ExperimentNames(store)
    found = []
    for run in store.runs.search(RunQuery(limit=MAX_RUNS_LOOKED_AT, columns=(), count=False)).items:
        models = files.models(store, run.info.run_id, files.listing(store, run.info.run_id))
        if models:
            head = run_head(run.info, names[run.info.experiment_id], run.data.tags)
            found.append(RunModels(run=head, paths=[one["path"] for one in models]))
    return found


RegistryAnswer = Callable[["Store", Params], Any]
OF_REGISTRY: Mapping[str, RegistryAnswer] = {
    "state": state,
    "versions": _versions,
    "version": _version,
    "audit": _audit,
    "runs": _runs,
}
"""By the request's method."""
