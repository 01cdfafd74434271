"""The record of an environment, and when it is taken anew.

Distributions are kept for as long as no folder of the import path changes (installing a package changes its folder's
time), the machine for the life of the process.  Variables, and the commits of editable installs, are asked each
time.  Equal environments give equal bytes, so that the store keeps them once.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from typing import Any

from trackbook.capture.environment.machine import Gpus, Kernel, cpu, gpus, kernel, memory_bytes
from trackbook.capture.environment.packages import Package, at_commits, read_packages
from trackbook.capture.environment.variables import relevant_variables


@dataclass(frozen=True, slots=True)
class Environment:
    python: str
    implementation: str
    executable: str
    platform: str
    machine: str
    cpu: str
    cpu_count: int | None
    memory_bytes: int | None
    packages: tuple[Package, ...] = ()
    gpus: Gpus = field(default_factory=Gpus)
    kernel: Kernel | None = None
    """The kernel spec that starts this interpreter; None outside a kernel."""
    variables: tuple[tuple[str, str], ...] = ()
    """Names and values of `variables.ALLOWED` that are set, sorted."""
    broken: tuple[str, ...] = ()
    """Distributions whose metadata could not be read in full."""


_lock = threading.Lock()
_kept: tuple[tuple[Any, ...], Environment] | None = None


def environment() -> Environment:
    """This process's environment, as it is now."""
    global _kept
    path = list(sys.path)
    key = _path_key(path)
    with _lock:
        if _kept is None or _kept[0] != key:
            _kept = (key, collect(path))
        kept = _kept[1]
    variables, found = relevant_variables(os.environ), at_commits(kept.packages)
    if variables == kept.variables and found == kept.packages:
        return kept
    return replace(kept, variables=variables, packages=found)


def collect(path: Sequence[str]) -> Environment:
    """The environment, with the distributions found on this import path."""
    found, broken = read_packages(path)
    return Environment(
        python=platform.python_version(),
        implementation=platform.python_implementation(),
        executable=sys.executable or "",
        platform=platform.platform(),
        machine=platform.machine(),
        cpu=cpu(),
        cpu_count=os.cpu_count(),
        memory_bytes=memory_bytes(),
        packages=found,
        gpus=gpus(),
        kernel=kernel(),
        variables=relevant_variables(os.environ),
        broken=broken,
    )


@lru_cache(maxsize=4)
def environment_json(environment: Environment) -> str:
    """`{"schema": 1, ...}` with the fields of `Environment`; written anew only where something changed."""
    fields = {**asdict(environment), "variables": dict(environment.variables)}
    return json.dumps({"schema": 1, **fields}, indent=1)


def _path_key(path: Sequence[str]) -> tuple[Any, ...]:
    key = []
    for entry in path:
        try:
            key.append((entry, os.stat(entry or ".").st_mtime_ns))  # noqa: PTH116 - hot, and entries are texts
        except (OSError, ValueError, TypeError):
            key.append((entry, 0))
    return tuple(key)
