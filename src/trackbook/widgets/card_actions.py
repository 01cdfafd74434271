"""What a card lets its reader do with the run: edit name, note and tags, make it the baseline, trash and stop it."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

from trackbook.core import tags
from trackbook.core.entities import LifecycleStage
from trackbook.core.names import check_key, check_run_id, check_run_name
from trackbook.core.ports import RunQuery
from trackbook.errors import InvalidState, InvalidValue, NotFound, shown
from trackbook.tracking import active
from trackbook.widgets.card_payloads import Edited
from trackbook.widgets.texts import shorten

if TYPE_CHECKING:
    from trackbook.core.entities import Run
    from trackbook.widgets.writing import Writing

MAX_MARKED = 100
"""Baselines of one experiment that are unmarked at one stroke; there should be one."""


class CardActions:
    """Of one run.  Each returns when the store has it."""

    def __init__(self, writing: Writing, run_id: str) -> None:
        self._writing = writing
        self._run_id = run_id

    def edit(self, what: object, key: object, value: object, before: object) -> Edited:
        """Write a name, note or tag, unless it is another by now than what its writer saw `before`.

        A value of None takes a note or tag away.  Raises `InvalidName`, `InvalidValue`.
        """
        place = self._place(what, key)
        if value is not None and not isinstance(value, str):
            raise InvalidValue(f"{place} is text, not {shown(value)}")
        if place == tags.RUN_NAME:
            value = check_run_name((value or "").strip() or None)
        run = self._run()
        now = run.info.run_name if place == tags.RUN_NAME else run.data.tags.get(place)
        seen = str(before or "")
        if (now or "") not in (seen, value or "") and shorten(now or "") != seen:
            return Edited(saved=False, value=now)
        if (now or "") != (value or ""):
            self._writing.write_tags(run, {place: value or None})
            self._writing.flush()
        return Edited(saved=True, value=value)

    def _place(self, what: object, key: object) -> str:
        places = {"name": tags.RUN_NAME, "note": tags.NOTE}
        if what in places:
            return places[str(what)]
        place = check_key("tag", str(key or "").strip())
        if tags.is_system(place):
            raise InvalidValue(f"tag {shown(place)} is kept by trackbook itself: choose another name")
        return place

    def make_baseline(self, run_id: object) -> str | None:
        """Make a run the only baseline of this one's experiment, or, with None, have none; tells what it was before."""
        chosen = None if run_id is None else check_run_id(run_id)
        run = self._run()
        query = RunQuery([run.info.experiment_id], f"tags.`{tags.BASELINE}` = 'true'", limit=MAX_MARKED, count=False)
        marked = list(self._writing.reading.runs.search(query).items)
        for one in marked:
            if one.info.run_id != chosen:
                self._writing.write_tags(self._get(one.info.run_id), {tags.BASELINE: None})
        if chosen is not None and chosen not in {one.info.run_id for one in marked}:
            self._writing.write_tags(self._get(chosen), {tags.BASELINE: "true"})
        self._writing.flush()
        return marked[0].info.run_id if marked else None

    def trash(self) -> None:
        """Raises `InvalidState` for a run that is still going on."""
        run = self._run()
        if run.info.status == "RUNNING":
            raise InvalidState("the run is still going on: stop it, then move it to the trash")
        if run.info.lifecycle_stage == LifecycleStage.ACTIVE:
            self._writing.reading.runs.delete(self._run_id)

    def restore(self) -> None:
        if self._run().info.lifecycle_stage != LifecycleStage.ACTIVE:
            self._writing.reading.runs.restore(self._run_id)

    def stop(self) -> None:
        """Interrupt the cell whose run this is, as the notebook's own stop button does.

        It comes on a thread of its own while the cell computes, or, where the kernel reads no messages meanwhile, when
        the cell is over: then nothing is interrupted.  Raises `InvalidState` where there is nothing to interrupt.
        """
        run = {one.run_id: one for one in active.open_runs()}.get(self._run_id)
        if run is None:
            raise InvalidState("the run does not go on in this kernel: it has ended, or another process has it")
        if not run.in_cell:
            raise InvalidState("no cell is at work on this run: end it with tb.end_run()")
        main = threading.main_thread().ident
        if main is not None and hasattr(signal, "pthread_kill"):
            signal.pthread_kill(main, signal.SIGINT)  # wakes a wait of the main thread, too
        else:
            signal.raise_signal(signal.SIGINT)

    def _run(self) -> Run:
        self._writing.flush()
        return self._get(self._run_id)

    def _get(self, run_id: str) -> Run:
        try:
            return self._writing.reading.runs.get(run_id)
        except NotFound:
            raise NotFound("run", run_id, "it was deleted for good") from None
