"""Letting a comm's messages be read while a cell runs."""

from __future__ import annotations

from typing import Any


def answer_on_any_subshell(comm: Any) -> None:
    """Let messages of this comm reach a busy kernel where ipykernel 7.4 would hold them back until the cell ends.

    7.4 sends a comm's messages to the shell that published last on that comm, which is the busy cell's; this keeps the
    front end's own choice (`Comm._reply_subshell_for`, private).  Kernels that do not look at the attribute are left
    alone: there messages are read after the cell.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = _keep_default  # noqa: SLF001 - see the docstring


def _keep_default(_data: object, default: object) -> object:
    return default
