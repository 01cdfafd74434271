"""What views change runs by: the session of a kernel, or whoever else answers for a store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from trackbook.tracking import active
from trackbook.tracking.run import ActiveRun

if TYPE_CHECKING:
    from trackbook.core.entities import Experiment, Run
    from trackbook.core.ports import Store
    from trackbook.tracking.session import Session


class Writing(Protocol):
    @property
    def reading(self) -> Store:
        """Caught up with what was written."""

    def write_tags(self, run: Run, values: Mapping[str, str | None]) -> None:
        """Set these tags, and take away those whose value is None.  Raises `InvalidName`, `InvalidValue`.

        It is in the store once this is flushed.
        """

    def flush(self) -> object: ...

    def choose_experiment(self, name: str) -> Experiment:
        """The experiment of this name, made where there is none.  Raises `InvalidName`."""


class SessionWriting:
    """Of runs that may be open in this process, ended long ago, or another process's."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.flush = session.flush
        self.choose_experiment = session.choose_experiment

    @property
    def reading(self) -> Store:
        return self._session.reading

    def write_tags(self, run: Run, values: Mapping[str, str | None]) -> None:
        run_id = run.info.run_id
        writer = {one.run_id: one for one in active.open_runs()}.get(run_id) or ActiveRun(
            self._session,
            run_id=run_id,
            run_name=run.info.run_name,
            experiment_id=run.info.experiment_id,
            start_time=run.info.start_time,
            params=run.data.params,
            initial_tags={**run.data.tags, **dict.fromkeys(values, "")},  # they may have been set a moment ago
        )
        for key, value in values.items():
            if value is None:
                writer.delete_tag(key)
        given = {key: value for key, value in values.items() if value is not None}
        if given:
            writer.set_tags(given)
