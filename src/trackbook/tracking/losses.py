"""Saying with each run what of it a journal had to drop."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from trackbook.core.events import TagsSet
from trackbook.core.tags import WARNINGS
from trackbook.tracking import active
from trackbook.tracking.notes import Notes

if TYPE_CHECKING:
    from trackbook.core.ports import Store
    from trackbook.journal.writer import Journal


def tell_losses(journal: Journal, store_factory: Callable[[], Store], *, final: bool = False) -> None:
    """By the open run itself; of one that has ended by a tag."""
    for run_id, sentence in journal.losses(final=final):
        run = next((run for run in active.open_runs() if run.run_id == run_id), None)
        if run is not None:
            run.warn(sentence)
        elif run_id:
            text = Notes(_warnings_of(run_id, store_factory)).add(sentence)
            if text is not None:
                journal.append(TagsSet(run_id, {WARNINGS: text}))


def _warnings_of(run_id: str, store_factory: Callable[[], Store]) -> str:
    """What the store already keeps with a run that is not open here."""
    try:
        return store_factory().runs.get(run_id).data.tags.get(WARNINGS, "")
    except Exception:  # noqa: BLE001 - the store is away: the loss is said all the same
        return ""
