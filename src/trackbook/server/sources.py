"""Where a model version's source lies.  Nothing is taken that would lead outside of what runs have stored.

MLflow's server was led by sources to files of its own machine (CVE-2023-6909 and later ones); so folders, `file:` and
everything that climbs is refused here before anything is kept.
"""

from __future__ import annotations

import re

from trackbook.core.names import check_artifact_path
from trackbook.errors import InvalidValue, UnsafePath, shown
from trackbook.server.backend import SCHEME, Backend
from trackbook.server.paths import climbs, place_of

_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://[^/?#]")
_VERSION = re.compile(r"models:/+([^/@]+)/(\d+)\Z")
_OF_RUN = re.compile(r"runs:/+([^/]+)/(.+)\Z")


def location_of(backend: Backend, source: str, run_id: str = "") -> str | None:
    """Where the files of a new version lie; None where its source says so itself.

    Raises `InvalidValue` for a source that is refused, `NotFound` for one of a run or version that is not there.
    """
    if climbs(source):
        raise UnsafePath(source)
    if copied := _VERSION.match(source):
        found = backend.store.registry.get_version(copied[1], copied[2])
        return found.location or found.source
    if source.startswith(SCHEME):
        owner, path = place_of(source.removeprefix(SCHEME).lstrip("/"))
    elif of_run := _OF_RUN.match(source):
        owner, path = of_run[1], check_artifact_path(of_run[2])
    elif _REMOTE.match(source) and not source.lower().startswith("file:"):
        return None
    else:
        raise InvalidValue(
            f"Invalid model version source {shown(source)}: give 'runs:/<run id>/<path>', 'models:/<name>/<version>', "
            "an address of this server's artifacts, or the URL of an object store"
        )
    if run_id and owner != run_id:
        raise InvalidValue(f"Invalid model version source {shown(source)}: it is not of run {shown(run_id)}")
    return f"runs:/{backend.store.runs.get(owner).info.run_id}/{path}"
