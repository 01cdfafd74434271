"""Files on a foreign server: by its proxy of artifacts, where it has one."""

from __future__ import annotations

from trackbook.core.names import check_artifact_path
from trackbook.core.ports import Artifacts
from trackbook.errors import NotSupported
from trackbook.remote.link import Link
from trackbook.remote.proxied import ProxiedArtifacts
from trackbook.remote.theirs.ids import Ids

SCHEME = "mlflow-artifacts:"


class TheirArtifacts(ProxiedArtifacts):
    def __init__(self, link: Link, ids: Ids) -> None:
        super().__init__(link)
        self._ids = ids

    def _root(self, run_id: str) -> str:
        place = self._ids.place(run_id)
        if not place.startswith(SCHEME):
            raise NotSupported(
                f"keeping files at {place}",
                f"the server {self._link.address}",
                "it does not take files itself: start it with --serve-artifacts and --artifacts-destination",
            )
        return place.removeprefix(SCHEME).lstrip("/")

    def uri(self, run_id: str, path: str = "") -> str:
        place, path = self._ids.place(run_id), check_artifact_path(path)
        return f"{place}/{path}" if path else place


def _fits(artifacts: TheirArtifacts) -> Artifacts:
    return artifacts
