"""What is done to many runs at once from a table, each thing with the way back.

A way back is data, so that it can be kept where the table's requests are answered (a kernel), or be carried by the view
itself (a server of many workers, which keeps nothing between two requests).  The view shows it as *Undo*.
"""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from trackbook.core.entities import LifecycleStage
from trackbook.core.names import check_run_id
from trackbook.errors import InvalidState, InvalidValue, NotFound
from trackbook.widgets.table_payloads import Done, ExperimentName
from trackbook.widgets.table_query import of_ids

if TYPE_CHECKING:
    from trackbook.core.entities import Run
    from trackbook.widgets.writing import Writing

MAX_RUNS = 10_000
"""Of one action: what a table lets choose at one stroke."""
MAX_UNDO = 20
AT_ONCE = 500

Back = Mapping[str, Any]
"""`act` ("tags", "move", "trash", "restore") and what it takes."""


class Ways(Protocol):
    """Where ways back are, between an action and its undoing."""

    def keep(self, back: Back) -> str:
        """The token by which it is found again."""

    def take(self, token: str) -> Back:
        """Raises `NotFound` for what was undone before, or is too long ago."""


class Remembered:
    """Ways back in this process, for as long as the table lives; each can be gone once."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Back] = OrderedDict()

    def keep(self, back: Back) -> str:
        token = uuid.uuid4().hex
        self._kept[token] = back
        while len(self._kept) > MAX_UNDO:
            self._kept.popitem(last=False)
        return token

    def take(self, token: str) -> Back:
        back = self._kept.pop(token, None)
        if back is None:
            raise NotFound("action to undo", token)
        return back


class TableActions:
    def __init__(self, writing: Writing, ways: Ways) -> None:
        self._writing, self._ways = writing, ways

    def tag(self, run_ids: Sequence[str], key: str, value: str) -> Done:
        """Set a tag.  Raises `InvalidName`, `InvalidValue`."""
        runs = self._runs(run_ids)
        key = key.strip()
        before = {run.info.run_id: run.data.tags.get(key) for run in self._with_tags(runs)}
        self._set_tag(runs, key, dict.fromkeys(before, value))
        return self._done(f"{_count(runs)} tagged {key} = {value}", act="tags", key=key, values=before)

    def _set_tag(self, runs: Sequence[Run], key: str, values: Mapping[str, str | None]) -> None:
        for run in runs:
            self._writing.write_tags(run, {key: values.get(run.info.run_id)})
        self._writing.flush()

    def move(self, run_ids: Sequence[str], experiment: str) -> Done:
        """To an experiment, by name; made where there is none of that name.  Raises `InvalidName`."""
        runs = self._runs(run_ids)
        target = self._writing.choose_experiment(experiment)
        self._writing.reading.runs.move(_ids(runs), target.experiment_id)
        homes: dict[str, list[str]] = {}
        for run in runs:
            homes.setdefault(run.info.experiment_id, []).append(run.info.run_id)
        return self._done(f"{_count(runs)} moved to {target.name}", act="move", homes=homes)

    def _move_back(self, homes: Mapping[str, Sequence[str]]) -> str:
        for experiment_id, run_ids in homes.items():
            self._writing.reading.runs.move([check_run_id(one) for one in run_ids], experiment_id)
        return f"{_number(sum(map(len, homes.values())))} moved back"

    def trash(self, run_ids: Sequence[str]) -> Done:
        """Raises `InvalidState` for a run that is still going on."""
        runs = [run for run in self._runs(run_ids) if run.info.lifecycle_stage == LifecycleStage.ACTIVE]
        going = [run.info.run_name for run in runs if run.info.status == "RUNNING"]
        if going:
            raise InvalidState(f"{going[0]!r} is still running: end it, then move it to the trash")
        return self._done(self._delete(runs), act="restore", run_ids=_ids(runs))

    def restore(self, run_ids: Sequence[str]) -> Done:
        runs = [run for run in self._runs(run_ids) if run.info.lifecycle_stage != LifecycleStage.ACTIVE]
        return self._done(self._restore(runs), act="trash", run_ids=_ids(runs))

    def _delete(self, runs: Sequence[Run]) -> str:
        store = self._writing.reading
        for run in runs:
            store.runs.delete(run.info.run_id)
        return f"{_count(runs)} moved to the trash"

    def _restore(self, runs: Sequence[Run]) -> str:
        store = self._writing.reading
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
        store = self._writing.reading
        done = export_runs(store, (store.runs.get(run.info.run_id) for run in self._runs(run_ids)), target)
        size = target.stat().st_size / 1e6
        return Done(said=f"{done.runs} runs written to {target} ({size:.1f} MB)", undo=None)

    def undo(self, token: str) -> Done:
        """Raises `NotFound` for what was undone before, or is too long ago; `InvalidValue`."""
        back = self._ways.take(token)
        match back.get("act"):
            case "tags":
                key, values = str(back.get("key")), back.get("values") or {}
                self._set_tag(self._runs(values), key, values)
                said = f"Tag {key} is as it was"
            case "move":
                said = self._move_back(back.get("homes") or {})
            case "restore":
                said = self._restore(self._runs(back.get("run_ids") or ()))
            case "trash":
                said = self._delete(self._runs(back.get("run_ids") or ()))
            case _:
                raise InvalidValue("this is no action that was done here")
        return Done(said=said, undo=None)

    def experiments(self) -> list[ExperimentName]:
        """Where runs can be moved to, newest first."""
        found = self._writing.reading.experiments.search(limit=500).items
        return [ExperimentName(experiment_id=one.experiment_id, name=one.name) for one in found]

    def _done(self, said: str, **back: Any) -> Done:
        return Done(said=said, undo=self._ways.keep(back))

    def _runs(self, run_ids: Iterable[str]) -> list[Run]:
        """In their order; those deleted for good since are left out.  Raises `InvalidValue`."""
        wanted = list(dict.fromkeys(check_run_id(one) for one in run_ids))
        if not 0 < len(wanted) <= MAX_RUNS:
            raise InvalidValue(f"choose 1 to {MAX_RUNS:,} runs, not {len(wanted):,}")
        store, found = self._writing.reading, {}
        for start in range(0, len(wanted), AT_ONCE):
            page = store.runs.search(of_ids(wanted[start : start + AT_ONCE]))
            found.update({run.info.run_id: run for run in page.items})
        return [found[run_id] for run_id in wanted if run_id in found]

    def _with_tags(self, runs: Sequence[Run]) -> list[Run]:
        store = self._writing.reading
        return [store.runs.get(run.info.run_id) for run in runs]


def _ids(runs: Sequence[Run]) -> list[str]:
    return [run.info.run_id for run in runs]


def _count(runs: Sequence[Run]) -> str:
    return _number(len(runs))


def _number(runs: int) -> str:
    return "1 run" if runs == 1 else f"{runs:,} runs"
