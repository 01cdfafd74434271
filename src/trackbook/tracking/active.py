"""The active run: where a log call without a run goes.

Two layers.  The process's stack is what the main thread opens (a tracked cell, `start_run` at top level); every thread
sees it, so that a worker started by a cell logs into the cell's run.  A run opened inside another thread lies on that
thread's own stack and hides the process's there only, so that parallel trainings do not meet.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from trackbook.core import forks
from trackbook.core.entities import RunStatus

if TYPE_CHECKING:
    from trackbook.tracking.run import ActiveRun

FORKED = (
    "trackbook: what this forked process logs is a run of its own, since its cell was none when it was forked; "
    "%%track makes it one from the start"
)

_process: list[ActiveRun] = []
_lock = threading.RLock()


class _Own(threading.local):
    def __init__(self) -> None:
        self.stack: list[ActiveRun] = []


_own = _Own()
_last: ActiveRun | None = None
_own_runs = 0
"""How many runs lie on stacks of single threads."""

removed: list[Callable[[ActiveRun], None]] = []
"""Called with each run that is active no more; they must not raise."""

shared: ActiveRun | None = None
"""The process's innermost run while no thread has runs of its own, else None: what `log_metric` looks at first."""


def _look() -> None:
    global shared
    shared = _process[-1] if _process and not _own_runs else None


def active_run() -> ActiveRun | None:
    """The innermost open run of this thread, else of the process; None where there is none."""
    stack = _own.stack or _process
    try:
        return stack[-1]
    except IndexError:  # another thread ended it just now
        return None


opener: Callable[[], ActiveRun | None] | None = None
"""Opens the run of the cell that is executed, where the cells of a notebook are runs by themselves."""


def wanted_run() -> ActiveRun | None:
    """The run that a log call goes to: the active one, else what the opener opens; None where there is neither."""
    return active_run() or (opener() if opener is not None else None)


def last_active_run() -> ActiveRun | None:
    """The run that was made active last in this process, open or ended."""
    return _last


def push(run: ActiveRun, *, shared_by_all: bool | None = None) -> None:
    """Make `run` the active one: of all threads, where that is not said of those that the main thread opens."""
    global _last, _own_runs
    if shared_by_all is None:
        shared_by_all = threading.current_thread() is threading.main_thread()
    with _lock:
        if shared_by_all:
            _process.append(run)
        else:
            _own.stack.append(run)
            _own_runs += 1
        _last = run
        _look()


def remove(run: ActiveRun) -> None:
    """Take `run` from wherever it lies; nothing where it lies nowhere."""
    global _own_runs
    with _lock:
        if run in _own.stack:
            _own.stack.remove(run)
            _own_runs -= 1
        elif run in _process:
            _process.remove(run)
        _look()
    for told in removed:
        told(run)


def opened_inside(run: ActiveRun) -> list[ActiveRun]:
    """The process's runs above `run`, innermost first: what it left open."""
    with _lock:
        return list(reversed(_process[_process.index(run) + 1 :])) if run in _process else []


def open_runs() -> list[ActiveRun]:
    """The process's open runs, innermost first."""
    with _lock:
        return list(reversed(_process))


def end_left(failure: BaseException | None) -> None:
    """At the end of the process: end what it opened and left open, as `failure` tells, but nothing of its parent.

    An interpreter that leaves by an exception did not finish.
    """
    if failure is _inherited_failure:
        failure = None
    status = RunStatus.FINISHED
    if isinstance(failure, KeyboardInterrupt):
        status = RunStatus.KILLED
    elif failure is not None and not isinstance(failure, SystemExit):
        status = RunStatus.FAILED
    for run in open_runs():
        if run.run_id in _inherited:
            continue
        if failure is not None and status == RunStatus.FAILED:
            run.failed(failure)
        run.end(status)


_inherited: frozenset[str] = frozenset()
"""In a forked child the runs that were open when it was forked: they are its parent's to end."""
_inherited_failure: BaseException | None = None
"""What had failed in the parent, however long ago."""


def _told_in_child() -> None:
    """The opener in a forked child, once."""
    global opener
    opener = None
    print(FORKED, file=sys.stderr)


@forks.in_child
def _after_fork_in_child() -> None:
    """What a child logs goes on to the run that was active; the cell that is executed is not the child's to record."""
    global _lock, _inherited, _inherited_failure, opener
    _lock = threading.RLock()
    _inherited = frozenset(run.run_id for run in (*_process, *_own.stack))
    _inherited_failure = getattr(sys, "last_value", None)
    opener = None if opener is None else _told_in_child
