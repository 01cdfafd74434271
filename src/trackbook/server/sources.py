"""Where a model version's source lies.  Nothing is taken that would lead outside of what runs have stored.

MLflow's server was led by sources to files of its own machine (CVE-2023-6909 and later ones); so folders, `file:` and
everything that climbs is refused here before anything is kept.
"""

from __future__ import annotations

import re

from trackbook.core.logged_models import place_of_model
from trackbook.core.names import check_artifact_path
from trackbook.errors import InvalidValue, UnsafePath, shown
from trackbook.server.backend import SCHEME, Backend
from trackbook.server.paths import Place, climbs, place_of

_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://[^/?#]")
VERSION = re.compile(r"models:/+([^/@]+)/(\d+)\Z")
PROMPT = "dummy-source"
"""What MLflow's client gives for a prompt, which has no files."""
_OF_RUN = re.compile(r"runs:/+([^/]+)/(.+)\Z")


def location_of(backend: Backend, source: str, run_id: str = "", model_id: str = "") -> str | None:
    """Where the files of a new version lie; None where its source says so itself.

    Raises `InvalidValue` for a source that is refused, also for one of another run or logged model than these;
    `NotFound` for one of a run, logged model or version that is not there.
    """
    if climbs(source):
        raise UnsafePath(source)
    if copied := VERSION.match(source):
        found = backend.store.registry.get_version(copied[1], copied[2])
        return found.location or found.source
    place = place_named(source)
    if place is None:
        return None
    if place.is_model:
        backend.store.logged_models.get(place.owner)
        _check_owner(source, "logged model", place.owner, model_id)
    else:
        _check_owner(source, "run", place.owner, run_id)
        backend.store.runs.get(place.owner)
    return place.uri


def place_of_version(backend: Backend, name: str, version: str) -> Place | None:
    """Where a model version's files lie on this server; None for one in an object store.  Raises `NotFound`."""
    found = backend.store.registry.get_version(name, version)
    return place_named(found.location or found.source)


def place_named(source: str) -> Place | None:
    """None for the URL of an object store, and for a prompt."""
    if source == PROMPT:
        return None
    if source.startswith(SCHEME):
        return place_of(source.removeprefix(SCHEME).lstrip("/"))
    if logged := place_of_model(source):
        return Place(*logged, is_model=True)
    if of_run := _OF_RUN.match(source):
        return Place(of_run[1], check_artifact_path(of_run[2]))
    if _REMOTE.match(source) and not source.lower().startswith("file:"):
        return None
    raise InvalidValue(
        f"Invalid model version source {shown(source)}: give 'runs:/<run id>/<path>', 'models:/<name>/<version>', "
        "'models:/<model id>', an address of this server's artifacts, or the URL of an object store"
    )


def _check_owner(source: str, kind: str, owner: str, claimed: str) -> None:
    if claimed and owner != claimed:
        raise InvalidValue(f"Invalid model version source {shown(source)}: it is not of {kind} {shown(claimed)}")
