"""A store: the ports together."""

from __future__ import annotations

from typing import Protocol

from trackbook.core.ports.artifacts import Artifacts
from trackbook.core.ports.cells import Cells
from trackbook.core.ports.experiments import Experiments
from trackbook.core.ports.metrics import Metrics
from trackbook.core.ports.recording import Recording
from trackbook.core.ports.registry import Registry
from trackbook.core.ports.runs import Runs
from trackbook.core.ports.trash import Trash


class Store(Protocol):
    """A place where runs are kept."""

    @property
    def uri(self) -> str: ...
    @property
    def experiments(self) -> Experiments: ...
    @property
    def runs(self) -> Runs: ...
    @property
    def metrics(self) -> Metrics: ...
    @property
    def cells(self) -> Cells: ...
    @property
    def recording(self) -> Recording: ...
    @property
    def registry(self) -> Registry: ...
    @property
    def artifacts(self) -> Artifacts: ...
    @property
    def trash(self) -> Trash: ...

    def close(self) -> None: ...
