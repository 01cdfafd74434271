"""Which two runs are compared where none is selected.  Light, so that it can be told when the kernel starts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trackbook.tracking.session import Session

Finder = Callable[[], Sequence[str]]
"""Gives the ids of this notebook's newest runs, oldest first."""

_finder: Finder | None = None


def set_finder(finder: Finder | None) -> None:
    """Register who knows this notebook's runs; None takes it back."""
    global _finder
    _finder = finder


def two_newest(session: Session) -> tuple[list[str], str]:
    """The ids of two runs, the older first, and whose they are; less where there are less."""
    of_notebook = list(_finder() if _finder is not None else ())[-2:]
    if len(of_notebook) == 2:
        return of_notebook, "of this notebook"
    from trackbook.core.ports import RunQuery

    chosen = None if session.experiment is None else [session.experiment.experiment_id]
    found = session.reading.runs.search(RunQuery(experiment_ids=chosen, limit=2, columns=(), count=False)).items
    where = "in the store" if session.experiment is None else f"of experiment {session.experiment.name!r}"
    return [run.info.run_id for run in reversed(found)], where
