"""What is done to many runs at once from a table, each thing with the way back.

A way back is a function kept under a token; the view shows it as *Undo* for as long as the table lives.
"""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.core.entities import LifecycleStage
from trackbook.core.names import check_run_id
from trackbook.errors import InvalidState, InvalidValue, NotFound
from trackbook.widgets.table_payloads import Done, ExperimentName
from trackbook.widgets.table_query import of_ids
from trackbook.widgets.writing import write_tags

if TYPE_CHECKING:
    from trackbook.core.entities import Run
    from trackbook.tracking.session import Session

MAX_RUNS = 10_000
"""Of one action: what a table lets choose at one stroke."""
MAX_UNDO = 20
AT_ONCE = 500


class TableActions:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._undo: OrderedDict[str, Callable[[], str]] = OrderedDict()

    def tag(self, run_ids: Sequence[str], key: str, value: str) -> Done:
        """Set a tag.  Raises `InvalidName`, `InvalidValue`."""
        runs = self._runs(run_ids)
        key = key.strip()
        before = {run.info.run_id: run.data.tags.get(key) for run in self._with_tags(runs)}
        self._set_tag(runs, key, dict.fromkeys(before, value))
        return self._done(f"{_count(runs)} tagged {key} = {value}", lambda: self._untag(runs, key, before))

    def _untag(self, runs: Sequence[Run], key: str, before: dict[str, str | None]) -> str:
        self._set_tag(runs, key, before)
        return f"Tag {key} is as it was"

    def _set_tag(self, runs: Sequence[Run], key: str, values: dict[str, str | None]) -> None:
        for run in runs:
            write_tags(self._session, run, {key: values.get(run.info.run_id)})
        self._session.flush()

    def move(self, run_ids: Sequence[str], experiment: str) -> Done:
        """To an experiment, by name; made where there is none of that name.  Raises `InvalidName`."""
        runs = self._runs(run_ids)
        target = self._session.choose_experiment(experiment)
        self._session.reading.runs.move([run.info.run_id for run in runs], target.experiment_id)
        return self._done(f"{_count(runs)} moved to {target.name}", lambda: self._move_back(runs))

    def _move_back(self, runs: Sequence[Run]) -> str:
        homes: dict[str, list[str]] = {}
        for run in runs:
            homes.setdefault(run.info.experiment_id, []).append(run.info.run_id)
        for experiment_id, run_ids in homes.items():
            self._session.reading.runs.move(run_ids, experiment_id)
        return f"{_count(runs)} moved back"

    def trash(self, run_ids: Sequence[str]) -> Done:
        """Raises `InvalidState` for a run that is still going on."""
        runs = [run for run in self._runs(run_ids) if run.info.lifecycle_stage == LifecycleStage.ACTIVE]
        going = [run.info.run_name for run in runs if run.info.status == "RUNNING"]
        if going:
            raise InvalidState(f"{going[0]!r} is still running: end it, then move it to the trash")
        return self._done(self._delete(runs), lambda: self._restore(runs))

    def restore(self, run_ids: Sequence[str]) -> Done:
        runs = [run for run in self._runs(run_ids) if run.info.lifecycle_stage != LifecycleStage.ACTIVE]
        return self._done(self._restore(runs), lambda: self._delete(runs))

    def _delete(self, runs: Sequence[Run]) -> str:
        store = self._session.reading
        for run in runs:
            store.runs.delete(run.info.run_id)
        return f"{_count(runs)} moved to the trash"

    def _restore(self, runs: Sequence[Run]) -> str:
        store = self._session.reading
        for run in runs:
            store.runs.restore(run.info.run_id)
        return f"{_count(runs)} restored"

    def export(self, run_ids: Sequence[str]) -> Done:
        """Into an archive in the current folder, under a name that is free."""
        from trackbook.transfer.archive import export_runs

        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        target = Path(f"runs-{stamp}.trackbook.zip")
        while target.exists():
            target = Path(f"runs-{stamp}-{uuid.uuid4().hex[:4]}.trackbook.zip")
        store = self._session.reading
        done = export_runs(store, (store.runs.get(run.info.run_id) for run in self._runs(run_ids)), target)
        size = target.stat().st_size / 1e6
        return Done(said=f"{done.runs} runs written to {target} ({size:.1f} MB)", undo=None)

    def undo(self, token: str) -> Done:
        """Raises `NotFound` for what was undone before, or is too long ago."""
        back = self._undo.pop(token, None)
        if back is None:
            raise NotFound("action to undo", token)
        return Done(said=back(), undo=None)

    def experiments(self) -> list[ExperimentName]:
        """Where runs can be moved to, newest first."""
        found = self._session.reading.experiments.search(limit=500).items
        return [ExperimentName(experiment_id=one.experiment_id, name=one.name) for one in found]

    def _done(self, said: str, back: Callable[[], str]) -> Done:
        token = uuid.uuid4().hex
        self._undo[token] = back
        while len(self._undo) > MAX_UNDO:
            self._undo.popitem(last=False)
        return Done(said=said, undo=token)

    def _runs(self, run_ids: Sequence[str]) -> list[Run]:
        """In their order; those deleted for good since are left out.  Raises `InvalidValue`."""
        wanted = list(dict.fromkeys(check_run_id(one) for one in run_ids))
        if not 0 < len(wanted) <= MAX_RUNS:
            raise InvalidValue(f"choose 1 to {MAX_RUNS:,} runs, not {len(wanted):,}")
        store, found = self._session.reading, {}
        for start in range(0, len(wanted), AT_ONCE):
            page = store.runs.search(of_ids(wanted[start : start + AT_ONCE]))
            found.update({run.info.run_id: run for run in page.items})
        return [found[run_id] for run_id in wanted if run_id in found]

    def _with_tags(self, runs: Sequence[Run]) -> list[Run]:
        store = self._session.reading
        return [store.runs.get(run.info.run_id) for run in runs]


def _count(runs: Sequence[Run]) -> str:
    return "1 run" if len(runs) == 1 else f"{len(runs):,} runs"
