"""`TrackbookClient`: MLflow's `MlflowClient` over the same ports, for code that names its run in every call.

What it writes goes through the journal like everything else and is in the store before the next read of this process.
Not there, since trackbook has no such things: logged models apart from runs, prompts, traces, webhooks, workspaces.
"""

from __future__ import annotations

from trackbook.tracking.calls.artifacts import ArtifactCalls
from trackbook.tracking.calls.experiments import ExperimentCalls
from trackbook.tracking.calls.registry import RegistryCalls
from trackbook.tracking.calls.runs import RunCalls
from trackbook.tracking.session import current_session, open_session


class TrackbookClient(ExperimentCalls, RunCalls, ArtifactCalls, RegistryCalls):
    """Runs, experiments, metric histories, artifacts and the registry of one store."""

    def __init__(self, tracking_uri: str | None = None, registry_uri: str | None = None) -> None:
        del registry_uri  # one store keeps both
        self._session = open_session(tracking_uri=tracking_uri) if tracking_uri else current_session()

    @property
    def tracking_uri(self) -> str:
        return self._session.settings.tracking_uri


MlflowClient = TrackbookClient
"""So that `mlflow.MlflowClient()` goes on after `import trackbook as mlflow`."""
