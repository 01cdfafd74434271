"""The ports themselves on the wire: what a trackbook client asks a trackbook server beyond MLflow's protocol.

The ports (`core.ports`) are the protocol: a call is `POST` to `/api/2.0/trackbook/<port>/<method>`, its body the
arguments by name, its answer what the method returns, both as `packing` writes them.  Client and routes are made from
this one table.  Files travel over MLflow's proxy of artifacts, so of that port only listings are here.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

from trackbook.core.ports import Artifacts, Cells, Experiments, Metrics, Recording, Registry, Runs, Trash

PREFIX = "/api/2.0/trackbook"
VERSION = 1
"""Told by `server-info` under `INFO_KEY`; it grows where an old client would misunderstand."""
INFO_KEY = "trackbook_calls"

PORTS: Mapping[str, type] = {
    "experiments": Experiments,
    "runs": Runs,
    "metrics": Metrics,
    "cells": Cells,
    "recording": Recording,
    "registry": Registry,
    "artifacts": Artifacts,
    "trash": Trash,
}
_ASKED = {
    "experiments": "get get_by_name search",
    "runs": "get search columns values keys",
    "metrics": "history curves",
    "cells": "of_run of_runs versions lines",
    "recording": "cursor",
    "registry": "get_model search_models get_version search_versions latest_version latest_versions"
    " get_version_by_alias audit requests",
    "artifacts": "list digest uri",
    "trash": "contents",
}
_DONE = {
    "experiments": "create rename delete restore set_tag delete_tag",
    "runs": "delete restore move",
    "recording": "apply forget end_abandoned",
    "registry": "create_model update_model rename_model delete_model set_model_tag delete_model_tag create_version"
    " update_version delete_version transition copy_version set_version_tag delete_version_tag set_alias delete_alias"
    " protect_model approve_request refuse_request",
    "artifacts": "delete",
    "trash": "empty empty_experiments",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One method of a port."""

    port: str
    method: str
    changes: bool
    """false where asking leaves everything as it was."""
    arguments: Mapping[str, Any]
    """Name -> annotation."""
    answer: Any
    """Annotation."""
    signature: inspect.Signature

    @property
    def name(self) -> str:
        return f"{self.port}.{self.method}"

    @property
    def path(self) -> str:
        return f"{PREFIX}/{self.port}/{self.method}"

    @property
    def repeatable(self) -> bool:
        """Whether doing it twice is as good as once: a batch is known by its cursor."""
        return not self.changes or self.port == "recording"

    @property
    def is_acted(self) -> bool:
        """Whether it changes the registry: who does it (`core.acting`) goes along, and what they know comes back."""
        return self.changes and self.port == "registry"

    def bound(self, arguments: tuple[Any, ...], named: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments by name, as the method takes them.  Raises `TypeError`."""
        return self.signature.bind(*arguments, **named).arguments


def _call(port: str, method: str, changes: bool) -> Call:
    function = getattr(PORTS[port], method)
    hints = get_type_hints(function, localns=vars(PORTS[port]) | {"list": list})
    answer = hints.pop("return", None)
    whole = inspect.signature(function)
    signature = whole.replace(parameters=list(whole.parameters.values())[1:])
    return Call(port, method, changes, hints, answer, signature)


CALLS: Mapping[str, Call] = {
    f"{port}.{method}": _call(port, method, changes)
    for table, changes in ((_ASKED, False), (_DONE, True))
    for port, methods in table.items()
    for method in methods.split()
}
