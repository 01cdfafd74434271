"""The talk with the lab extension, over the comm `trackbook.frontend`: the notebook's document as it is open.

    kernel -> front end   {kind: "hello"}
    front end -> kernel   {kind: "here", subshell}
    kernel -> front end   {kind: "recording", records, version}, when that changes: for the status bar
    kernel -> front end   {kind: "document?", id, known?, outputs?, session?}
    front end -> kernel   {kind: "document", id, path, dirty, taken_ms, page, part, parts, text, revision?, base?},
                          once for each part of its JSON

Without `known` the text is the whole document.  With it, the revisions that the kernel has, the text is what makes
`revision` of one of them, its `base`, so that a run costs what changed; without outputs unless `outputs` asks for them.
Of several pages with the notebook the one whose `session` runs the cell is to answer first.

Both sides know the comm's id, and nobody opens it: a page that was loaded again hears the kernel as the first one did,
and a runner without our extension (nbclient), which warns of a comm that it does not know, hears of none.

The answer may come in another thread while a cell runs, after the cell, or never: who asks gives a time limit, then or
later, and gets None when it has passed.
"""

from __future__ import annotations

import atexit
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from trackbook import __version__
from trackbook.core.clock import new_id
from trackbook.core.subshells import answer_on_any_subshell
from trackbook.jupyter.guard import log
from trackbook.jupyter.revisions import Revisions

TARGET = "trackbook.frontend"
"""The comm's target, and its id."""
UNKNOWN_TIMEOUT_S = 3.0
"""For a front end that was never heard."""
KNOWN_TIMEOUT_S = 20.0
"""For one that is there, which may be busy with a large notebook; between two parts of an answer too."""
MOST_HELLOS = 5
"""So often one that was not heard yet is asked whether it is there: a page may be opened after the kernel began."""


@dataclass(frozen=True, slots=True)
class Document:
    """The notebook as it is open in the front end."""

    path: str
    content: dict[str, Any]
    """nbformat 4."""
    dirty: bool
    """True where it differs from the saved file."""
    taken_ms: int | None = None
    """When, by the page's clock."""


Callback = Callable[[Document | None], object]


@dataclass(slots=True)
class _Request:
    callback: Callback
    timeout_s: float | None
    question: Mapping[str, Any]
    timer: threading.Timer | None = None
    pages: dict[str, dict[int, str]] = field(default_factory=dict)
    """Page -> the parts of its answer."""


class FrontEnd:
    """One comm to the front end.  Thread-safe."""

    def __init__(self, shell: Any) -> None:
        self.is_there = False
        """True once our lab extension was heard."""
        self.reaches_busy_kernel = True
        """False where the extension said that its messages wait until the cell is over."""
        self.missed = 0
        """Questions without an answer since it was heard last: the page may be closed."""
        self._hellos = 0
        self._shell = shell
        self._waiting: dict[str, _Request] = {}
        self._revisions = Revisions()
        self._lock = threading.Lock()
        self._comm = _standing_comm(shell, self._hear)
        self.greet()

    def greet(self) -> None:
        """Ask whether a page is there, unless one was heard."""
        if not self.is_there and self._hellos < MOST_HELLOS:
            self._hellos += 1
            self._send({"kind": "hello"})

    def tell_recording(self, records: str) -> None:
        """Say what becomes a run: "cells" with `%%track`, "trainings" too, or "tracked" cells until `%track on`."""
        self._send({"kind": "recording", "records": records, "version": __version__})

    def request_document(self, callback: Callback, timeout_s: float = UNKNOWN_TIMEOUT_S) -> None:
        """Call back once, with the open document or, after `timeout_s`, None; at once where nobody can be asked."""
        self._request(callback, timeout_s, {})

    def request_snapshot(self, callback: Callback, *, session: str = "", outputs: bool = False) -> str:
        """As `request_document`, but told by its changes, and without outputs unless they are wanted.

        `session` is that of the page that runs the cell.  Waits until `limit` is called with what is returned.
        """
        question = {"known": self._revisions.known(), "outputs": outputs, "session": session}
        return self._request(callback, None, question)

    def limit(self, number: str, timeout_s: float) -> None:
        """Give a question that has no time limit one, from now on; the end of the kernel ends it too."""
        atexit.unregister(self.close)
        atexit.register(self.close)  # the last one registered, so before that of the workers, which take what it gives
        with self._lock:
            request = self._waiting.get(number)
            if request is not None:
                request.timeout_s = timeout_s
                self._wind(number, request)

    def session(self) -> str:
        """That of the page which asked for the cell that runs; on the cell's thread."""
        kernel = getattr(self._shell, "kernel", None)
        return "" if kernel is None else str(kernel.get_parent().get("header", {}).get("session", ""))

    def _request(self, callback: Callback, timeout_s: float | None, question: Mapping[str, Any]) -> str:
        if self._comm is None:
            callback(None)
            return ""
        number = new_id()
        request = _Request(callback, timeout_s, {"kind": "document?", "id": number, **question})
        with self._lock:
            self._waiting[number] = request
            self._wind(number, request)
        if not self._send(request.question):
            self._answer(number, None)
        return number

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
        """Nobody is waited for any longer.  Idempotent."""
        atexit.unregister(self.close)
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

    def _send(self, data: Mapping[str, Any]) -> bool:
        comm = self._comm
        if comm is None:
            return False
        try:
            comm.send(dict(data))
        except Exception:  # noqa: BLE001 - a kernel that is going down
            log.info("the front end could not be asked", exc_info=True)
            return False
        return True

    def _hear(self, message: Mapping[str, Any]) -> None:
        """On whichever thread the kernel reads comm messages."""
        data = message.get("content", {}).get("data", {})
        self.is_there, self.missed = True, 0
        if data.get("kind") == "here":
            self.reaches_busy_kernel = bool(data.get("subshell"))
        elif data.get("kind") == "document":
            self._take_part(str(data.get("id", "")), data)

    def _take_part(self, number: str, data: Mapping[str, Any]) -> None:
        with self._lock:
            request = self._waiting.get(number)
            if request is None:
                return
            parts = request.pages.setdefault(str(data.get("page", "")), {})
            parts[int(data["part"])] = str(data["text"])
            if len(parts) < int(data["parts"]):
                self._wind(number, request)
                return
            text = "".join(parts[part] for part in sorted(parts))
        content = json.loads(text)
        if isinstance(data.get("revision"), str):
            content = self._revisions.take(data["revision"], data.get("base"), content)
            if content is None and request.question.get("known"):  # forgotten meanwhile: all of it, then
                request.question = {**request.question, "known": []}
                request.pages.clear()
                self._send(request.question)
                return
        if not isinstance(content, dict):
            self._answer(number, None)
            return
        taken_ms = data.get("taken_ms")
        taken = taken_ms if isinstance(taken_ms, int) else None
        self._answer(number, Document(str(data.get("path", "")), content, bool(data.get("dirty")), taken))

    def _wind(self, number: str, request: _Request) -> None:
        """Set the request's time limit anew, where it has one; under the lock."""
        if request.timer is not None:
            request.timer.cancel()
        if request.timeout_s is None:
            return
        request.timer = threading.Timer(request.timeout_s, self._expire, (number,))
        request.timer.name, request.timer.daemon = "trackbook-document", True
        request.timer.start()

    def _expire(self, number: str) -> None:
        self.missed += 1
        self._answer(number, None)

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
