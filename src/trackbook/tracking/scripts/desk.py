"""Where the records of one session are made: its thread, and the repository's state between two short runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import monotonic as _monotonic
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from trackbook.capture import git
from trackbook.capture.data import leaves
from trackbook.tracking.worker import Worker

if TYPE_CHECKING:
    from trackbook.tracking.run import ActiveRun
    from trackbook.tracking.session import Session

FRESH_S = 2.0
"""Runs of one script that follow each other within this time share git's answer, as long as nothing was committed."""
EXIT_S = 10.0
"""How long a process that has ended stays for its records."""

Repository = tuple[git.GitState | None, git.Diff | None]


class Desk:
    def __init__(self) -> None:
        self._worker = Worker("trackbook-scripts", at_exit=False)
        self._closes_at: float | None = None
        self._known: tuple[Path, Path | None, float, tuple[int, ...], Repository] | None = None

    def do(self, run: ActiveRun, task: Callable[[], None]) -> None:
        """Do this later, in order; where the process ends before, the run says so."""

        def in_time() -> None:
            if self._closes_at is not None and _monotonic() > self._closes_at:
                run.warn("the process ended before everything was recorded")
            else:
                task()

        self._worker.submit(in_time)

    def repository(self, folder: Path, path: Path | None) -> Repository:
        """The git state around a folder, and what was not committed."""
        now, known = _monotonic(), self._known
        if known is not None and known[:2] == (folder, path) and now - known[2] < FRESH_S:
            state = known[4][0]
            if state is not None and known[3] and git.marks(Path(state.root)) == known[3]:
                return known[4]
        state = git.git_state(folder, path)
        marks = () if state is None else git.marks(Path(state.root))
        found = (state, None if state is None else git.uncommitted(state))
        self._known = (folder, path, now, marks, found)
        return found

    def close(self) -> None:
        """Finish, within `EXIT_S`; a user's interrupt ends it at once."""
        self._closes_at = _monotonic() + EXIT_S
        try:
            self._worker.close(EXIT_S + 1)
        except KeyboardInterrupt:
            self._closes_at = 0.0
        leaves.restore()


_desks: WeakKeyDictionary[Session, Desk] = WeakKeyDictionary()


def desk_of(session: Session) -> Desk:
    """The session's; made when its first run is attended, closed with the session."""
    found = _desks.get(session)
    if found is None:
        found = _desks[session] = Desk()
        session.before_close.append(found.close)
        session.before_close.append(lambda: _desks.pop(session, None))
    return found
