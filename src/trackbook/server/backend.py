"""What every handler is given: the store, its writer, and the addresses under which clients find artifacts.

Clients are never told where files of this machine lie.  They are told `mlflow-artifacts:/<experiment>/<run>/artifacts`,
which their library turns into requests to the proxy.  An experiment with an object store of its own keeps its address.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from trackbook.core.access import Access
from trackbook.core.changing import Changing
from trackbook.core.datasets import Datasets
from trackbook.core.direct import DirectFiles
from trackbook.core.entities import Experiment, RunInfo
from trackbook.core.logged_models import LoggedModel, LoggedModels
from trackbook.core.overview import Overview
from trackbook.core.ports import Artifacts, Store
from trackbook.core.webhooks import Webhooks
from trackbook.errors import InvalidValue
from trackbook.server.webhooks.sending import Sender
from trackbook.server.writing import Writer

SCHEME = "mlflow-artifacts:"
DEFAULT_EXPERIMENT_ID = "0"


class ServedFiles(Artifacts, DirectFiles, Protocol):
    """Files that clients fetch and send here, or past the server."""


@runtime_checkable
class Served(Store, Protocol):
    """A store that can be served: with what is asked of a server and of no client."""

    @property
    def changing(self) -> Changing: ...
    @property
    def datasets(self) -> Datasets: ...
    @property
    def logged_models(self) -> LoggedModels: ...
    @property
    def artifacts(self) -> ServedFiles: ...
    @property
    def model_files(self) -> ServedFiles:
        """Of logged models, by their ids."""

    @property
    def access(self) -> Access:
        """Its users."""

    @property
    def webhooks(self) -> Webhooks: ...
    @property
    def overview(self) -> Overview: ...
    def tended(self) -> AbstractContextManager[None]:
        """Within it is served: what the database needs now and then is done beside the requests."""


@dataclass(frozen=True, slots=True)
class Backend:
    store: Served
    writer: Writer
    root: str
    """The store's own place of artifacts, as a URI."""
    sender: Sender = field(default_factory=Sender)
    """To webhooks."""

    @property
    def signs(self) -> bool:
        """Whether files lie where clients may be sent past this server."""
        return self.root.startswith(("s3://", "s3a://"))

    def experiment_uri(self, experiment: Experiment) -> str:
        return self._seen(experiment.artifact_location, experiment.experiment_id)

    def run_uri(self, info: RunInfo) -> str:
        return self._seen(info.artifact_uri, f"{info.experiment_id}/{info.run_id}/artifacts")

    def model_uri(self, model: LoggedModel) -> str:
        return self._seen(model.artifact_location, f"{model.experiment_id}/models/{model.model_id}/artifacts")

    def _seen(self, uri: str, path: str) -> str:
        if uri.startswith(f"{self.root}/"):
            return SCHEME + uri[len(self.root) :]
        return f"{SCHEME}/{path}" if uri.startswith("file:") else uri


def backend(store: Store, sender: Sender | None = None) -> Backend:
    """Opens the store: an address that cannot be used is told here, not by the first request.

    Raises `InvalidValue` for one that is itself on a server.
    """
    if not isinstance(store, Served):
        raise InvalidValue(f"{store.uri} is a server's: give --backend-store-uri a folder or a database")
    default = store.experiments.get(DEFAULT_EXPERIMENT_ID)
    root = default.artifact_location.removesuffix(f"/{DEFAULT_EXPERIMENT_ID}")
    return Backend(store, Writer(store.changing), root, sender or Sender())
