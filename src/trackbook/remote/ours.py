"""A trackbook server: every method of the ports is a call, but for files, which travel as bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from trackbook.core.entities import FileInfo
from trackbook.core.names import check_artifact_path
from trackbook.core.ports import Cells, Experiments, Metrics, Recording, Registry, Runs, Store, Trash
from trackbook.remote.link import Link
from trackbook.remote.proxied import ProxiedArtifacts, below_folder
from trackbook.wire.calls import CALLS


class _Port:
    """One port on the other side; its methods are made from the table."""

    def __init__(self, link: Link, name: str) -> None:
        self._link, self._name = link, name

    def __getattr__(self, method: str) -> Callable[..., Any]:
        call = CALLS.get(f"{self._name}.{method}")
        if call is None:
            raise AttributeError(method)

        def called(*arguments: Any, **named: Any) -> Any:
            return self._link.call(call, call.bound(arguments, named))

        self.__dict__[method] = called
        return called


class OurStore:
    """The ports of a trackbook server."""

    def __init__(self, link: Link) -> None:
        self.uri = link.address
        self._link = link
        self.experiments = cast(Experiments, _Port(link, "experiments"))
        self.runs = cast(Runs, _Port(link, "runs"))
        self.metrics = cast(Metrics, _Port(link, "metrics"))
        self.cells = cast(Cells, _Port(link, "cells"))
        self.recording = cast(Recording, _Port(link, "recording"))
        self.registry = cast(Registry, _Port(link, "registry"))
        self.trash = cast(Trash, _Port(link, "trash"))
        self.artifacts = OurArtifacts(link)

    def close(self) -> None:
        self._link.close()


class OurArtifacts(ProxiedArtifacts):
    """Listings and digests come from the server, which knows them."""

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._port: Any = _Port(link, "artifacts")

    def list(self, run_id: str, path: str = "") -> Sequence[FileInfo]:
        folder = check_artifact_path(path)
        return below_folder(self._port.list(run_id, folder), folder)

    def digest(self, run_id: str, path: str) -> str:
        return str(self._port.digest(run_id, check_artifact_path(path)))

    def delete(self, run_id: str, path: str = "") -> int:
        return int(self._port.delete(run_id, check_artifact_path(path)))

    def uri(self, run_id: str, path: str = "") -> str:
        return str(self._port.uri(run_id, check_artifact_path(path)))

    def _digest_to_be(self, run_id: str, path: str) -> str | None:
        return self.digest(run_id, path)


def _fits(store: OurStore) -> Store:
    return store
