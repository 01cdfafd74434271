"""Listings of runs' artifacts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from trackbook.server.backend import Backend
from trackbook.server.paths import checked
from trackbook.wire import artifacts as wire


def list_of_run(backend: Backend, asked: wire.ListOfRun) -> wire.ListedOfRun:
    info = backend.store.runs.get(asked.run).info
    files = [wire.file(one) for one in backend.store.artifacts.list(asked.run, asked.path and checked(asked.path))]
    return wire.ListedOfRun(root_uri=backend.run_uri(info), files=files)


HANDLERS: Mapping[str, Callable[[Backend, Any], Any]] = {
    "list_artifacts": list_of_run,
}
