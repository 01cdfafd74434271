"""The talk with the lab extension, over the comm `trackbook.frontend`: the notebook's document as it is open.

    kernel -> front end   {kind: "hello"}
    front end -> kernel   {kind: "here", subshell}
    kernel -> front end   {kind: "document?", id}
    front end -> kernel   {kind: "document", id, path, dirty, part, parts, text}, once for each part of its JSON

Both sides know the comm's id, and nobody opens it: a page that was loaded again hears the kernel as the first one did,
and a runner without our extension (nbclient), which warns of a comm that it does not know, hears of none.

The answer may come in another thread while a cell runs, after the cell, or never: who asks gives a time limit and gets
None when it has passed.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from trackbook.core.clock import new_id
from trackbook.core.subshells import answer_on_any_subshell
from trackbook.jupyter.guard import log

TARGET = "trackbook.frontend"
"""The comm's target, and its id."""
UNKNOWN_TIMEOUT_S = 3.0
"""For a front end that was never heard."""
KNOWN_TIMEOUT_S = 20.0
"""For one that is there, which may be busy with a large notebook; between two parts of an answer too."""


@dataclass(frozen=True, slots=True)
class Document:
    """The notebook as it is open in the front end."""

    path: str
    content: dict[str, Any]
    """nbformat 4."""
    dirty: bool
    """True where it differs from the saved file."""


Callback = Callable[[Document | None], object]


@dataclass(slots=True)
class _Request:
    callback: Callback
    timeout_s: float
    timer: threading.Timer | None = None
    parts: dict[int, str] = field(default_factory=dict)


class FrontEnd:
    """One comm to the front end.  Thread-safe."""

    def __init__(self, shell: Any) -> None:
        self.is_there = False
        """True once our lab extension was heard."""
        self.reaches_busy_kernel = True
        """False where the extension said that its messages wait until the cell is over."""
        self._waiting: dict[str, _Request] = {}
        self._lock = threading.Lock()
        self._comm = _standing_comm(shell, self._hear)
        self._send({"kind": "hello"})

    def request_document(self, callback: Callback, timeout_s: float = UNKNOWN_TIMEOUT_S) -> None:
        """Call back once, with the open document or, after `timeout_s`, None; at once where nobody can be asked."""
        if self._comm is None:
            callback(None)
            return
        number, request = new_id(), _Request(callback, timeout_s)
        with self._lock:
            self._waiting[number] = request
            self._wind(number, request)
        if not self._send({"kind": "document?", "id": number}):
            self._answer(number, None)

    def document(self, timeout_s: float | None = None) -> Document | None:
        """Ask and wait.  From within a cell this is answered only where the kernel has subshells."""
        if self.is_there and not self.reaches_busy_kernel:
            return None
        limit_s = timeout_s or (KNOWN_TIMEOUT_S if self.is_there else UNKNOWN_TIMEOUT_S)
        answered = threading.Event()
        found: list[Document | None] = [None]

        def take(document: Document | None) -> None:
            found[0] = document
            answered.set()

        self.request_document(take, limit_s)
        answered.wait()  # the request's own timer ends it
        return found[0]

    def close(self) -> None:
        comm, self._comm = self._comm, None
        with self._lock:
            waiting = list(self._waiting)
        for number in waiting:
            self._answer(number, None)
        if comm is not None:
            try:
                comm.close()
            except Exception:  # noqa: BLE001 - a comm that died with its front end
                log.debug("the comm could not be closed", exc_info=True)

    def _send(self, data: dict[str, Any]) -> bool:
        comm = self._comm
        if comm is None:
            return False
        try:
            comm.send(data)
        except Exception:  # noqa: BLE001 - a kernel that is going down
            log.info("the front end could not be asked", exc_info=True)
            return False
        return True

    def _hear(self, message: Mapping[str, Any]) -> None:
        """On whichever thread the kernel reads comm messages."""
        data = message.get("content", {}).get("data", {})
        self.is_there = True
        if data.get("kind") == "here":
            self.reaches_busy_kernel = bool(data.get("subshell"))
        elif data.get("kind") == "document":
            self._take_part(str(data.get("id", "")), data)

    def _take_part(self, number: str, data: Mapping[str, Any]) -> None:
        with self._lock:
            request = self._waiting.get(number)
            if request is None:
                return
            request.parts[int(data["part"])] = str(data["text"])
            if len(request.parts) < int(data["parts"]):
                self._wind(number, request)
                return
            text = "".join(request.parts[part] for part in sorted(request.parts))
        content = json.loads(text)
        is_notebook = isinstance(content, dict)
        self._answer(
            number, Document(str(data.get("path", "")), content, bool(data.get("dirty"))) if is_notebook else None
        )

    def _wind(self, number: str, request: _Request) -> None:
        """Set the request's time limit anew; under the lock."""
        if request.timer is not None:
            request.timer.cancel()
        request.timer = threading.Timer(request.timeout_s, self._answer, (number, None))
        request.timer.name, request.timer.daemon = "trackbook-document", True
        request.timer.start()

    def _answer(self, number: str, document: Document | None) -> None:
        with self._lock:
            request = self._waiting.pop(number, None)
        if request is None:
            return
        if request.timer is not None:
            request.timer.cancel()
        try:
            request.callback(document)
        except Exception:  # noqa: BLE001 - the kernel would show it nowhere
            log.warning("a document's receiver failed", exc_info=True)


def _standing_comm(shell: Any, hear: Callable[..., None]) -> Any:
    """A comm of a known id that is not opened; None in an IPython without a kernel."""
    if getattr(shell, "kernel", None) is None:
        return None
    try:
        from comm import create_comm, get_comm_manager

        comm = create_comm(target_name=TARGET, comm_id=TARGET, primary=False)
        answer_on_any_subshell(comm)
        comm.on_msg(hear)
        get_comm_manager().register_comm(comm)
    except Exception:  # noqa: BLE001 - a kernel of another make
        log.info("no comm to the front end", exc_info=True)
        return None
    return comm
