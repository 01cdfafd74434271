"""Experiments.  On the wire a deleted one keeps its name, and deleting or restoring twice is an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from trackbook.core.entities import Experiment, LifecycleStage
from trackbook.errors import AlreadyExists, InvalidValue, NotFound
from trackbook.server.backend import Backend
from trackbook.wire import experiments as wire
from trackbook.wire.messages import Nothing, mapping

OBJECT_STORES = ("s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oci", "oss")
"""Schemes whose addresses name a bucket, and no host that the server would connect to."""


def create(backend: Backend, asked: wire.Create) -> wire.Created:
    holder = backend.store.experiments.get_by_name(asked.name)
    if holder is not None:
        raise AlreadyExists("experiment", asked.name, _remedy(holder))
    location = own_location(asked.artifact_location, backend.root)
    return wire.Created(experiment_id=backend.store.experiments.create(asked.name, location, mapping(asked.tags)))


def get(backend: Backend, asked: wire.One) -> wire.Found:
    return _found(backend, backend.store.experiments.get(asked.experiment_id))


def get_by_name(backend: Backend, asked: wire.ByName) -> wire.Found:
    found = backend.store.experiments.get_by_name(asked.experiment_name)
    if found is None:
        raise NotFound("experiment", asked.experiment_name)
    return _found(backend, found)


def search(backend: Backend, asked: wire.Search) -> wire.Page:
    page = backend.store.experiments.search(
        asked.filter, asked.order_by, asked.view_type, asked.max_results, asked.page_token or None
    )
    found = [wire.experiment(one, backend.experiment_uri(one)) for one in page]
    return wire.Page(experiments=found, next_page_token=page.next_page_token or "")


def search_datasets(backend: Backend, asked: wire.SearchDatasets) -> wire.DatasetSummaries:
    found = backend.store.datasets.summaries(asked.experiment_ids)
    summaries = [
        wire.DatasetSummary(experiment_id=one.experiment_id, name=one.name, digest=one.digest, context=one.context)
        for one in found
    ]
    return wire.DatasetSummaries(dataset_summaries=summaries)


def update(backend: Backend, asked: wire.Update) -> Nothing:
    backend.store.experiments.rename(asked.experiment_id, asked.new_name)
    return Nothing()


def delete(backend: Backend, asked: wire.One) -> Nothing:
    _in_stage(backend, asked.experiment_id, LifecycleStage.ACTIVE)
    backend.store.experiments.delete(asked.experiment_id)
    return Nothing()


def restore(backend: Backend, asked: wire.One) -> Nothing:
    _in_stage(backend, asked.experiment_id, LifecycleStage.DELETED)
    backend.store.experiments.restore(asked.experiment_id)
    return Nothing()


def set_tag(backend: Backend, asked: wire.SetTag) -> Nothing:
    if backend.store.experiments.get(asked.experiment_id).lifecycle_stage != LifecycleStage.ACTIVE:
        raise InvalidValue(f"The experiment {asked.experiment_id} must be in the 'active' state.")
    backend.store.experiments.set_tag(asked.experiment_id, asked.key, asked.value)
    return Nothing()


def delete_tag(backend: Backend, asked: wire.DeleteTag) -> Nothing:
    backend.store.experiments.delete_tag(asked.experiment_id, asked.key)
    return Nothing()


def _found(backend: Backend, found: Experiment) -> wire.Found:
    return wire.Found(experiment=wire.experiment(found, backend.experiment_uri(found)))


def _in_stage(backend: Backend, experiment_id: str, stage: LifecycleStage) -> None:
    if backend.store.experiments.get(experiment_id).lifecycle_stage != stage:
        raise NotFound(f"{stage} experiment", experiment_id)


def _remedy(holder: Experiment) -> str:
    if holder.lifecycle_stage == LifecycleStage.DELETED:
        return "it is deleted, and keeps its name: restore it, or choose another name"
    return "choose another name"


def own_location(location: str, root: str) -> str | None:
    """A bucket of its own.  Whoever names a folder of the server's machine, or a host that it reaches and they do not,
    would read and write there through the proxy; and a place within `root`, the server's own, is other experiments'.
    Names of runs are added to it, so it ends with a path: behind a query all runs would have one place.
    """
    if not location:
        return None
    scheme, _, place = location.partition("://")
    of_server = root.partition("://")[2]
    has_query = any(one in place for one in "?#")
    if scheme.lower() not in OBJECT_STORES or has_query or _overlap(place.rstrip("/"), of_server):
        raise InvalidValue(
            f"artifact_location {location!r} is refused: leave it out, and the server keeps the files, or give the URL "
            "of an object store that clients reach (s3://, gs://, az://), without ? and # and outside of the server's "
            "own place"
        )
    return location


def _overlap(one: str, other: str) -> bool:
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")


HANDLERS: Mapping[str, Callable[[Backend, Any], Any]] = {
    "create_experiment": create,
    "get_experiment": get,
    "get_experiment_by_name": get_by_name,
    "search_experiments": search,
    "search_datasets": search_datasets,
    "update_experiment": update,
    "delete_experiment": delete,
    "restore_experiment": restore,
    "set_experiment_tag": set_tag,
    "delete_experiment_tag": delete_tag,
}
