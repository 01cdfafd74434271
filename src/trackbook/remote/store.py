"""The store at an `http://` address: what answers there is found out by the first call, not before.

A trackbook server says in `server-info` that it takes calls of the ports; every other one is spoken to in MLflow's
protocol alone.
"""

from __future__ import annotations

import threading

import msgspec

from trackbook.core.ports import Artifacts, Cells, Experiments, Metrics, Recording, Registry, Runs, Store, Trash
from trackbook.errors import InvalidValue, NotFound, NotSupported
from trackbook.remote.link import Link
from trackbook.wire.calls import INFO_KEY, VERSION
from trackbook.wire.endpoints import INFO_PATHS


class RemoteStore:
    """Opening it costs nothing; every port raises `StoreAway` as long as nothing answers."""

    def __init__(self, address: str) -> None:
        self._link = Link(address)
        self.uri = self._link.address
        self._lock = threading.Lock()
        self._found: Store | None = None

    @property
    def behind(self) -> Store:
        """What answers.  Raises `StoreAway`, `ServerRefused`."""
        found = self._found
        if found is None:
            calls = self._calls()
            with self._lock:
                found = self._found = self._found or self._made(calls)
        return found

    @property
    def experiments(self) -> Experiments:
        return self.behind.experiments

    @property
    def runs(self) -> Runs:
        return self.behind.runs

    @property
    def metrics(self) -> Metrics:
        return self.behind.metrics

    @property
    def cells(self) -> Cells:
        return self.behind.cells

    @property
    def recording(self) -> Recording:
        return self.behind.recording

    @property
    def registry(self) -> Registry:
        return self.behind.registry

    @property
    def artifacts(self) -> Artifacts:
        return self.behind.artifacts

    @property
    def trash(self) -> Trash:
        return self.behind.trash

    @property
    def is_silent(self) -> bool:
        return self._link.is_silent

    @property
    def is_moving(self) -> bool:
        return self._link.is_moving

    def close(self) -> None:
        """Close the connections; the next call opens them again."""
        self._link.close()

    def _calls(self) -> int:
        """The version of calls that the server takes; 0 for none."""
        try:
            answer = self._link.request("GET", INFO_PATHS[0], again=True)
            info = msgspec.json.decode(answer.content)
        except (NotFound, NotSupported, InvalidValue, msgspec.DecodeError):
            return 0  # an MLflow server that does not tell what it can
        number = info.get(INFO_KEY, 0) if isinstance(info, dict) else 0
        return number if isinstance(number, int) else 0

    def _made(self, calls: int) -> Store:
        if calls >= VERSION:
            from trackbook.remote.ours import OurStore

            return OurStore(self._link)
        from trackbook.remote.theirs.store import TheirStore

        return TheirStore(self._link)


def _fits(store: RemoteStore) -> Store:
    return store
