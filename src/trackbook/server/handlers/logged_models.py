"""Logged models: made, finished, described, found, deleted; their files are listed here and travel over the proxy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from trackbook.core.logged_models import LoggedModel, ModelOrder, ModelQuery, NewModel
from trackbook.errors import InvalidValue
from trackbook.server.backend import Backend
from trackbook.server.paths import checked
from trackbook.tracking.runnames import random_name
from trackbook.wire import artifacts as files
from trackbook.wire import logged_models as wire
from trackbook.wire.messages import Nothing, mapping


def create(backend: Backend, asked: wire.Create) -> wire.Found:
    new = NewModel(
        asked.experiment_id,
        asked.name or random_name(),
        asked.model_type,
        asked.source_run_id,
        mapping(asked.params),
        mapping(asked.tags),
    )
    return _found(backend, backend.store.logged_models.create(new))


def get(backend: Backend, asked: wire.Get) -> wire.Found:
    return _found(backend, backend.store.logged_models.get(asked.model_id, deleted=asked.allow_deleted))


def finalize(backend: Backend, asked: wire.Finalize) -> wire.Found:
    return _found(backend, backend.store.logged_models.finalize(asked.model_id, asked.stored))


def delete(backend: Backend, asked: wire.One) -> Nothing:
    backend.store.logged_models.delete(asked.model_id)
    return Nothing()


def search(backend: Backend, asked: wire.Search) -> wire.Page:
    if any(not one.dataset_name for one in asked.datasets):
        raise InvalidValue("`dataset_name` in the `datasets` clause must be specified.")
    query = ModelQuery(
        asked.experiment_ids,
        asked.filter,
        tuple((one.dataset_name, one.dataset_digest) for one in asked.datasets),
        tuple(
            ModelOrder(one.field_name, one.ascending, one.dataset_name, one.dataset_digest) for one in asked.order_by
        ),
        asked.max_results,
        asked.page_token or None,
    )
    page = backend.store.logged_models.search(query)
    found = [wire.model(one, backend.model_uri(one)) for one in page]
    return wire.Page(models=found, next_page_token=page.next_page_token or "")


def log_params(backend: Backend, asked: wire.LogParams) -> Nothing:
    backend.store.logged_models.log_params(asked.model_id, mapping(asked.params))
    return Nothing()


def set_tags(backend: Backend, asked: wire.SetTags) -> Nothing:
    backend.store.logged_models.set_tags(asked.model_id, mapping(asked.tags))
    return Nothing()


def delete_tag(backend: Backend, asked: wire.DeleteTag) -> Nothing:
    backend.store.logged_models.delete_tag(asked.model_id, asked.tag_key)
    return Nothing()


def list_files(backend: Backend, asked: wire.ListFiles) -> wire.ListedFiles:
    model = backend.store.logged_models.get(asked.model_id)
    path = asked.artifact_directory_path
    found = backend.store.model_files.list(asked.model_id, path and checked(path))
    return wire.ListedFiles(root_uri=backend.model_uri(model), files=[files.file(one) for one in found])


def _found(backend: Backend, model: LoggedModel) -> wire.Found:
    return wire.Found(model=wire.model(model, backend.model_uri(model)))


HANDLERS: Mapping[str, Callable[[Backend, Any], Any]] = {
    "create_logged_model": create,
    "get_logged_model": get,
    "finalize_logged_model": finalize,
    "delete_logged_model": delete,
    "search_logged_models": search,
    "log_logged_model_params": log_params,
    "set_logged_model_tags": set_tags,
    "delete_logged_model_tag": delete_tag,
    "list_logged_model_files": list_files,
}
