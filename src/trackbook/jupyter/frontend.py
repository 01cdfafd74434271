"""The talk with the lab extension, over the comm `trackbook.frontend`: the notebook's document as it is open.

    kernel -> front end   {kind: "document?", id}
    front end -> kernel   {kind: "document", id, path, content, dirty}

The answer may come in another thread while a cell runs, after the cell, or never: who asks gives a time limit and gets
None when it has passed.  Without a kernel, or with a front end that does not know the comm, nothing is sent or lost.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from trackbook.core.clock import new_id
from trackbook.jupyter.guard import log

TARGET = "trackbook.frontend"


@dataclass(frozen=True, slots=True)
class Document:
    """The notebook as it is open in the front end."""

    path: str
    content: dict[str, Any]
    """nbformat 4."""
    dirty: bool
    """True where it differs from the saved file."""


Callback = Callable[[Document | None], object]


class FrontEnd:
    """One comm to the front end.  Thread-safe."""

    def __init__(self, shell: Any) -> None:
        self._comm = _open_comm(shell, self._hear, self._lost)
        self._waiting: dict[str, Callback] = {}
        self._lock = threading.Lock()

    @property
    def connected(self) -> bool:
        return self._comm is not None

    def request_document(self, callback: Callback, timeout_s: float = 3.0) -> None:
        """Call back once, with the open document or, after `timeout_s`, None; at once where nobody can be asked."""
        comm = self._comm
        if comm is None:
            callback(None)
            return
        request = new_id()
        with self._lock:
            self._waiting[request] = callback
        timer = threading.Timer(timeout_s, self._answer, (request, None))
        timer.name, timer.daemon = "trackbook-document", True
        timer.start()
        try:
            comm.send({"kind": "document?", "id": request})
        except Exception:  # noqa: BLE001 - a comm that died with its front end
            log.info("the front end could not be asked", exc_info=True)
            self._answer(request, None)

    def document(self, timeout_s: float = 3.0) -> Document | None:
        """Ask and wait.  From within a cell this is answered only where the kernel has subshells."""
        answered = threading.Event()
        found: list[Document | None] = [None]

        def take(document: Document | None) -> None:
            found[0] = document
            answered.set()

        self.request_document(take, timeout_s)
        answered.wait(timeout_s + 1)
        return found[0]

    def close(self) -> None:
        comm, self._comm = self._comm, None
        with self._lock:
            waiting = list(self._waiting)
        for request in waiting:
            self._answer(request, None)
        if comm is not None:
            try:
                comm.close()
            except Exception:  # noqa: BLE001 - a comm that died with its front end
                log.debug("the comm could not be closed", exc_info=True)

    def _hear(self, message: Mapping[str, Any]) -> None:
        """On whichever thread the kernel reads comm messages."""
        data = message.get("content", {}).get("data", {})
        if data.get("kind") == "document" and isinstance(data.get("content"), dict):
            document = Document(str(data.get("path", "")), data["content"], bool(data.get("dirty")))
            self._answer(str(data.get("id", "")), document)

    def _lost(self, _message: Mapping[str, Any]) -> None:
        self._comm = None

    def _answer(self, request: str, document: Document | None) -> None:
        with self._lock:
            callback = self._waiting.pop(request, None)
        if callback is None:
            return
        try:
            callback(document)
        except Exception:  # noqa: BLE001 - the kernel would show it nowhere
            log.warning("a document's receiver failed", exc_info=True)


def _open_comm(shell: Any, hear: Callable[..., None], lost: Callable[..., None]) -> Any:
    """An open comm; None in an IPython without a kernel."""
    if getattr(shell, "kernel", None) is None:
        return None
    try:
        from comm import create_comm

        comm = create_comm(target_name=TARGET)
        answer_on_any_subshell(comm)
        comm.on_msg(hear)
        comm.on_close(lost)
    except Exception:  # noqa: BLE001 - a kernel of another make
        log.info("no comm to the front end", exc_info=True)
        return None
    return comm


def answer_on_any_subshell(comm: Any) -> None:
    """Let messages of this comm be read while a cell runs.

    ipykernel 7.4 routes them to whichever shell published last on the comm, which is the busy main one
    (`Comm._reply_subshell_for`, private).  Other versions do not look at the attribute.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda _data, default: default  # noqa: SLF001 - see the docstring
