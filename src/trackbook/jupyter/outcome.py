"""How a cell ended: the run's status, and the traceback as the notebook shows it."""

from __future__ import annotations

import sys
import traceback
from dataclasses import dataclass
from itertools import islice
from typing import Any

from trackbook.capture import cells
from trackbook.capture.borders import Stop
from trackbook.capture.ends import MARGIN, last
from trackbook.capture.secrets import redact
from trackbook.core import tags
from trackbook.errors import text_of

LONGEST_MESSAGE = 1_000


@dataclass(frozen=True, slots=True)
class Outcome:
    status: str
    """Of the run, one of `core.entities.RunStatus`."""
    word: str
    """For the history: ok, error or interrupted."""
    error: BaseException | None = None


FINISHED = Outcome("FINISHED", cells.OK)
FAILED_EXIT = Outcome("FAILED", cells.OK)
"""`exit(1)` in a kernel: it raises nothing, and the cell goes on to its end."""
INTERRUPTED = Outcome("KILLED", cells.INTERRUPTED)


def outcome_of(result: Any, shell: Any = None) -> Outcome:
    """The outcome that an IPython `ExecutionResult` tells; None (a cell torn down) is an interrupt."""
    if result is None:
        return INTERRUPTED
    error = result.error_before_exec or result.error_in_exec
    if error is None:
        return FAILED_EXIT if _asked_to_fail(shell) else FINISHED
    if was_interrupted(error):
        return Outcome(INTERRUPTED.status, cells.INTERRUPTED, error)
    if isinstance(error, SystemExit) and error.code in (None, 0):
        return FINISHED
    return Outcome("FAILED", cells.ERROR, error)


def _asked_to_fail(shell: Any) -> bool:
    """Whether the cell called a kernel's `exit` or `quit` with a code; IPython takes it for its `keep_kernel`."""
    payloads = getattr(shell, "payload_manager", None)
    for payload in payloads.read_payload() if payloads is not None else ():
        code = payload.get("keepkernel") if payload.get("source") == "ask_exit" else None
        if type(code) in (int, str) and code:
            return True
    return False


def was_interrupted(error: BaseException) -> bool:
    """True for an interrupt, a cancelled async cell, and an error that a library made of an interrupt.

    A cancellation counts only as itself: a time-out is made of one, and is an ordinary failure.
    """
    asyncio = sys.modules.get("asyncio")  # not imported for this: without it nothing was cancelled
    if asyncio is not None and isinstance(error, asyncio.CancelledError):
        return True
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        if isinstance(cause, KeyboardInterrupt):
            return True
        seen.add(id(cause))
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return False


def stop_of(error: BaseException, shell: Any) -> Stop:
    """Where in the cell it was raised, or in what the cell called: the place is that of the call."""
    name, step = type(error).__name__, error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        if shell.compile.format_code_name(code.co_filename):  # IPython's own frames stand above
            line, _, column, _ = next(islice(code.co_positions(), step.tb_lasti // 2, None), (None, None, None, None))
            return Stop(name, line or step.tb_lineno, column or 0)
        step = step.tb_next
    return Stop(name)


def error_message(error: BaseException) -> str:
    """Searched for secrets before it is cut: half a one would not be known for one any more."""
    text = text_of(error)
    if len(text) <= LONGEST_MESSAGE:
        return text
    found = redact(text[: LONGEST_MESSAGE + MARGIN]).text
    if len(text) > LONGEST_MESSAGE + MARGIN:  # it may end in half a secret, and be shorter now
        found = found[: max(0, len(found) - MARGIN)]
    return found[:LONGEST_MESSAGE]


def traceback_text(error: BaseException, shell: Any) -> str:
    """The traceback from the cell on, plain text, cells named as IPython names them (`Cell In[3]`)."""
    summary = traceback.TracebackException.from_exception(error, compact=True)
    _tell_cells(summary, shell.compile)
    return last("".join(summary.format()), tags.LONGEST_TRACEBACK)


def _tell_cells(summary: traceback.TracebackException, compiler: Any) -> None:
    """Name the frames that are cells, and leave out IPython's own above the first of them, along the chain."""
    one: traceback.TracebackException | None = summary
    for _ in range(100):
        if one is None:
            return
        frames = list(one.stack)
        names = [compiler.format_code_name(frame.filename) for frame in frames]
        first = next((index for index, name in enumerate(names) if name), 0)
        for frame, name in zip(frames, names, strict=True):
            if name:
                frame.filename = " ".join(name)
        one.stack[:] = frames[first:]
        one = one.__cause__ or one.__context__
