"""The notebook as it was: what the front end has open, saved or not, else the file as it was saved last.

The front end is asked when the cell has begun and again when it has ended; nothing waits for its answers, which are
attached to the run whenever they come.  `notebook.json` says of the snapshot where it comes from and when it was taken.
Outputs are not part of it: those of the cell are kept by themselves.
"""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any, ClassVar

from trackbook.capture import notebook
from trackbook.core import tags
from trackbook.core.clock import now_ms
from trackbook.jupyter.parts.part import Capture, History
from trackbook.jupyter.parts.secrets import keep_list

if TYPE_CHECKING:
    from trackbook.jupyter.frontend import Document, FrontEnd
    from trackbook.jupyter.recording import CellRun

START, END = "start", "end"
LIVE, FILE = "live", "file"
ANSWER_S = 20.0


class NotebookPart(Capture):
    name: ClassVar[str] = "the notebook"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = (-1, -1)

    def collect(self, cell_run: CellRun) -> None:
        self._keep(cell_run, cell_run.saved_notebook(), {"origin": FILE, "when": START, "taken_ms": now_ms()})
        self._ask(cell_run, START)

    def after(self, cell_run: CellRun, history: History) -> None:
        self._ask(cell_run, END)

    def _ask(self, cell_run: CellRun, when: str) -> None:
        front_end = _front_end()
        if front_end is None:
            return
        asked_ms = now_ms()

        def answered(document: Document | None) -> None:
            if document is not None:
                about = {"origin": LIVE, "when": when, "taken_ms": asked_ms, "unsaved": document.dirty}
                cell_run.workers.later.submit(lambda: self._attach(cell_run, document.content, about))

        front_end.request_document(answered, ANSWER_S)

    def _attach(self, cell_run: CellRun, content: dict[str, Any], about: dict[str, Any]) -> None:
        self._keep(cell_run, content, about)
        keep_list(cell_run.run)

    def _keep(self, cell_run: CellRun, content: dict[str, Any] | None, about: dict[str, Any]) -> None:
        """Keep a snapshot, unless a later one is there already."""
        if content is None:
            return
        rank = (int(about["when"] == END), int(about["origin"] == LIVE))
        with self._lock:
            if rank < self._taken:
                return
            self._taken = rank
            cell_run.keep_text(tags.NOTEBOOK_FILE, notebook.without_outputs(content))
            cell_run.run.log_text(json.dumps({"schema": 1, **about}), tags.NOTEBOOK_ABOUT_FILE)


def _front_end() -> FrontEnd | None:
    """The open page, where our lab extension was heard."""
    from trackbook.jupyter.extension import loaded

    extension = loaded()
    return extension.frontend if extension is not None and extension.frontend.is_there else None
