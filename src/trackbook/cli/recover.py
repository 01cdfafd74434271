"""`trackbook recover`: take in what dead kernels left behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from trackbook.journal.recovery import Recovered


def recover() -> None:
    """Bring the journals of dead kernels into the store and end their runs as KILLED."""
    from trackbook.journal.recovery import recover as recover_all
    from trackbook.tracking.session import current_session

    session = current_session()
    found = recover_all(session.settings.journal_folder, session.store, destination=session.settings.tracking_uri)
    tell(found, "recovered", "nothing to recover")


def tell(found: Sequence[Recovered], done: str, nothing: str) -> None:
    """Each run that came out of journals, and how much it was."""
    runs = 0
    for one in found:
        concerned = dict.fromkeys([*one.runs, *one.killed])  # of one that was killed everything may be there already
        runs += len(concerned)
        for run_id in concerned:
            typer.echo(f"{run_id}  {'KILLED' if run_id in one.killed else 'complete'}")
    points = sum(one.points for one in found)
    typer.echo(f"{done} {len(found)} journals: {runs} runs, {points} points" if found else nothing)
