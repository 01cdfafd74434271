"""Listings: a run's artifacts; logged models, of which there are none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from trackbook.server.backend import Backend
from trackbook.wire import artifacts as wire
from trackbook.wire import logged_models


def list_of_run(backend: Backend, asked: wire.ListOfRun) -> wire.ListedOfRun:
    info = backend.store.runs.get(asked.run).info
    files = [wire.file(one) for one in backend.store.artifacts.list(asked.run, asked.path)]
    return wire.ListedOfRun(root_uri=backend.run_uri(info), files=files)


def search_logged_models(backend: Backend, asked: logged_models.Search) -> logged_models.Page:
    """None.  Every client asks before it reads a `runs:/` address, and looks among the run's artifacts then."""
    del backend, asked
    return logged_models.Page()


HANDLERS: Mapping[str, Callable[[Backend, Any], Any]] = {
    "list_artifacts": list_of_run,
    "search_logged_models": search_logged_models,
}
