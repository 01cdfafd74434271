"""What every group of calls needs: the session's store, and what writes into a stored run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.tracking import active
from trackbook.tracking.run import ActiveRun

if TYPE_CHECKING:
    from trackbook.core.ports import Registry, Store
    from trackbook.tracking.session import Session


class Calls:
    _session: Session

    @property
    def _store(self) -> Store:
        return self._session.reading

    @property
    def registry(self) -> Registry:
        return self._store.registry

    def writer(self, run_id: str) -> ActiveRun:
        """What writes into a stored run without making it active or changing its status.  Raises `NotFound`."""
        for run in active.open_runs():
            if run.run_id == run_id:
                return run
        stored = self._store.runs.get(run_id)
        return ActiveRun(
            self._session,
            run_id=run_id,
            run_name=stored.info.run_name,
            experiment_id=stored.info.experiment_id,
            start_time=stored.info.start_time,
            params=stored.data.params,
            initial_tags=stored.data.tags,
        )
