"""Letting a comm's messages be read while a cell runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any


def answer_on_any_subshell(comm: Any) -> None:
    """Let messages of this comm reach a busy kernel where ipykernel 7.4 would hold them back until the cell ends.

    7.4 sends a comm's messages to the shell that published last on that comm, which is the busy cell's; this keeps the
    front end's own choice (`Comm._reply_subshell_for`, private).  Kernels that do not look at the attribute are left
    alone: there messages are read after the cell.

    A message that is read meanwhile, in another thread, is not announced as a cell (`pre_execute`, `post_execute`), as
    every comm does it: at the end of a cell matplotlib shows and closes all figures, and these are the running cell's.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = _keep_default  # noqa: SLF001 - see the docstring
    if hasattr(comm, "_msg_callback"):
        comm.handle_msg = partial(_hear, comm, comm.handle_msg)


def _hear(comm: Any, announced: Callable[[Any], None], message: Any) -> None:
    heard = comm._msg_callback  # noqa: SLF001 - there is no other way past the announcement
    if heard is None or threading.current_thread() is threading.main_thread():
        announced(message)
    else:
        heard(message)


def _keep_default(_data: object, default: object) -> object:
    return default
