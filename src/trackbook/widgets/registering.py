"""A run's model is registered from a view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.core.names import check_artifact_path
from trackbook.errors import NotFound
from trackbook.models.registration import register
from trackbook.models.uris import RunModelUri
from trackbook.widgets import files
from trackbook.widgets.card_payloads import Registered

if TYPE_CHECKING:
    from trackbook.core.ports import Store


def register_of_run(store: Store, run_id: str, path: object, name: object, alias: object) -> Registered:
    """Register the model at this path of the run; where none is given its first.  Raises as `register` does."""
    place = _first_model(store, run_id) if path is None else check_artifact_path(path)
    uri = RunModelUri(run_id, place)
    version = register(store, str(uri), str(name or ""), alias=None if not alias else str(alias))
    return Registered(name=version.name, version=version.version, aliases=sorted(version.aliases))


def _first_model(store: Store, run_id: str) -> str:
    run = store.runs.get(run_id)
    found = files.models(store, run_id, files.listing(store, run_id))
    if not found:
        raise NotFound("model of run", run.info.run_name, "log one in it with tb.sklearn.log_model")
    return found[0]["path"]
